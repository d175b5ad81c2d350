/** All that a bundled library sees of its surroundings (gulpfile.js): no `process`, no timers, no network. */
export const bundleScope = { TextEncoder, TextDecoder };

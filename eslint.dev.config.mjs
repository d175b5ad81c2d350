import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/**
 * For what never ships. The shipped code is linted by `eslint.config.mjs`, which n8n demands to
 * be its own template, unchanged.
 */
export default tseslint.config(
	{ ignores: ['**/node_modules/**', 'dist/**', '**/fixtures/**'] },
	{
		files: ['{sandbox,scripts,test,bench,tools}/**/*.mts'],
		extends: [js.configs.recommended, tseslint.configs.recommended],
		languageOptions: { globals: globals.node },
		linterOptions: { reportUnusedDisableDirectives: 'error' },
		rules: {
			'no-console': 'error',
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
		},
	},
	{
		files: ['{scripts,bench}/**/*.mts', '**/{cli,main}.mts'],
		rules: { 'no-console': 'off' },
	},
);

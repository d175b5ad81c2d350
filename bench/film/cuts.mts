import { cutClip } from '../../nodes/shared/film/film.ts';
import type { Made } from './clips.mts';
import { differences } from './check.mts';
import { beepSecondsOf } from './joins.mts';
import { oneOf, type Random, type Trial } from './trials.mts';

const EPSILON = 0.001;
/** In shorter films ffmpeg 5.1 overlooks how far pictures are put off that are decoded early. */
const LEAST_PICTURES = 6;
/** A beep lasts that long; one that is cut into may be heard or not. */
const BEEP_SECONDS = 0.1;

/** A part of a random clip. */
export async function cutTrial(
	made: readonly Made[],
	random: Random,
	file: string,
): Promise<Trial> {
	const chosen = oneOf(made, random);
	const { clip, seen, seconds, hasSound, family } = chosen;
	const from = (random(1000) / 1000) * seconds;
	const to = from + 0.01 + (random(1000) / 1000) * seconds;
	const what = `${chosen.name} from ${from} to ${to}`;
	const film = await cutClip(clip, from, to);
	if (!film.ok) return { what, differences: [film.error.message] };

	const { fromSeconds, toSeconds } = film.value;
	const zero = seen.pictures[0]?.seconds ?? NaN;
	const found: string[] = [];
	if (fromSeconds > from + EPSILON) found.push(`begins at ${fromSeconds}`);
	if (toSeconds < Math.min(to, seconds) - EPSILON) found.push(`ends at ${toSeconds}`);
	const begin = seen.pictures.findIndex(({ seconds: at }) => at - zero >= fromSeconds - EPSILON);
	const behind = seen.pictures.findIndex(({ seconds: at }) => at - zero >= toSeconds - EPSILON);
	const shown = seen.pictures.slice(begin, behind === -1 ? undefined : behind);
	const first = shown[0]?.seconds ?? NaN;
	const isSafe = (beep: number) => beep > -BEEP_SECONDS && beep < toSeconds - fromSeconds;
	const beeps = seen.beeps.map((beep) => beep - first).filter(isSafe);
	const isCutInto = beeps.some((beep) => beep < 0 || beep + BEEP_SECONDS > toSeconds - fromSeconds);
	const expected = {
		pictures: shown.map((picture) => ({ ...picture, seconds: picture.seconds - first })),
		durationSeconds: toSeconds - fromSeconds,
		hasSound: film.value.facts.hasSound,
		beeps,
		beepSeconds: isCutInto ? Infinity : beepSecondsOf(chosen),
		rotation: family.rotation,
	};
	if (!hasSound && film.value.facts.hasSound) found.push('it has sound');
	const all = [...found, ...(await differences(film.value, expected, file))];
	const isTooShort = shown.length < LEAST_PICTURES;
	const isKnown = (one: string) =>
		(isCutInto && /beep/.test(one)) || (isTooShort && /^ffmpeg: .*Invalid timestamps/.test(one));
	return { what, differences: all.filter((one) => !isKnown(one)) };
}

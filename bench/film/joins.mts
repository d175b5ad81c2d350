import { joinClips } from '../../nodes/shared/film/film.ts';
import type { Made } from './clips.mts';
import { differences, type Expected } from './check.mts';
import type { Seen } from './seen.mts';
import { oneOf, type Random, type Trial } from './trials.mts';

const CLIPS = 7;
const MANY_CLIPS = 40;

/** A film of random clips that fit together. */
export async function joinTrial(
	made: readonly Made[],
	random: Random,
	file: string,
): Promise<Trial> {
	const lead = oneOf(made, random);
	const joinAnyway = random(3) === 0;
	const fits = ({ family }: Made) =>
		family === lead.family ||
		(joinAnyway && family.mix !== undefined && family.mix === lead.family.mix);
	const fitting = made.filter(fits);
	const count = random(25) === 0 ? MANY_CLIPS : 1 + random(CLIPS);
	const chosen = [lead, ...Array.from({ length: count }, () => oneOf(fitting, random))];
	const dropRepeatedFrame = random(5) === 0;
	const options = { joinAnyway, dropRepeatedFrame };
	const what = `${JSON.stringify(options)}\n${chosen.map(({ name }) => `    ${name}`).join('\n')}`;

	const film = await joinClips(
		chosen.map(({ clip }) => clip),
		options,
	);
	if (!film.ok) return { what, differences: [film.error.message] };
	const found = await differences(film.value, expected(chosen, dropRepeatedFrame), file);
	return { what, differences: found };
}

/** A sound is put where a frame of sound lies, so at most half of one away. */
const DETECTION_SECONDS = 0.005;

export const frameSecondsOf = ({ family: { sound, hertz } }: Made): number => {
	if (sound.includes('opus')) return 0.02;
	return (sound.includes('mp3') ? 1152 : 1024) / hertz;
};

export const beepSecondsOf = (made: Made): number => frameSecondsOf(made) / 2 + DETECTION_SECONDS;

function expected(chosen: readonly Made[], drop: boolean): Expected {
	const pictures: Seen['pictures'] = [];
	const beeps: number[] = [];
	let from = 0;
	for (const [index, { seen, seconds, endsInLast }] of chosen.entries()) {
		const isDropped = drop && index < chosen.length - 1 && endsInLast && seen.pictures.length > 1;
		const shown = isDropped ? seen.pictures.slice(0, -1) : seen.pictures;
		const zero = shown[0]?.seconds ?? NaN;
		const dropped = (seen.pictures.at(-1)?.seconds ?? NaN) - zero;
		pictures.push(
			...shown.map((picture) => ({ ...picture, seconds: from + picture.seconds - zero })),
		);
		beeps.push(...seen.beeps.map((beep) => from + beep - zero));
		from += isDropped ? dropped : seconds;
	}
	const sounding = chosen.filter(({ hasSound }) => hasSound);
	const takesSilence = chosen.every(({ family }) => family.takesSilence);
	return {
		pictures,
		beeps,
		durationSeconds: from,
		hasSound: sounding.length > 0,
		beepSeconds: Math.max(0, ...sounding.map(beepSecondsOf)),
		soundEndSeconds: takesSilence ? Math.max(0, ...sounding.map(frameSecondsOf)) : undefined,
		rotation: chosen[0]?.family.rotation,
	};
}

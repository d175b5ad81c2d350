import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readClip, type Clip } from '../../nodes/shared/film/clip.ts';
import { fileOf } from '../../test/clips/clips.mts';
import { randomFrom } from '../../test/clips/random.mts';
import { endOf, ffmpeg, ffprobe, type ProbedPacket } from './ffmpeg.mts';
import { look, type Seen } from './seen.mts';

/** A kind of clip, as one model makes them: any two of a family fit together. */
interface Family {
	name: string;
	rate: string;
	/** How ffmpeg is to encode its pictures. */
	pictures: string;
	sound: string;
	hertz: number;
	/** Families of the same mix have the same size, codec and sound, and other settings. */
	mix?: string;
	filter?: string;
	rotation?: number;
	/** Whether there is silence for it. */
	takesSilence: boolean;
	inMov: boolean;
	/** Fragments do not say how long the picture is shown that is shown last. */
	inFragments?: false;
}

const x264 = '-c:v libx264 -preset veryfast -pix_fmt yuv420p -crf 36';
const x265 = '-c:v libx265 -preset ultrafast -pix_fmt yuv420p -crf 36';
const aac = '-c:a aac -b:a 48k -ac 2';
const common = { sound: aac, hertz: 44_100, takesSilence: true, inMov: true, mix: 'h264' };

const families: Family[] = [
	{ ...common, name: 'H.264', rate: '24', pictures: `${x264} -bf 0 -g 12` },
	{ ...common, name: 'H.264 B-frames', rate: '24', pictures: `${x264} -bf 3 -g 24` },
	{ ...common, name: 'H.264 B-frames 30', rate: '30', pictures: `${x264} -bf 2 -g 15` },
	{ ...common, name: 'H.264 NTSC', rate: '30000/1001', pictures: `${x264} -bf 2 -g 30` },
	{
		...common,
		name: 'H.264 open GOP',
		rate: '24',
		pictures: `${x264} -bf 2 -g 12 -x264-params open-gop=1`,
	},
	{
		...common,
		name: 'H.264 Main, no B-frames',
		rate: '24',
		pictures: `${x264} -profile:v main -bf 0 -g 48`,
	},
	{
		...common,
		name: 'H.264 changing rate',
		rate: '24',
		pictures: `${x264} -bf 2 -g 12 -fps_mode vfr`,
		filter: ",select='not(eq(mod(n,5),3))'",
		inFragments: false,
	},
	{
		...common,
		name: 'H.264 turned',
		rate: '24',
		pictures: `${x264} -bf 2 -g 24`,
		rotation: 90,
		mix: undefined,
	},
	{
		...common,
		name: 'H.264 48 kHz mono',
		rate: '25',
		pictures: `${x264} -bf 2 -g 25`,
		sound: '-c:a aac -b:a 32k -ac 1',
		hertz: 48_000,
		mix: undefined,
	},
	{
		...common,
		name: 'H.265 hvc1',
		rate: '24',
		pictures: `${x265} -x265-params log-level=none:bframes=3:keyint=24 -tag:v hvc1`,
		mix: 'h265',
	},
	{
		...common,
		name: 'H.265 hev1',
		rate: '30',
		pictures: `${x265} -x265-params log-level=none:bframes=0:keyint=12 -tag:v hev1`,
		mix: 'h265',
		inMov: false,
	},
	{
		...common,
		name: 'H.264, MP3',
		rate: '24',
		pictures: `${x264} -bf 2 -g 24`,
		sound: '-c:a libmp3lame -b:a 64k -ac 2',
		takesSilence: false,
		inMov: false,
		mix: undefined,
	},
	{
		...common,
		name: 'H.264, Opus',
		rate: '24',
		pictures: `${x264} -bf 2 -g 24`,
		sound: '-c:a libopus -b:a 64k -ac 2',
		hertz: 48_000,
		takesSilence: false,
		inMov: false,
		mix: undefined,
	},
	{
		...common,
		name: 'VP9',
		rate: '24',
		pictures: '-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 100k -g 24 -pix_fmt yuv420p',
		inMov: false,
		mix: undefined,
	},
	{
		...common,
		name: 'AV1',
		rate: '24',
		pictures: '-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 100k -g 24 -pix_fmt yuv420p',
		inMov: false,
		mix: undefined,
	},
];

/** How long the sound is beside the pictures, and when it begins. */
const sounds = ['none', 'exact', 'exact', 'short', 'long', 'late'] as const;

const containers = [
	{ name: 'index first', extension: 'mp4', flags: ['-movflags', '+faststart'] },
	{ name: 'index last', extension: 'mp4', flags: [] },
	{ name: 'fragmented', extension: 'mp4', flags: ['-movflags', '+frag_keyframe+empty_moov'] },
	{
		name: 'fragmented, index later',
		extension: 'mp4',
		flags: ['-movflags', '+frag_keyframe+delay_moov+default_base_moof'],
	},
	{ name: 'MOV', extension: 'mov', flags: [] },
];

/** A clip, what ffmpeg sees in it, and what the package reads. */
export interface Made {
	name: string;
	family: Family;
	bytes: Buffer;
	clip: Clip;
	seen: Seen;
	hasSound: boolean;
	seconds: number;
	/** Whether the picture that is decoded last is shown last, too. */
	endsInLast: boolean;
}

const VARIANTS = 12;

export async function makeClips(folder: string, seed: string): Promise<Made[]> {
	const made: Made[] = [];
	for (const family of families) {
		const random = randomFrom(`${seed} ${family.name}`);
		for (let variant = 0; variant < VARIANTS; variant++) {
			made.push(await makeClip(folder, family, variant, random));
		}
	}
	return made;
}

async function makeClip(
	folder: string,
	family: Family,
	variant: number,
	random: (below: number) => number,
): Promise<Made> {
	const frames = 14 + random(40);
	const seconds = frames / rateOf(family.rate);
	const sound = sounds[family.takesSilence ? variant % sounds.length : 1 + (variant % 5)] ?? 'none';
	const kinds = containers.filter(
		({ extension, name }) =>
			(family.inMov || extension === 'mp4') &&
			(family.inFragments !== false || !name.startsWith('fragmented')),
	);
	const container = kinds[random(kinds.length)];
	if (container === undefined) throw new Error('no container');
	const name = `${family.name}, ${frames} frames, sound ${sound}, ${container.name}`;
	const file = join(
		folder,
		`${family.name.replaceAll(/\W/g, '')}-${variant}.${container.extension}`,
	);
	const plain = `${file}.plain.mp4`;
	const pattern = random(2) === 0 ? 'testsrc' : 'testsrc2';
	const picture = `${pattern}=size=96x64:rate=${family.rate}:duration=${seconds}`;
	await ffmpeg(
		...['-f', 'lavfi', '-i', `${picture}${family.filter ?? ''}`],
		...(sound === 'none' ? [] : soundInput(family, sound, seconds, random)),
		...family.pictures.split(' '),
		...(sound === 'none' ? [] : family.sound.split(' ')),
		...(family.rotation === undefined ? container.flags : []),
		family.rotation === undefined ? file : plain,
	);
	if (family.rotation !== undefined) {
		const turned = ['-metadata:s:v', `rotate=${family.rotation}`];
		await ffmpeg('-i', plain, '-c', 'copy', ...turned, ...container.flags, file);
	}
	return await describe(name, family, file, sound !== 'none');
}

const rateOf = (rate: string): number => {
	const [over = 1, under = 1] = rate.split('/').map(Number);
	return over / under;
};

/** A short beep somewhere in silence: by it one hears where the sound lies. */
function soundInput(
	{ hertz }: Family,
	kind: string,
	seconds: number,
	random: (below: number) => number,
): string[] {
	const length = kind === 'short' ? seconds * 0.6 : kind === 'long' ? seconds + 0.45 : seconds;
	const delay = kind === 'late' ? 0.2 : 0;
	const room = Math.min(length, seconds - delay) - 0.25;
	const begin = 0.12 + (room > 0 ? (random(1000) / 1000) * room : 0);
	const beep = `0.6*sin(2*PI*900*t)*between(t,${begin},${begin + 0.06})`;
	const offset = delay > 0 ? ['-itsoffset', String(delay)] : [];
	return [...offset, '-f', 'lavfi', '-i', `aevalsrc='${beep}|${beep}':s=${hertz}:d=${length}`];
}

async function describe(
	name: string,
	family: Family,
	file: string,
	hasSound: boolean,
): Promise<Made> {
	const bytes = readFileSync(file);
	const clip = await readClip(fileOf(bytes, 65_536));
	if (!clip.ok) throw new Error(`${name} ${clip.error} (${file})`);
	const seen = await look(file, hasSound);
	const { packets } = await ffprobe(file);
	const pictures = packets.filter(({ codec_type }) => codec_type === 'video');
	const seconds = lengthOf(pictures, 1 / rateOf(family.rate));
	const last = Math.max(...pictures.map(({ pts_time }) => Number(pts_time)));
	const endsInLast = Number(pictures.at(-1)?.pts_time) === last;
	return { name, family, bytes, clip: clip.value, seen, hasSound, seconds, endsInLast };
}

function lengthOf(packets: readonly ProbedPacket[], usualSeconds: number): number {
	const starts = packets.map(({ pts_time }) => Number(pts_time));
	return Math.max(...packets.map((packet) => endOf(packet, usualSeconds))) - Math.min(...starts);
}

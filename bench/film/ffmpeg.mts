import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 120_000;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const options = { timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };

/** What ffmpeg complains about, as it does so; nothing, when all is well. */
export async function ffmpeg(...given: string[]): Promise<string> {
	const { stderr } = await run(
		'ffmpeg',
		['-hide_banner', '-y', '-v', 'warning', ...given],
		options,
	);
	return stderr.trim();
}

export async function isInstalled(): Promise<boolean> {
	const [found] = await Promise.allSettled([
		run('ffmpeg', ['-version']),
		run('ffprobe', ['-version']),
	]);
	return found.status === 'fulfilled';
}

export interface ProbedPacket {
	codec_type: string;
	pts_time: string;
	duration_time?: string;
}

export interface Probed {
	format: { duration: string };
	streams: Array<{
		codec_type: string;
		nb_frames?: string;
		duration?: string;
		start_time?: string;
		side_data_list?: Array<{ rotation?: number }>;
	}>;
	packets: ProbedPacket[];
}

export async function ffprobe(file: string): Promise<Probed> {
	const asked = [
		'-show_entries',
		'format=duration:stream:packet=codec_type,pts_time,duration_time',
	];
	const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', ...asked, file], options);
	return JSON.parse(stdout) as Probed;
}

/** Where ffprobe does not know how long a packet lasts, it lasts as long as is usual. */
export const endOf = ({ pts_time, duration_time }: ProbedPacket, usualSeconds = 0): number =>
	Number(pts_time) + (Number(duration_time) || usualSeconds);

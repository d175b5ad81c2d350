import { isOthersTurn } from './limits';
import {
	ADTS,
	EncodedPacketSink,
	Input,
	MP3,
	MP4,
	QTFF,
	type EncodedPacket,
	type InputTrack,
} from './mediabunny';
import { openFile, sourceOf, type FileReader, type StoredFile } from './storedFile';
import type { Origin, PlannedInput, Sample } from './plan';

/** The files of a film while it is written. */
export interface OpenInputs {
	/** A sample's bytes; those of a file and a track are asked for in the order of the file. */
	read(track: Sample['track'], origin: Origin): Promise<Uint8Array>;
	close(): Promise<void>;
}

/** One run through a track. */
interface Run {
	sink: EncodedPacketSink;
	last?: EncodedPacket;
	/** Number of the packet that comes next. */
	next: number;
	round: number;
	rest: StoredFile['rest'];
}

interface OpenInput {
	file: StoredFile;
	reader: FileReader;
	input: Input;
	runs: Map<Sample['track'], Run>;
}

/** Opens each file when its first sample is needed, and closes it when another one's turn has come. */
export function openInputs(inputs: readonly PlannedInput[]): OpenInputs {
	const open = new Map<number, OpenInput>();

	const close = async (index: number) => {
		const opened = open.get(index);
		open.delete(index);
		opened?.input.dispose();
		await opened?.reader.close();
	};
	const openOne = (index: number): OpenInput => {
		const planned = inputs[index];
		if (planned === undefined) throw new Error('there is no such file');
		const reader = openFile(planned.file);
		const source = sourceOf(reader);
		const input = new Input({ formats: [MP4, QTFF, MP3, ADTS], source });
		const { file } = planned;
		const opened = { file, reader, input, runs: new Map<Sample['track'], Run>() };
		open.set(index, opened);
		return opened;
	};

	return {
		async read(track, { input: index, index: wanted, round }) {
			const planned = inputs[index];
			// A clip's last sounds may come after the first picture of the next one.
			for (const earlier of open.keys()) {
				if (earlier < index - 1 && planned?.track === 'both') await close(earlier);
			}
			const opened = open.get(index) ?? openOne(index);
			const run = await runAt(opened, track, round);
			const bytes = await readOn(run, wanted);
			return bytes.subarray(planned?.sound?.headerBytes ?? 0);
		},
		async close() {
			for (const index of [...open.keys()]) await close(index);
		},
	};
}

async function runAt(opened: OpenInput, track: Sample['track'], round: number): Promise<Run> {
	const known = opened.runs.get(track);
	if (known?.round === round) return known;
	const found: InputTrack | null =
		track === 'pictures'
			? await opened.input.getPrimaryVideoTrack()
			: await opened.input.getPrimaryAudioTrack();
	if (found === null) throw new Error(`it has no ${track}`);
	const run = { sink: new EncodedPacketSink(found), next: 0, round, rest: opened.file.rest };
	opened.runs.set(track, run);
	return run;
}

async function readOn(run: Run, wanted: number): Promise<Uint8Array> {
	for (;;) {
		const { sink, last } = run;
		const options = { metadataOnly: run.next < wanted };
		const packet = await (last === undefined
			? sink.getFirstPacket(options)
			: sink.getNextPacket(last, options));
		if (packet === null) throw new Error('it ends before its index says');
		run.last = packet;
		// As when the index was read: what holds nothing is not counted.
		if (packet.byteLength === 0) continue;
		if (options.metadataOnly && isOthersTurn(run.next)) await run.rest();
		if (run.next++ === wanted) return packet.data;
	}
}

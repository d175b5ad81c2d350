import { Readable } from 'node:stream';
import type { IExecuteFunctions, IHttpRequestOptions } from 'n8n-workflow';
import { video } from '../../../nodes/shared/domain/mediaFile';
import type { FilmRun } from '../../../nodes/shared/host/run';
import { atFilmNode } from '../../../nodes/shared/n8n/filmRun';
import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { valueOf } from '../helpers.mts';

/** n8n's context, as far as a run of films needs it, and what n8n's store was given. */
function contextWith(storedFile: () => object) {
	const given: unknown[] = [];
	const stopper = new AbortController();
	const helpers = {
		getBinaryStream: async () => await Promise.resolve(storedFile()),
		async prepareBinaryData(body: unknown, fileName: string, mimeType: string) {
			given.push(body);
			const bytes = body instanceof Readable ? Buffer.concat(await body.toArray()) : body;
			return { data: Buffer.isBuffer(bytes) ? bytes.toString() : '', fileName, mimeType };
		},
		httpRequest: async ({ url }: IHttpRequestOptions) =>
			await Promise.resolve({
				statusCode: url.endsWith('.mp4') ? 200 : 404,
				headers: {},
				body: Readable.from([sampleVideo]),
			}),
	};
	const context = {
		getNode: () => ({ name: 'Film', parameters: {} }),
		getExecutionCancelSignal: () => stopper.signal,
		helpers,
	};
	return { context: context as unknown as IExecuteFunctions, given, stopper };
}

async function within<T>(context: IExecuteFunctions, work: (run: FilmRun) => Promise<T>) {
	const done: T[] = [];
	const rows = await atFilmNode(context, async (run) => {
		done.push(await work(run));
		return [];
	});
	expect(rows).toEqual([[]]);
	return done[0];
}

async function* chunks() {
	for (const text of ['first, ', 'second']) yield await Promise.resolve(Buffer.from(text));
}

describe('a film', () => {
	test('goes into the store as a stream of bytes where n8n keeps its files outside of memory', async () => {
		const sample = Readable.from([]);
		const { context, given } = contextWith(() => sample);
		const store = async (run: FilmRun) =>
			await run.storeStream(chunks(), 'film.mp4', 'video/mp4', 'filesystem-v2:1');
		expect(await within(context, store)).toEqual({
			data: 'first, second',
			fileName: 'film.mp4',
			mimeType: 'video/mp4',
		});
		const [stream] = given;
		if (!(stream instanceof Readable)) throw new Error('The store was given no stream');
		expect(stream.readableObjectMode).toBe(false);
		expect(sample.destroyed).toBe(true);
	});

	test('goes there in one piece where files stand in the items', async () => {
		const { context, given } = contextWith(() => Readable.from([]));
		await within(context, async (run) => await run.storeStream(chunks(), 'a.mp4', 'video/mp4'));
		expect(given).toEqual([Buffer.from('first, second')]);
	});

	test.each([
		['no class at all', () => Object.assign(Object.create({ constructor: 7 }), { destroy() {} })],
		[
			'a class that makes none',
			() =>
				new (class {
					destroy() {}
				})(),
		],
	])('cannot be streamed by an n8n whose files have %s', async (_, storedFile) => {
		const { context, given } = contextWith(storedFile);
		const store = async (run: FilmRun) =>
			await run.storeStream(chunks(), 'a.mp4', 'video/mp4', 'filesystem-v2:1');
		await expect(within(context, store)).rejects.toThrow(
			'n8n hands out no stream of its own class',
		);
		expect(given).toEqual([]);
	});
});

test('a file of the web is fetched without a key, and named by what it is', async () => {
	const { context, given } = contextWith(() => Readable.from([]));
	const url = 'https://media.example/a.mp4';
	const fetched = await within(
		context,
		async (run) => await run.fetchFile({ kind: video, name: 'video', url }),
	);
	expect(fetched && valueOf(fetched)).toMatchObject({
		fileName: 'video.mp4',
		mimeType: 'video/mp4',
	});
	expect(given).toHaveLength(1);
});

test('whoever is stopped ends in n8n’s own word for it', async () => {
	const { context, stopper } = contextWith(() => Readable.from([]));
	const stopped = within(context, async ({ stopSignal }) => {
		stopper.abort(new Error('stopped by the user'));
		stopSignal?.throwIfAborted();
		return await Promise.resolve();
	});
	await expect(stopped).rejects.toThrow('The execution was canceled');
});

import dns from 'node:dns';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { boxesOf, bytesOfClip, clipOfSize, contentOf } from '../clips/clips.mts';
import {
	bytesOf,
	keepBinaryInFolder,
	keepBinaryInline,
	runNode,
	storeFile,
	type NodeRun,
} from './harness.mts';

const run = async (
	parameters: IDataObject,
	items: INodeExecutionData[],
	more: Partial<NodeRun> = {},
) => await runNode({ type: 'seedanceVideoFile', parameters, items, credentials: {}, ...more });

async function itemWith(
	name: string,
	json: IDataObject = {},
	sound?: string,
): Promise<INodeExecutionData> {
	const data = await storeFile(bytesOfClip(name), name);
	if (sound === undefined) return { json, binary: { data } };
	const binary = { data, sound: await storeFile(bytesOfClip(sound), sound) };
	return { json, binary };
}

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(tmpdir(), 'film-'));
});
afterAll(async () => {
	keepBinaryInline();
	await rm(folder, { recursive: true, force: true });
});

describe.each([
	['memory', async () => await Promise.resolve(keepBinaryInline())],
	['filesystem', async () => await keepBinaryInFolder(folder)],
])('%s mode', (mode, choose) => {
	beforeAll(choose);

	test('all items become one film, in their order', async () => {
		const items = [
			await itemWith('a.mp4', { taskId: 't-1' }),
			await itemWith('silent.mp4'),
			await itemWith('b-moov-last.mp4', { taskId: 't-3' }),
		];
		const { items: rows, error } = await run({}, items);
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(1);
		const bytes = await bytesOf(rows[0]);
		expect(rows[0]?.json).toEqual({
			durationSeconds: 3.25,
			width: 64,
			height: 64,
			frameRate: 24,
			hasSound: true,
			bytes: bytes.length,
			clips: [
				{ item: 0, startSeconds: 0, durationSeconds: 1, taskId: 't-1' },
				{ item: 1, startSeconds: 1, durationSeconds: 1.25 },
				{ item: 2, startSeconds: 2.25, durationSeconds: 1, taskId: 't-3' },
			],
		});
		expect(rows[0]?.pairedItem).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(rows[0]?.binary?.data).toMatchObject({ fileName: 'film.mp4', mimeType: 'video/mp4' });
		expect(rows[0]?.binary?.data?.id === undefined).toBe(mode === 'memory');
		expect(boxesOf(bytes)).toEqual(['ftyp', 'moov', 'free', 'mdat']);
		expect((await contentOf(bytes)).pictures).toHaveLength(78);
	});

	test('one film for each value of Group By', async () => {
		const names = ['a.mp4', 'silent.mp4', 'a.mp4', 'silent.mp4'];
		const stories = ['fox', 'owl', 'fox', 'owl'];
		const items = await Promise.all(
			names.map(async (name, index) => await itemWith(name, { story: stories[index] ?? '' })),
		);
		const options = { groupBy: '={{ $json.story }}', fileName: '={{ $json.story }}.mp4' };
		const { items: rows } = await run({ options }, items);
		expect(
			rows.map(({ json, pairedItem, binary }) => [
				json.group,
				json.durationSeconds,
				pairedItem,
				binary?.data?.fileName,
			]),
		).toEqual([
			['fox', 2, [{ item: 0 }, { item: 2 }], 'fox.mp4'],
			['owl', 2.5, [{ item: 1 }, { item: 3 }], 'owl.mp4'],
		]);
	});

	test('another sound', async () => {
		const item = await itemWith('bframes-fragmented.mp4', {}, 'song.mp3');
		const { items: rows, error } = await run(
			{ operation: 'setSound', options: { loop: true, startSeconds: 0.5 } },
			[item],
		);
		expect(error).toBeUndefined();
		const { sounds, pictures } = await contentOf(await bytesOf(rows[0]));
		expect(pictures).toHaveLength(48);
		expect(sounds[0]?.timestamp).toBeCloseTo(0.5, 3);
		expect(rows[0]?.json).toMatchObject({ durationSeconds: 2, hasSound: true });
	});

	test('a part, and where it lies', async () => {
		const { items: rows } = await run(
			{ operation: 'cut', fromSeconds: 0.7, toSeconds: 1.2, binaryPropertyName: 'part' },
			[await itemWith('bframes-fragmented.mp4')],
		);
		expect(rows[0]?.json).toMatchObject({
			durationSeconds: 0.708,
			fromSeconds: 0.5,
			toSeconds: 1.208,
			clips: [{ item: 0, startSeconds: 0, durationSeconds: 0.708 }],
		});
		expect((await contentOf(await bytesOf(rows[0], 'part'))).pictures).toHaveLength(17);
	});

	test('what a file is', async () => {
		const item = await itemWith('a.mp4');
		const { items: rows } = await run({ operation: 'getInfo' }, [item]);
		expect(rows[0]?.json).toEqual({
			durationSeconds: 1,
			width: 64,
			height: 64,
			frameRate: 24,
			hasSound: true,
			bytes: bytesOfClip('a.mp4').length,
			videoCodec: 'avc1.64000a',
			soundCodec: 'mp4a.40.2',
			clips: [{ item: 0, startSeconds: 0, durationSeconds: 1 }],
		});
		expect(await bytesOf(rows[0])).toEqual(bytesOfClip('a.mp4'));
	});

	test('clips that do not fit: no film, and the error names clip and item', async () => {
		const items = await Promise.all(
			['a.mp4', 'a.mp4', 'wide.mp4'].map(async (name) => await itemWith(name)),
		);
		const thrown = await run({}, items);
		expect(thrown.status).toBe('error');
		expect(thrown.error?.message).toBe(
			'Clip 3 is 128×64 at 24 frames a second, the first one 64×64 [item 2]',
		);
		const options = { groupBy: '={{ $itemIndex === 0 ? "good" : "bad" }}' };
		const kept = await run({ options }, items, { onError: 'continueRegularOutput' });
		expect(kept.items.map(({ json }) => json)).toEqual([
			expect.objectContaining({ group: 'good', durationSeconds: 1 }),
			{
				error: 'Clip 2 is 128×64 at 24 frames a second, the first one 64×64',
				failure: {
					kind: 'invalidInput',
					code: 'invalidInput',
					message: expect.stringContaining('same model'),
				},
			},
		]);
		expect(kept.items[1]?.binary).toBeUndefined();
		const apart = await run({ options }, items, { onError: 'continueErrorOutput' });
		expect(apart.items).toHaveLength(1);
		expect(apart.errorItems[0]?.json).toMatchObject({ error: expect.stringMatching(/^Clip 2 is/) });
	});

	test('a broken clip is named', async () => {
		const half = await storeFile(bytesOfClip('a.mp4').subarray(0, 5000), 'half.mp4');
		const items = [await itemWith('a.mp4'), { json: {}, binary: { data: half } }];
		const { error } = await run({}, items);
		expect(error?.message).toBe('Clip 2 is broken: something is missing after 5000 bytes [item 1]');
	});

	test('an item without a file is named', async () => {
		const { error } = await run({}, [await itemWith('a.mp4'), { json: {} }]);
		expect(error?.message).toMatch(/\[item 1\]$/);
	});
});

describe('each item is worked on by its own values', () => {
	beforeAll(keepBinaryInline);

	test('cut', async () => {
		const items = [
			await itemWith('bframes-fragmented.mp4', { from: 0, to: 0.7, field: 'one' }),
			await itemWith('bframes-fragmented.mp4', { from: 0.7, to: 1.2, field: 'two' }),
		];
		const { items: rows, error } = await run(
			{
				operation: 'cut',
				fromSeconds: '={{ $json.from }}',
				toSeconds: '={{ $json.to }}',
				binaryPropertyName: '={{ $json.field }}',
				options: { fileName: '={{ $json.field }}' },
			},
			items,
		);
		expect(error).toBeUndefined();
		expect(rows.map(({ json: { fromSeconds, toSeconds } }) => [fromSeconds, toSeconds])).toEqual([
			[0, 0.708],
			[0.5, 1.208],
		]);
		expect(rows.map(({ binary }) => [binary?.one?.fileName, binary?.two?.fileName])).toEqual([
			['one.mp4', undefined],
			[undefined, 'two.mp4'],
		]);
	});

	test('setSound', async () => {
		const items = [
			await itemWith('bframes-fragmented.mp4', { start: 0.5, again: false }, 'song.mp3'),
			await itemWith('bframes-fragmented.mp4', { start: 0, again: true }, 'song.mp3'),
		];
		const options = { startSeconds: '={{ $json.start }}', loop: '={{ $json.again }}' };
		const { items: rows, error } = await run({ operation: 'setSound', options }, items);
		expect(error).toBeUndefined();
		const [first, second] = await Promise.all(
			rows.map(async (row) => (await contentOf(await bytesOf(row))).sounds),
		);
		expect(first?.[0]?.timestamp).toBeCloseTo(0.5, 3);
		expect(second?.[0]?.timestamp).toBeCloseTo(0, 3);
		// The song has a second and a half, the video two.
		expect(second?.at(-1)?.timestamp).toBeGreaterThan(1.9);
	});

	test('getInfo, and where the file comes from', async () => {
		const [one, two] = [await itemWith('a.mp4'), await itemWith('silent.mp4', { field: 'clip' })];
		const clip = two.binary?.data;
		if (clip === undefined) throw new Error('No clip');
		const { items: rows, error } = await run(
			{ operation: 'getInfo', videoBinaryPropertyName: '={{ $json.field ?? "data" }}' },
			[one, { json: two.json, binary: { clip } }],
		);
		expect(error).toBeUndefined();
		expect(rows.map(({ json: { durationSeconds, clips } }) => [durationSeconds, clips])).toEqual([
			[1, [expect.objectContaining({ item: 0 })]],
			[1.25, [expect.objectContaining({ item: 1 })]],
		]);
		expect(rows.map(({ binary }) => Object.keys(binary ?? {}))).toEqual([['data'], ['clip']]);
	});
});

test('a film that is too large for n8n’s memory is refused before it is made, with what to set', async () => {
	keepBinaryInline();
	const data = await storeFile(clipOfSize(11 * 1024 * 1024), 'large.mp4');
	const items = Array.from({ length: 10 }, () => ({ json: {}, binary: { data } }));
	const refused = await run({}, items);
	expect(refused.items).toEqual([]);
	expect(refused.error?.message).toBe(
		'The film would have 111 MB, and this n8n keeps files in its memory [item 0]',
	);
	expect(refused.error?.description).toContain("N8N_DEFAULT_BINARY_DATA_MODE to 'filesystem'");
	expect((await run({}, items.slice(0, 1))).items).toHaveLength(1);
});

describe('from the web', () => {
	const byUrl = { videoInputType: 'url', videoUrl: '={{ $json.url }}' };
	let server: Server;
	let origin: string;
	const asked: string[] = [];
	beforeAll(async () => {
		await keepBinaryInFolder(folder);
		server = createServer((request, response) => {
			const name = path.basename(request.url ?? '');
			asked.push(JSON.stringify(request.headers));
			if (name === 'page') response.setHeader('content-type', 'text/html').end('<html>');
			else response.end(bytesOfClip(name));
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		if (address === null || typeof address === 'string') throw new Error('No port');
		origin = `http://clips.example:${address.port}`;
		// A host on the internet, as far as anybody can tell by its name.
		const { lookup } = dns;
		jest
			.spyOn(dns, 'lookup')
			.mockImplementation(((name: string, ...others: unknown[]) =>
				Reflect.apply(lookup, dns, [
					name === 'clips.example' ? '127.0.0.1' : name,
					...others,
				])) as typeof dns.lookup);
	});
	afterAll(() => {
		jest.restoreAllMocks();
		server.close();
	});

	test('an address within a private network is not asked', async () => {
		const url = `${origin.replace('clips.example', '127.0.0.1')}/a.mp4`;
		const { error } = await run(byUrl, [{ json: { url } }]);
		expect(error?.message).toMatch(/^Video URL could not be downloaded: .* private network/);
		expect(asked).toEqual([]);
	});

	test('clips and sounds are downloaded first', async () => {
		const items = ['a.mp4', 'silent.mp4'].map((name) => ({ json: { url: `${origin}/${name}` } }));
		const { items: rows, error } = await run(byUrl, items);
		expect(error).toBeUndefined();
		expect(rows[0]?.json).toMatchObject({ durationSeconds: 2.25 });
		const sounded = await run(
			{ ...byUrl, operation: 'setSound', soundInputType: 'url', soundUrl: `${origin}/song.mp3` },
			items.slice(0, 1),
		);
		expect(sounded.items[0]?.json).toMatchObject({ durationSeconds: 1, hasSound: true });
		expect(asked.join()).not.toMatch(/authorization/i);
	});

	test.each([
		['ftp://host/clip.mp4', 'Video URL is no web address [item 0]'],
		['', 'Video URL is no web address [item 0]'],
	])('%j is refused', async (url, message) => {
		const { error } = await run(byUrl, [{ json: { url } }]);
		expect(error?.message).toBe(message);
	});
});

test.each([
	['..\\..\\x', '_.._x.mp4'],
	['a\u202egp4.mov', 'a gp4.mp4'],
	['holiday', 'holiday.mp4'],
	['..', 'film.mp4'],
	['', 'film.mp4'],
])('the file name %j is made safe', async (title, expected) => {
	const options = { fileName: '={{ $json.title }}' };
	const { items: rows, error } = await run({ options }, [await itemWith('a.mp4', { title })]);
	expect(error).toBeUndefined();
	expect(rows[0]?.binary?.data).toMatchObject({ fileName: expected, mimeType: 'video/mp4' });
});

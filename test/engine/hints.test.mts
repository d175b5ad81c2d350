import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numbered, useBench, type Given } from './bench.mts';
import { keepBinaryInFolder, keepBinaryInline, type NodeResult } from './harness.mts';

const bench = useBench({ takesMs: 60_000 });

const hintsOf = ({ run: { data } }: NodeResult) =>
	data.resultData.runData.Seedance?.at(-1)?.hints?.map(({ message }) => message) ?? [];

const generate = async (vendor: string, { parameters, ...given }: Given = {}) =>
	await bench.run({
		parameters: { provider: vendor, prompt: 'A paper boat', downloadVideo: true, ...parameters },
		...given,
	});

describe('the address of a video that stops working', () => {
	const downloadVideo = false;

	test('is told where the address is all there is', async () => {
		const result = await generate('byteplus', { parameters: { downloadVideo } });
		expect(result.items[0]?.json.expiresAt).toBe('2026-11-21T10:01:00.000Z');
		expect(hintsOf(result)).toEqual([
			`The address in 'videoUrl' stops working at 2026-11-21 10:01 UTC. Switch on 'Download Video', or fetch the file before.`,
		]);
	});

	test('once for many', async () => {
		const result = await generate('byteplus', {
			parameters: { downloadVideo },
			items: numbered(3),
		});
		expect(result.items).toHaveLength(3);
		expect(hintsOf(result)).toEqual([
			expect.stringMatching(
				/^The first of the addresses in 'videoUrl' stops working at 2026-11-21 10:01 UTC\./,
			),
		]);
	});

	test('is no matter for who has the file, or where the vendor tells no end', async () => {
		expect(hintsOf(await generate('byteplus'))).toEqual([]);
		expect(hintsOf(await generate('apikley', { parameters: { downloadVideo } }))).toEqual([]);
	});
});

describe('files in memory', () => {
	const large = 33 * 1024 * 1024;
	let folder: string;

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'seedance-hints-'));
	});
	afterEach(keepBinaryInline);
	afterAll(() => rmSync(folder, { recursive: true, force: true }));

	test('are spoken of when there is much of them', async () => {
		bench.sandbox().setMediaPaddingBytes(large);
		expect(hintsOf(await generate('apikley'))).toEqual([
			expect.stringMatching(
				/^n8n holds 33 MB of files in memory .* N8N_DEFAULT_BINARY_DATA_MODE to 'filesystem'/,
			),
		]);
	});

	test('but not when there is little, and not where n8n keeps them on disk', async () => {
		expect(hintsOf(await generate('apikley'))).toEqual([]);
		bench.sandbox().setMediaPaddingBytes(large);
		await keepBinaryInFolder(folder);
		const result = await generate('apikley');
		expect(result.items[0]?.binary?.data?.id).toBeDefined();
		expect(hintsOf(result)).toEqual([]);
	});
});

test('nobody is told of calls that the sandbox, in the same network, can make', async () => {
	const result = await generate('apikley', {
		parameters: {
			completion: 'notify',
			callbackUrl: 'http://localhost:5678/webhook/abc/seedance',
		},
		n8n: { startExecution: () => undefined },
	});
	expect(result.items[0]?.json.status).toBe('queued');
	expect(hintsOf(result)).toEqual([]);
});

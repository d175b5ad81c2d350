import { useBench } from './bench.mts';

const bench = useBench();

const fields = { title: 'Folge 1', note: { tags: ['a'] }, prompt: 'It sails' };
const stale = { status: 'failed', videoUrl: 'https://old.example/v.mp4', error: 'old', parked: 1 };
const items = [{ json: { ...fields, ...stale } }];

describe('File Name', () => {
	const named = async (fileName: string, json = {}) => {
		const { items: rows, status } = await bench.run({
			parameters: { downloadVideo: true, options: { fileName } },
			items: [{ json }],
		});
		expect(status).toBe('success');
		return rows[0]?.binary?.data;
	};

	test('is the item’s own, with the extension of the bytes', async () => {
		const file = await named('={{ $json.title }}.mov', { title: 'Märchen – Folge 1' });
		expect(file).toMatchObject({ fileName: 'Märchen – Folge 1.mp4', fileExtension: 'mp4' });
	});

	test.each([
		['../../etc/passwd', '_.._etc_passwd.mp4'],
		['con', '_con.mp4'],
		['x'.repeat(10_000), `${'x'.repeat(200)}.mp4`],
		['a\u0000\n\u202eb', 'a b.mp4'],
	])('%j is made safe', async (title, expected) => {
		expect(await named('={{ $json.title }}', { title })).toMatchObject({ fileName: expected });
	});

	test.each(['', '..', '={{ $json.none }}'])('%j is the task’s ID', async (fileName) => {
		const file = await named(fileName);
		expect(file).toMatchObject({ fileName: `${bench.taskIds()[0]}.mp4` });
	});

	test('several may be called the same', async () => {
		const { items: rows } = await bench.run({
			parameters: { downloadVideo: true, options: { fileName: 'clip' } },
			items: [{ json: {} }, { json: {} }],
		});
		expect(rows.map(({ binary }) => binary?.data?.fileName)).toEqual(['clip.mp4', 'clip.mp4']);
	});

	test('of Seedance Task', async () => {
		const { items: submitted } = await bench.run({ parameters: { completion: 'submit' } });
		for (const operation of ['wait', 'get']) {
			const { items: rows } = await bench.run({
				type: 'seedanceTask',
				parameters: {
					provider: 'apikley',
					operation,
					taskId: '={{ $json.taskId }}',
					options: { fileName: 'A/B', includeInputFields: true },
				},
				items: submitted.map(({ json }) => ({ json: { ...json, title: 'T' } })),
			});
			expect(rows[0]?.binary?.data?.fileName).toBe('A_B.mp4');
			expect(rows[0]?.json).toMatchObject({ status: 'succeeded', title: 'T' });
		}
	});
});

describe('Include Input Fields', () => {
	const options = { includeInputFields: true };

	test.each(['wait', 'submit'])('%s: beside the row’s, which win', async (completion) => {
		const { items: rows } = await bench.run({
			parameters: { completion, prompt: 'A paper boat', options },
			items,
		});
		expect(rows[0]?.json).toMatchObject({
			title: 'Folge 1',
			note: { tags: ['a'] },
			prompt: 'A paper boat',
			taskId: bench.taskIds()[0],
			status: completion === 'wait' ? 'succeeded' : 'queued',
		});
		expect(rows[0]?.json.videoUrl).not.toBe(stale.videoUrl);
		for (const name of ['error', 'parked']) expect(rows[0]?.json).not.toHaveProperty(name);
	});

	test('error rows, of what was never ordered and of what failed', async () => {
		const { items: rows } = await bench.run({
			parameters: { prompt: '={{ $json.prompt }}', options },
			items: [{ json: { title: 'None', prompt: '' } }, { json: { ...fields, title: 'Good' } }],
			onError: 'continueRegularOutput',
		});
		expect(rows[0]?.json).toMatchObject({ title: 'None', error: expect.any(String) });
		expect(rows[1]?.json).toMatchObject({ title: 'Good', status: 'succeeded' });
	});

	test('the error output has them among the details', async () => {
		const { errorItems } = await bench.run({
			parameters: { prompt: '={{ $json.prompt }}', options },
			items: [{ json: { title: 'None', prompt: '' } }],
			onError: 'continueErrorOutput',
		});
		expect(JSON.stringify(errorItems[0]?.json)).toContain('"title":"None"');
	});

	test('is for each item', async () => {
		const { items: rows } = await bench.run({
			parameters: { options: { includeInputFields: '={{ $json.keep }}' } },
			items: [{ json: { keep: true, a: 1 } }, { json: { keep: false, a: 2 } }],
		});
		expect(rows.map(({ json }) => json.a)).toEqual([1, undefined]);
	});

	test('changing one of the two is no other order', async () => {
		bench.fault({ vendor: 'apikley', operation: 'status', effect: { kind: 'http', status: 401 } });
		const failed = await bench.run({ parameters: { options } });
		expect(failed.status).toBe('error');
		bench.sandbox().clearFaults();
		await failed.retry({
			parameters: { provider: 'apikley', prompt: 'A paper boat', options: { fileName: 'x' } },
		});
		expect(bench.creates()).toHaveLength(1);
	});
});

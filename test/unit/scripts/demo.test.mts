import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readWorkflow } from '../../../lab/importWorkflows.mts';
import { startSandbox, type Sandbox } from '../../../sandbox/index.mts';
import {
	GENERATION_MS,
	guideText,
	hints,
	noteOf,
	numberOf,
	recipeOf,
	YOUNG_MS,
} from '../../../scripts/demo/guide.mts';
import { servePage, type Shown, type StartPage } from '../../../scripts/demo/page.mts';
import { Progress } from '../../../scripts/demo/progress.mts';

const folder = path.join(process.cwd(), 'examples');
const examples = readdirSync(folder)
	.filter((file) => file.endsWith('.json'))
	.map((file) => ({ file, workflow: readWorkflow(path.join(folder, file)) }));

describe('what is said of an example in the demo', () => {
	test('is of one that there is', () => {
		const numbers = examples.map(({ file }) => numberOf(file));
		expect(Object.keys(hints).filter((number) => !numbers.includes(number))).toEqual([]);
	});

	test.each(examples)('$file: whole sentences, and a pause is spoken of', ({ file, workflow }) => {
		const [title, ...lines] = noteOf(file, workflow, 'http://page/').split('\n');
		expect(title).toBe('## In the demo');
		expect(lines.pop()).toContain(`(http://page/#${numberOf(file)})`);
		const pauses = JSON.stringify(workflow).includes('"completion":"pause"');
		expect(lines.join().includes('In the first minute after the start of n8n')).toBe(pauses);
		for (const line of lines) expect(line).toMatch(/^[A-Z].*\.$/);
	});

	test('is in the terminal, with the form of a workflow that has one', () => {
		const recipes = examples.map(({ file, workflow }, index) =>
			recipeOf(
				{ file, workflow: { id: `w${index}`, name: workflow.name }, isNew: true },
				'http://n8n',
				workflow,
			),
		);
		const text = guideText(
			{ n8nUrl: 'http://n8n', recipes, peopleUrl: 'http://people', deliversAt: 0 },
			'http://page/',
			'f',
		);
		expect(text).toContain('http://people');
		for (const { url, hint = '' } of recipes.slice(1)) {
			expect(text).toContain(url);
			expect(text).toContain(hint);
		}
		expect(text).toMatch(/its form: http:\/\/n8n\/form\/[\w-]+/);
		expect(text).toContain(`A video takes ${GENERATION_MS / 1000} seconds here`);
	});
});

describe('the page', () => {
	let cache: string;
	let sandbox: Sandbox;
	let shown: Shown;
	let page: StartPage;
	let now: number;

	beforeEach(async () => {
		cache = mkdtempSync(path.join(tmpdir(), 'seedance-demo-'));
		jest.spyOn(process.stdout, 'write').mockReturnValue(true);
		sandbox = await startSandbox();
		now = 0;
		shown = { progress: new Progress(path.join(cache, 'times.json'), () => now) };
		page = await servePage(shown, 0);
	});
	afterEach(async () => {
		await page.close();
		await sandbox.close();
		rmSync(cache, { recursive: true });
		jest.restoreAllMocks();
	});

	const state = async () => await (await fetch(`${page.url}state.json`)).json();

	test('says what is going on before n8n is there, and what it took the last time', async () => {
		let finish = () => {};
		const work = shown.progress.during(
			'Starting n8n',
			() => new Promise<void>((resolve) => (finish = resolve)),
		);
		expect(await state()).toMatchObject({
			steps: [{ title: 'Starting n8n', isDone: false }],
			tasks: [],
		});
		now = 31_000;
		finish();
		await work;
		expect(await state()).toMatchObject({ steps: [{ isDone: true, seconds: 31 }] });
		const next = new Progress(path.join(cache, 'times.json'));
		await next.during('Starting n8n', async () => {});
		expect(next.steps).toMatchObject([{ lastSeconds: 31 }]);
	});

	test('counts down to the first delivery, and shows what is being made', async () => {
		shown.sandbox = sandbox;
		const deliversAt = Date.now() + YOUNG_MS;
		shown.guide = { n8nUrl: 'http://n8n', deliversAt, recipes: [], peopleUrl: 'http://people' };
		await fetch(`${sandbox.baseUrls.wavespeed}/api/v3/sandbox/x`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: `Bearer ${sandbox.apiKeys.wavespeed}`,
			},
			body: JSON.stringify({ prompt: 'A boat [flagged]' }),
		});
		expect(await state()).toMatchObject({
			guide: { pauseSeconds: expect.any(Number) },
			tasks: [
				{
					vendor: 'WaveSpeed',
					prompt: 'A boat [flagged]',
					state: 'failed: The content contains sensitive information.',
					secondsLeft: 0,
				},
			],
		});
		shown.guide.deliversAt = Date.now() - 1;
		expect(await state()).toMatchObject({ guide: { pauseSeconds: 0 } });
	});

	test('is for this machine alone', async () => {
		const statusFor = async (host: string) =>
			await new Promise((resolve, reject) => {
				request(page.url, { headers: { host } }, (response) => {
					response.resume();
					resolve(response.statusCode);
				})
					.on('error', reject)
					.end();
			});
		expect(await statusFor('rebound.example.com')).toBe(403);
		expect(await statusFor('localhost')).toBe(200);
	});
});

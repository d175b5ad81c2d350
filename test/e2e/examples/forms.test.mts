import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { useBrowser } from '../browsers.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { only, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const PHOTO = join(process.cwd(), 'sandbox', 'media', 'sample.png');

const examples = useExamples();
const browser = useBrowser();

async function openForm(webhookId: string): Promise<Page> {
	const page = await browser().newPage();
	page.setDefaultTimeout(TIMEOUT_MS);
	const address = `${examples.stage.n8n.webhookUrl}/form/${webhookId}`;
	// n8n publishes a form a moment after it says so.
	const isThere = async () => (await page.goto(address))?.status() === 200;
	await until(isThere, 'the form is published', 30_000, 500);
	return page;
}

async function askForVideo(webhookId: string, prompt: string, shape = '9:16'): Promise<Page> {
	const page = await openForm(webhookId);
	await page.locator('textarea').fill(prompt);
	await page.locator('select').selectOption(shape);
	await page.locator('button[type=submit], #submit-btn').first().click();
	return page;
}

/** Address of the video that the page plays. */
async function played(page: Page): Promise<string> {
	const video = page.locator('video');
	await video.waitFor();
	const seconds = await video.evaluate(
		async (element) =>
			await new Promise<number>((resolve, reject) => {
				if (!(element instanceof HTMLVideoElement)) return reject(new Error('no video'));
				if (element.readyState > 0) return resolve(element.duration);
				element.onloadedmetadata = () => resolve(element.duration);
				element.onerror = () => reject(new Error('the video does not load'));
			}),
	);
	expect(seconds).toBeGreaterThan(0);
	return (await video.getAttribute('src')) ?? '';
}

const tasksOf = (prompt: string) =>
	examples.stage.sandbox.tasks().filter((task) => JSON.stringify(task.input).includes(prompt));

async function ended(workflowId: string, count: number): Promise<Execution[]> {
	const { client } = examples.stage;
	const submissions = async () =>
		(await client.executions({ workflowId })).filter(({ mode }) => mode === 'webhook');
	const haveEnded = async () => {
		const listed = await submissions();
		return listed.length === count && listed.every(({ status }) => status === 'success');
	};
	await until(haveEnded, `${count} submissions end well`, 60_000, 500);
	return await Promise.all((await submissions()).map(({ id }) => client.execution(id)));
}

describe.each<[VendorId | undefined, string]>([
	[undefined, 'replicate'],
	['kie', 'kie'],
])('01, %s', (vendor, provider) => {
	test(
		'submitted twice: two orders, and each page plays its own video',
		async () => {
			const prompt = `A kite over dunes, ${provider}`;
			const { id, webhookId } = await examples.create('01-form-to-video.json', { vendor });
			const pages = [await askForVideo(webhookId, prompt), await askForVideo(webhookId, prompt)];
			const addresses = await Promise.all(pages.map(played));
			expect(new Set(addresses).size).toBe(2);
			expect(tasksOf(prompt).map((task) => task.vendor)).toEqual([provider, provider]);
			expect(tasksOf(prompt)[0]?.input).toMatchObject({ aspect_ratio: '9:16' });
			const executions = await ended(id, 2);
			const shown = executions.map((run) => only(outputOf(run, 'Show the Video')).json.videoUrl);
			expect(addresses.toSorted()).toEqual(shown.map(String).toSorted());
			await Promise.all(pages.map((page) => page.close()));
		},
		TIMEOUT_MS,
	);

	test(
		'a video that fails: the page says so',
		async () => {
			const { id, webhookId } = await examples.create('01-form-to-video.json', { vendor });
			const page = await askForVideo(webhookId, `[fail] A kite that falls, ${provider}`);
			await page.getByText('No video this time').waitFor();
			await page.getByText('could not generate the video').waitFor();
			const [execution] = await ended(id, 1);
			expect(execution && runsOf(execution, 'Show the Video')).toEqual([]);
			await page.close();
		},
		TIMEOUT_MS,
	);
});

describe.each<[VendorId | undefined, string]>([
	[undefined, 'fal'],
	['byteplus', 'byteplus'],
])('02, %s', (vendor, provider) => {
	test(
		'a photo becomes the video on the page',
		async () => {
			const prompt = `The camera circles a shoe, ${provider}`;
			const { id, webhookId } = await examples.create('02-product-photo-to-video.json', {
				vendor,
			});
			const page = await openForm(webhookId);
			await page.locator('input[type=file]').setInputFiles(PHOTO);
			await page.locator('textarea').fill(prompt);
			await page.locator('button[type=submit], #submit-btn').first().click();
			const address = await played(page);
			const [execution] = await ended(id, 1);
			expect(execution && runsOf(execution, 'Show the Video')).toHaveLength(1);
			const [task, ...others] = tasksOf(prompt);
			expect(others).toEqual([]);
			expect(task?.vendor).toBe(provider);
			expect(address).toContain(task?.taskId);
			await page.close();
		},
		TIMEOUT_MS,
	);

	test(
		'a file that the model does not take: the page says so, and nothing is ordered',
		async () => {
			const prompt = `A shoe, drawn, ${provider}`;
			const { webhookId } = await examples.create('02-product-photo-to-video.json', { vendor });
			const page = await openForm(webhookId);
			const buffer = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
			const file = { name: 'drawing.svg', mimeType: 'image/svg+xml', buffer };
			await page.locator('input[type=file]').setInputFiles(file);
			await page.locator('textarea').fill(prompt);
			await page.locator('button[type=submit], #submit-btn').first().click();
			await page.getByText('No video this time').waitFor();
			expect(tasksOf(prompt)).toEqual([]);
			await page.close();
		},
		TIMEOUT_MS,
	);
});

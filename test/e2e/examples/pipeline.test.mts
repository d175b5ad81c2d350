import { sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';
import { approver } from '../../../lab/exampleNeeds.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { only, rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const FILE = '09-content-pipeline.json';

const examples = useExamples();

const sign = ({ user, password }: typeof approver) =>
	`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Looks at the approver's page; gives what is answered. */
async function look(url: string, authorization?: string): Promise<Response> {
	const headers = { connection: 'close', ...(authorization ? { authorization } : {}) };
	return await fetch(url, { headers });
}

/** Sends the approver's page in, as a browser does. */
async function decide(url: string, decision: string, why = ''): Promise<number> {
	const body = new FormData();
	body.append('field-0', decision);
	body.append('field-1', why);
	const headers = { connection: 'close', authorization: sign(approver) };
	return (await fetch(url, { method: 'POST', body, headers })).status;
}

/** Runs the example up to the question; gives it with the address of the page. */
async function untilAsked(vendor: VendorId | undefined) {
	const id = await examples.start(FILE, { vendor });
	const execution = async () => await examples.stage.client.execution(id);
	const isAsked = async () => {
		const now = await execution();
		return now.status === 'waiting' && runsOf(now, 'Wait for the Approver').length > 0;
	};
	await until(isAsked, 'the approver is asked', TIMEOUT_MS, 500);
	const asked = await execution();
	const { json } = only(outputOf(asked, 'Ask the Approver'));
	return { id, asked, url: String(json.formUrl), json };
}

const isWaiting = async (id: string) =>
	(await examples.stage.client.execution(id)).status === 'waiting';

describe.each<[VendorId | undefined, string]>([
	[undefined, 'volcengine'],
	['replicate', 'replicate'],
])('09, %s', (vendor, provider) => {
	test(
		'picture, video, approval, publishing; nobody but the approver approves',
		async () => {
			const { id, asked, url, json } = await untilAsked(vendor);
			const { picture } = only(outputOf(asked, 'Idea')).json;
			expect(examples.openAi.pictures).toContain(picture);
			const file = only(outputOf(asked, 'Picture as a File'));
			expect(await examples.file(file, 'picture')).toEqual(sampleImage);
			const [row] = rowsOf(asked, 'Seedance Image to Video');
			expect(row).toMatchObject({ provider, status: 'succeeded' });
			expect(json.message).toContain(row?.videoUrl);
			expect(json.message).toContain(url);

			// The vendor was given no address of this n8n, so it holds no token of the execution.
			const orders = examples.stage.sandbox.requests.filter(
				(request) => request.vendor === provider && request.operation === 'create',
			);
			expect(orders).toHaveLength(1);
			expect(orders[0]?.rawBody).not.toMatch(/webhook-waiting|form-waiting/);
			// A preview of a forwarded link, a guess, and a forged token.
			expect((await look(url)).status).toBe(401);
			expect((await look(url, sign({ ...approver, password: 'wrong' }))).status).toBe(401);
			const forged = url.replace(/signature=[^&]+/, 'signature=forged');
			expect((await look(forged, sign(approver))).status).toBe(401);
			// To look at the page decides nothing.
			const page = await look(url, sign(approver));
			expect(page.status).toBe(200);
			const shown = await page.text();
			expect(shown).toContain('Shall this be published?');
			expect(shown.replaceAll('&amp;', '&')).toContain(`<source src="${String(row?.videoUrl)}"`);
			expect(await isWaiting(id)).toBe(true);

			expect(await decide(url, 'Publish it')).toBe(200);
			const execution = await examples.succeeded(id);
			const published = only(outputOf(execution, 'Publish (Stub)'));
			expect(published.json).toMatchObject({ published: true, videoUrl: row?.videoUrl });
			expect(await examples.file(published, 'data')).toEqual(sampleVideo);
			expect(runsOf(execution, 'Not Published')).toEqual([]);
			await expectDecidedForGood(id, url, 'Do not publish it');
		},
		TIMEOUT_MS,
	);

	test(
		'refused, it is not published, and cannot be approved later',
		async () => {
			const { id, url } = await untilAsked(vendor);
			expect(await decide(url, 'Do not publish it', 'Too dark')).toBe(200);
			const execution = await examples.succeeded(id);
			expect(rowsOf(execution, 'Not Published')).toEqual([{ published: false, why: 'Too dark' }]);
			await expectDecidedForGood(id, url, 'Publish it');
			expectNothingPublished(execution);
		},
		TIMEOUT_MS,
	);
});

test(
	'with another word for a decision it is not published',
	async () => {
		const { id, url } = await untilAsked(undefined);
		expect(await decide(url, 'approve')).toBe(200);
		expectNothingPublished(await examples.succeeded(id));
	},
	TIMEOUT_MS,
);

/** n8n answers another decision with the form's last page, and runs nothing. */
async function expectDecidedForGood(id: string, url: string, decision: string) {
	const before = await examples.stage.client.execution(id);
	// n8n may have answered and hung up before the whole form is sent.
	await Promise.allSettled([decide(url, decision)]);
	expect(await examples.stage.client.execution(id)).toEqual(before);
}

function expectNothingPublished(execution: Execution) {
	expect(runsOf(execution, 'The Approved Video')).toEqual([]);
	expect(runsOf(execution, 'Publish (Stub)')).toEqual([]);
}

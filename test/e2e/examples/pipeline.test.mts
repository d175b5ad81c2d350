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

async function call(url: unknown, authorization?: string): Promise<number> {
	const headers = { connection: 'close', ...(authorization ? { authorization } : {}) };
	const response = await fetch(String(url), { headers });
	return response.status;
}

/** Runs the example up to the question; gives it with its two links. */
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
	return { id, asked, links: { approve: json.approveUrl, refuse: json.refuseUrl }, json };
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
			const { id, asked, links, json } = await untilAsked(vendor);
			const { picture } = only(outputOf(asked, 'Idea')).json;
			expect(examples.openAi.pictures).toContain(picture);
			const file = only(outputOf(asked, 'Picture as a File'));
			expect(await examples.file(file, 'picture')).toEqual(sampleImage);
			const [row] = rowsOf(asked, 'Seedance Image to Video');
			expect(row).toMatchObject({ provider, status: 'succeeded' });
			expect(json.message).toContain(row?.videoUrl);
			expect(json.message).toContain(links.approve);

			// The vendor was given no address of this n8n, so it holds no token of the execution.
			const orders = examples.stage.sandbox.requests.filter(
				(request) => request.vendor === provider && request.operation === 'create',
			);
			expect(orders).toHaveLength(1);
			expect(orders[0]?.rawBody).not.toMatch(/webhook-waiting/);
			// A preview of a forwarded link, a guess, and a forged token.
			expect(await call(links.approve)).toBe(401);
			expect(await call(links.approve, sign({ ...approver, password: 'wrong' }))).toBe(401);
			const forged = String(links.approve).replace(/signature=[^&]+/, 'signature=forged');
			expect(await call(forged, sign(approver))).toBe(401);
			expect(await isWaiting(id)).toBe(true);

			expect(await call(links.approve, sign(approver))).toBe(200);
			const execution = await examples.succeeded(id);
			const published = only(outputOf(execution, 'Publish (Stub)'));
			expect(published.json).toMatchObject({ published: true, videoUrl: row?.videoUrl });
			expect(await examples.file(published, 'data')).toEqual(sampleVideo);
			expect(runsOf(execution, 'Not Published')).toEqual([]);
			expect(await call(links.refuse, sign(approver))).toBe(409);
		},
		TIMEOUT_MS,
	);

	test(
		'refused, it is not published, and cannot be approved later',
		async () => {
			const { id, links } = await untilAsked(vendor);
			expect(await call(links.refuse, sign(approver))).toBe(200);
			const execution = await examples.succeeded(id);
			expect(rowsOf(execution, 'Not Published')).toEqual([{ published: false, why: 'refused' }]);
			const later = await call(links.approve, sign(approver));
			expect(later).toBe(409);
			expectNothingPublished(execution);
		},
		TIMEOUT_MS,
	);
});

test(
	'without a decision in the address it is not published',
	async () => {
		const { id, links } = await untilAsked(undefined);
		const bare = String(links.approve).replace('decision=approve', 'decision=');
		expect(await call(bare, sign(approver))).toBe(200);
		expectNothingPublished(await examples.succeeded(id));
	},
	TIMEOUT_MS,
);

function expectNothingPublished(execution: Execution) {
	expect(runsOf(execution, 'The Approved Video')).toEqual([]);
	expect(runsOf(execution, 'Publish (Stub)')).toEqual([]);
}

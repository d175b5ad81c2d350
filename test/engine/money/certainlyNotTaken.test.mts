import type { FaultEffect } from '../../../sandbox/index.mts';
import { vendors } from '../../../sandbox/types.mts';
import { kits } from '../../vendors/index.mts';
import { useBench, type VendorId } from '../bench.mts';

const bench = useBench({ takesMs: 60_000 });

const refused = [400, 401, 402, 403, 404, 405, 413, 415, 422, 429];
const unknown = [
	...[200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308],
	...[406, 407, 408, 409, 410, 412, 418, 421, 423, 425, 451, 455, 499],
	...[500, 501, 502, 503, 504, 505, 507, 511, 520, 522, 524, 529, 599],
];

/** What may stand behind a status, nothing or somebody's JSON: every status has both, by turns. */
const bodyFor = (status: number, provider: VendorId): unknown =>
	(status + vendors.indexOf(provider)) % 2 === 0 ? '' : { error: 'No' };

/** Orders once, and again as Retry execution does, against a vendor that always answers so. */
async function orderTwice(provider: VendorId, effect: FaultEffect) {
	bench.sandbox().reset();
	bench.fault({ operation: 'create', effect });
	// Shorter than the first gap after a rate limit.
	const options = { timeout: 0.01 };
	const first = await bench.run({ parameters: { provider, options } });
	const second = await first.retry();
	expect([first.status, second.status]).toEqual(['error', 'error']);
	return { first: first.error, second: second.error };
}

async function expectNotTaken(provider: VendorId, effect: FaultEffect) {
	const { first, second } = await orderTwice(provider, effect);
	for (const error of [first, second]) {
		expect(error?.message).not.toMatch(/may have accepted/);
		expect(error?.description).toMatch(/Nothing was submitted\.$/);
	}
	expect(bench.creates()).toHaveLength(2);
}

async function expectUnknown(provider: VendorId, effect: FaultEffect) {
	const { first, second } = await orderTwice(provider, effect);
	for (const error of [first, second]) {
		expect(error?.message).toMatch(/may have accepted this video, but its answer was lost/);
		expect(error?.description).toContain('Order Again After a Lost Answer');
		expect(error?.description).not.toContain('Nothing was submitted');
	}
	expect(bench.creates()).toHaveLength(1);
}

const location = () => `${bench.sandbox().url}/apikley/api/v1/jobs/createTask`;

/**
 * What each vendor makes of each status is held by anyAnswer.test without a run; here one vendor has
 * all of them, and the others one of each kind, because a run treats all vendors alike.
 */
const [first] = vendors;
const some = (statuses: number[], provider: VendorId, ...others: number[]) =>
	provider === first ? statuses : others;

describe.each(vendors)('%s', (provider) => {
	test.each(some(refused, provider, 400, 429))('HTTP %i: certainly not taken', async (status) => {
		await expectNotTaken(provider, { kind: 'http', status });
		await expectNotTaken(provider, { kind: 'http', status, body: bodyFor(status, provider) });
	});

	test.each(some(unknown, provider, 200, 302, 500))(
		'HTTP %i: may have been accepted',
		async (status) => {
			const body = bodyFor(status, provider);
			await expectUnknown(provider, { kind: 'http', status, body, location: location() });
		},
	);

	// 200 with the vendor's own error body is the code's affair.
	test.each(
		some(
			unknown.filter((status) => status >= 300),
			provider,
			...[302, 409, 455, 500, 505],
		),
	)('HTTP %i with the vendor’s own error: may have been accepted', async (status) => {
		const hasCode = kits[provider].refusalCodes?.includes(status);
		const kind = hasCode ? expectNotTaken : expectUnknown;
		await kind(provider, { kind: 'http', status, location: location() });
	});
});

/** `code` in the body of an answer with this HTTP status. */
const coded = (status: number, code: number): FaultEffect => ({
	kind: 'http',
	status,
	body: { code, msg: 'No', message: 'No', data: null },
});

describe('Apikley’s codes', () => {
	test.each([
		...[401, 402, 404, 422, 429, 455, 505].map((code) => [200, code]),
		[455, 455],
		[505, 505],
		[400, 500],
		[403, 200],
		[422, 501],
	])('HTTP %i with code %i: certainly not taken', async (status, code) => {
		await expectNotTaken('apikley', coded(status, code));
	});

	test.each([
		// Not on the page, or a page that says that something was begun.
		...[0, 200, 201, 400, 403, 409, 433, 451, 500, 501, 531, 550].map((code) => [200, code]),
		...[401, 402, 404, 422, 429, 455, 505].flatMap((code) => [
			[201, code],
			[302, code],
			[409, code],
			[500, code],
			[502, code],
		]),
		[501, 501],
	])('HTTP %i with code %i: may have been accepted', async (status, code) => {
		await expectUnknown('apikley', coded(status, code));
	});
});

describe('kie.ai’s codes are Apikley’s and two more', () => {
	test.each([
		...[400, 401, 402, 404, 422, 429, 433, 455, 505].map((code) => [200, code]),
		[433, 433],
		[455, 455],
		[505, 505],
	])('HTTP %i with code %i: certainly not taken', async (status, code) => {
		await expectNotTaken('kie', coded(status, code));
	});

	test.each([
		...[0, 200, 201, 403, 408, 409, 500, 501, 531].map((code) => [200, code]),
		...[400, 433].flatMap((code) => [
			[201, code],
			[302, code],
			[500, code],
		]),
	])('HTTP %i with code %i: may have been accepted', async (status, code) => {
		await expectUnknown('kie', coded(status, code));
	});
});

describe('Modellix’s codes repeat the HTTP status, which alone counts', () => {
	test.each([
		[400, 500],
		[402, 0],
		[429, 503],
	])('HTTP %i with code %i: certainly not taken', async (status, code) => {
		await expectNotTaken('modellix', coded(status, code));
	});

	test.each(
		[400, 401, 402, 404, 429].flatMap((code) => [200, 409, 500, 503].map((s) => [s, code])),
	)('HTTP %i with code %i: may have been accepted', async (status, code) => {
		await expectUnknown('modellix', coded(status, code));
	});
});

describe('AI/ML API has no codes', () => {
	test.each([200, 302, 409, 500])('HTTP %i with a status in the body', async (status) => {
		const body = { statusCode: 401, message: 'Unauthorized' };
		await expectUnknown('aimlapi', { kind: 'http', status, body });
	});
});

describe('Apikley refuses, and names a task', () => {
	const refuseOnce = () =>
		bench.fault({ operation: 'create', times: 1, effect: { kind: 'refuseWithTask' } });

	test('its task is the item’s: shown with its reason, not ordered again in the same try', async () => {
		refuseOnce();
		const { error } = await bench.run();
		expect(error?.message).toMatch(/^Apikley could not generate the video/);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.creates()).toHaveLength(1);
	});

	test('Submit Only: its row', async () => {
		refuseOnce();
		const { items } = await bench.run({ parameters: { completion: 'submit' } });
		expect(items).toMatchObject([{ json: { taskId: bench.taskIds()[0], status: 'queued' } }]);
		expect(items[0]?.json).not.toHaveProperty('error');
	});

	test('it is in the ledger: a try after a timeout goes on with it', async () => {
		refuseOnce();
		const options = { timeout: 0.25 };
		const { error } = await bench.run({ parameters: { options }, retryOnFail: true, maxTries: 3 });
		expect(error?.message).toMatch(/^The video was not finished/);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.creates()).toHaveLength(1);
	});

	test('once it has failed, the next try may order anew', async () => {
		refuseOnce();
		const { status, items } = await bench.run({ retryOnFail: true, maxTries: 2 });
		expect(status).toBe('success');
		expect(items[0]?.json.taskId).toBe(bench.taskIds()[1]);
		expect(bench.creates()).toHaveLength(2);
	});

	test.each([400, 402, 422, 500, 503])('HTTP %i that names one', async (status) => {
		const body = { code: status, msg: 'Generation failed', data: { taskId: 'task_named' } };
		bench.fault({ operation: 'create', effect: { kind: 'http', status, body } });
		const { error } = await bench.run({ parameters: { options: { timeout: 5 } } });
		// The sandbox knows no such task.
		expect(error?.description).toContain('Task ID: task_named.');
		expect(bench.creates()).toHaveLength(1);
	});
});

test.each(vendors)('%s: an error that names a task is a task', async (provider) => {
	const body = kits[provider].namesTask('named');
	bench.fault({ operation: 'create', effect: { kind: 'http', status: 500, body } });
	const { items } = await bench.run({ parameters: { provider, completion: 'submit' } });
	expect(items[0]?.json.taskId).toBe('named');
	expect(bench.creates()).toHaveLength(1);
});

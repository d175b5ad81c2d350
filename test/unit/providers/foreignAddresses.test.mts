import type { Dialogue, VendorApi, VendorReference } from '../../../nodes/shared/domain/vendor';
import { providers } from '../../../nodes/shared/providers';
import { answer, modelOf, talk } from '../helpers.mts';

/** A row, a token, a ledger's cell and a submit answer may each name any address for a task. */
const taskId = 't-1';
const strange = [
	'https://queue.fal.run/any/path',
	'https://queue.fal.run/a/b/requests/t-2/status',
	'https://queue.fal.run/a/b/requests/t-1/status?x=1',
	'https://queue.fal.run/a/b/requests/t-1/status#x',
	'https://queue.fal.run/a/b/../requests/t-1/status',
	'https://queue.fal.run/a/b/%2e%2e/requests/t-1/status',
	'https://queue.fal.run/a/b\\requests/t-1/status',
	'https://user:word@queue.fal.run/a/b/requests/t-1/status',
	'https://queue.fal.run/requests/t-1/status',
	'https://queue.fal.run/a/b/requests/t-1/status/more',
	'https://queue.fal.run/a/b/requests/xt-1/status',
	'file:///a/b/requests/t-1/status',
	'/a/b/requests/t-1/status',
	'',
];

type Begin = (reference: VendorReference) => Dialogue<unknown>;

const dialoguesOf = ({ look, cancel, delete: remove }: VendorApi): Array<Begin | undefined> => [
	look,
	cancel,
	remove,
];

test.each(Object.keys(providers))('%s asks at no address that is not the task’s', (id) => {
	const provider = providers[id];
	const [model] = provider?.models ?? [];
	if (provider === undefined || model === undefined) throw new Error('No model');
	for (const url of strange) {
		const names = ['status', 'response', 'result', 'get', 'cancel', 'web', 'stream'];
		const taskUrls = Object.fromEntries(names.map((name) => [name, url]));
		for (const begin of dialoguesOf(provider.vendor)) {
			if (begin === undefined) continue;
			const reference = { taskId, modelId: model.id, model, taskUrls };
			// Whatever it is answered, also what follows.
			for (const body of [{}, { status: 'COMPLETED', id: taskId, request_id: taskId }]) {
				const { requests } = talk(begin(reference), answer(body), answer(body), answer(body));
				expect(requests.length).toBeGreaterThan(0);
				for (const request of requests) {
					expect(request.url).not.toBe(url);
					expect(JSON.stringify(request)).toContain(taskId);
				}
			}
		}
	}
});

test('nor are such addresses taken from a submit answer, and each has its own end', () => {
	const { vendor } = providers.fal ?? {};
	if (vendor === undefined) throw new Error('No fal');
	const base = 'https://queue.fal.run/a/b/requests/t-1';
	const given = (status_url: string, response_url: string, cancel_url: string) =>
		vendor.readCreated(answer({ request_id: taskId, status_url, response_url, cancel_url }));
	for (const url of strange) {
		expect(given(url, url, url)).toMatchObject({ ok: true, value: { taskId } });
		expect(given(url, url, url)).not.toMatchObject({ value: { taskUrls: expect.anything() } });
	}
	expect(given(`${base}/cancel`, `${base}/status`, base)).not.toMatchObject({
		value: { taskUrls: expect.anything() },
	});
	const own = { status: `${base}/status`, response: `${base}/response`, cancel: `${base}/cancel` };
	expect(given(own.status, own.response, own.cancel)).toMatchObject({ value: { taskUrls: own } });
});

/** Names under which one vendor or another is told whom to ask and whom to tell. */
const names = [
	...['model', 'model_id', 'modelId', 'version', 'path', 'url', 'endpoint', 'draft_id'],
	...['callback_url', 'callBackUrl', 'callbackUrl', 'webhook', 'webhook_url', 'fal_webhook'],
	...['webhook_events_filter', '__proto__', 'input', 'body', 'query', 'method'],
];

test.each(Object.keys(providers))(
	'%s: what the user adds decides neither model nor callback',
	(id) => {
		const provider = providers[id];
		if (provider === undefined) throw new Error('No provider');
		const { decides = {}, createTask } = provider.vendor;
		for (const { id: modelId } of provider.models) {
			const model = modelOf(id, modelId);
			for (const callbackUrl of [undefined, 'https://ours.example']) {
				const plain = createTask({ model, input: { prompt: 'p' }, callbackUrl });
				for (const name of names.filter((one) => !Object.hasOwn(decides, one))) {
					const input = { prompt: 'p', [name]: 'https://theirs.example' };
					const request = createTask({ model, input, callbackUrl });
					expect([request.url, request.query]).toEqual([plain.url, plain.query]);
					const told = ['model', 'callback_url', 'callBackUrl', 'webhook', 'webhook_events_filter'];
					const set = told.filter((one) => Object.hasOwn(plain.body ?? {}, one));
					for (const one of set) expect(request.body?.[one]).toEqual(plain.body?.[one]);
				}
			}
		}
	},
);

test.each(Object.keys(providers))('%s: what decides is what the order itself says', (id) => {
	const provider = providers[id];
	const [first] = provider?.models ?? [];
	if (provider === undefined || first === undefined) throw new Error('No model');
	for (const name of ['model', 'callback_url']) {
		const { decides = {}, createTask } = provider.vendor;
		const callbackUrl = 'https://ours.example';
		const plain = createTask({ model: first, input: { prompt: 'p' }, callbackUrl });
		if (!Object.hasOwn(plain.body ?? {}, name)) continue;
		const input = { prompt: 'p', [name]: 'theirs' };
		const { body } = createTask({ model: first, input, callbackUrl });
		expect(body?.[name]).toBe(plain.body?.[name]);
		// What would be left out without a word is refused before anything is paid.
		const isSent = JSON.stringify(body).includes('theirs');
		expect([name, isSent || Object.hasOwn(decides, name)]).toEqual([name, true]);
	}
});

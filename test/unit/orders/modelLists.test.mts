import { fail, ok } from '../../../nodes/shared/domain/result';
import type { Transport, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { listModels, modelToldBy } from '../../../nodes/shared/orders/modelLists';
import { openToldModels } from '../../../nodes/shared/tasks/told';
import { vendors } from '../../../sandbox/types.mts';
import { errorOf, providerOf, valueOf } from '../helpers.mts';

const schema = { properties: { prompt: {}, duration: { type: 'integer' } } };
const model_id = 'bytedance/seedance-9/text-to-video';
const entry = { model_id, api_schema: { api_schemas: [{ request_schema: schema }] } };
const listed = { code: 200, data: [entry] };

let accounts = 0;
const toldModels = openToldModels();

function asker(body: unknown = listed, providerId = 'wavespeed') {
	let now = 0;
	let asks = 0;
	const answer: VendorResponse = { httpStatus: 200, headers: {}, body, excerpt: '' };
	const read: Transport['read'] = async (_, timeoutMs) => {
		// Nobody is held up for longer by what is only nice to know.
		expect(timeoutMs).toBe(20_000);
		asks += 1;
		return ok(answer);
	};
	const transport: Transport = {
		read,
		submit: async () => fail({ kind: 'rejected', message: 'no', certainlyNotTaken: true }),
		openFile: async () => undefined,
	};
	const clock = {
		now: () => now,
		sleep: async () => {},
		deadline: () => AbortSignal.abort(),
		random: () => 0,
	};
	accounts += 1;
	return {
		asker: {
			account: `account ${accounts}`,
			provider: providerOf(providerId),
			transport,
			clock,
			toldModels,
		},
		asks: () => asks,
		pass: (ms: number) => (now += ms),
		tell: (other: unknown) => (answer.body = other),
	};
}

test('a list is asked for once in ten minutes, by kind and by account', async () => {
	const one = asker();
	for (let asks = 0; asks < 3; asks++) {
		const list = valueOf(await listModels(one.asker, 'textToVideo'));
		expect(list.map(({ id }) => id)).toEqual([model_id]);
	}
	expect(one.asks()).toBe(1);
	await listModels(one.asker, 'imageToVideo');
	expect(one.asks()).toBe(2);
	one.pass(10 * 60_000);
	await listModels(one.asker, 'textToVideo');
	expect(one.asks()).toBe(3);
	const other = asker();
	await listModels(other.asker, 'textToVideo');
	expect(other.asks()).toBe(1);
});

test('what could not be read is asked for again after half a minute', async () => {
	const one = asker('<html>');
	const ask = () => modelToldBy(one.asker, model_id, 'textToVideo');
	expect(errorOf(await ask())).toBe('its answer was not understood');
	await ask();
	expect(one.asks()).toBe(1);
	one.tell(listed);
	one.pass(30_000);
	expect(Object.keys(valueOf(await ask()).input)).toEqual(['prompt', 'duration']);
	expect(one.asks()).toBe(2);
});

test('why a schema is of no use is said in words', async () => {
	const useless = { ...entry, api_schema: { api_schemas: [{ request_schema: {} }] } };
	const one = asker({ data: [useless] });
	expect(errorOf(await modelToldBy(one.asker, model_id, 'textToVideo'))).toBe(
		'its schema cannot be used: it names no parameters',
	);
	expect(errorOf(await modelToldBy(one.asker, 'bytedance/none', 'textToVideo'))).toMatch(
		/no model/,
	);
});

const withoutList = vendors.filter((vendor) => providerOf(vendor).vendor.models === undefined);

test.each(withoutList)('%s has no list', async (id) => {
	expect(errorOf(await listModels(asker(listed, id).asker, 'textToVideo'))).toMatch(/has no list/);
});

test('Modellix tells no parameters', async () => {
	const told = await modelToldBy(asker(listed, 'modellix').asker, 'a/b', 'textToVideo');
	expect(errorOf(told)).toBe('it does not tell what its models take');
});

import { accountsForExamples } from '../../../lab/exampleNeeds.mts';
import type { VendorId } from '../stage.mts';
import { only, TIMEOUT_MS, useExamples } from './examples.mts';
import { outputOf } from '../../../lab/n8nClient.mts';

const FILE = '08-cheapest-first.json';
const PROMPT = 'A glass elevator';

const examples = useExamples('test');

async function whoMadeIt(vendor?: VendorId) {
	const execution = await examples.run(FILE, { vendor });
	return only(outputOf(execution, 'Who Made It'));
}

const balanceIs = (vendor: VendorId, body: unknown) =>
	examples.stage.sandbox.addFault({
		vendor,
		operation: 'balance',
		effect: { kind: 'http', status: 200, body },
	});

test(
	'the first makes it as long as it is paid for, and nobody else is asked',
	async () => {
		const { json, binary } = await whoMadeIt();
		expect(json).toMatchObject({ provider: 'kie', refused: [] });
		expect(binary?.data?.mimeType).toBe('video/mp4');
		const asked = new Set(examples.stage.sandbox.requests.map(({ vendor }) => vendor));
		expect(asked.has('aimlapi') || asked.has('fal')).toBe(false);
	},
	TIMEOUT_MS,
);

test(
	'in the demo kie.ai is passed over, and the row that people see says so',
	async () => {
		balanceIs('kie', { code: 200, msg: 'success', data: accountsForExamples.balances.kie });
		const { json, binary } = await whoMadeIt();
		expect(Object.keys(json)).toEqual(['provider', 'model', 'refused', 'videoUrl', 'taskId']);
		expect(json).toMatchObject({
			provider: 'aimlapi',
			refused: [expect.stringMatching(/^kie: kie\.ai does not have enough credits/)],
		});
		expect(binary?.data?.mimeType).toBe('video/mp4');
	},
	TIMEOUT_MS,
);

test(
	'two whose accounts are low are passed over, and said to be',
	async () => {
		balanceIs('kie', { code: 200, msg: 'success', data: 99 });
		balanceIs('aimlapi', { current_balance: 0.5, currency: 'USD' });
		const { json } = await whoMadeIt();
		expect(json).toMatchObject({
			provider: 'fal',
			refused: [expect.stringContaining('kie: '), expect.stringContaining('aimlapi: ')],
		});
		expect(examples.vendorsAskedFor(PROMPT)).toEqual(['fal']);
	},
	TIMEOUT_MS,
);

test(
	'with another vendor in front the list behind it works as before',
	async () => {
		examples.stage.sandbox.addFault({
			vendor: 'modellix',
			operation: 'create',
			effect: { kind: 'http', status: 402 },
		});
		const { json } = await whoMadeIt('modellix');
		expect(json).toMatchObject({
			provider: 'aimlapi',
			refused: [expect.stringContaining('modellix: ')],
		});
		expect(examples.vendorsAskedFor(PROMPT)).toEqual(['aimlapi']);
	},
	TIMEOUT_MS,
);

test(
	'a vendor that has taken the video and fails is not followed by another',
	async () => {
		const id = await examples.start(FILE, { words: { [PROMPT]: `[fail] ${PROMPT}` } });
		const execution = await examples.stage.client.waitForExecution(id);
		expect(execution.status).toBe('error');
		expect(examples.vendorsAskedFor(PROMPT)).toEqual(['kie']);
	},
	TIMEOUT_MS,
);

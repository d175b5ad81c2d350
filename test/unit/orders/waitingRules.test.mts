import type { ModelEntry } from '../../../nodes/shared/domain/model';
import * as parameter from '../../../nodes/shared/models/parameters';
import { readWaitingRules } from '../../../nodes/shared/orders/order';
import { errorOf, valueOf } from '../helpers.mts';

const serviceTier = parameter.serviceTier();
const executionExpiresAfter = parameter.executionExpiresAfter(3600, 259_200, { default: 172_800 });

const modelWith = (input: ModelEntry['input']): ModelEntry => ({
	id: 'm',
	label: 'Seedance 9',
	kind: 'textToVideo',
	createPath: '/m',
	typicalSeconds: 60,
	input: { prompt: parameter.prompt(), ...input },
});
const patient = modelWith({ serviceTier, executionExpiresAfter });

const minutesOf = (...given: Parameters<typeof readWaitingRules>) =>
	valueOf(readWaitingRules(...given)).timeoutMinutes;

describe('the offline tier is waited for as long as its task lives', () => {
	test('by the time that the user has set', () => {
		const values = { serviceTier: 'flex', executionExpiresAfter: 7200 };
		expect(minutesOf({}, patient, values)).toBe(120);
	});

	test('by the model’s own where none is set', () => {
		expect(minutesOf({}, patient, { serviceTier: 'flex' })).toBe(2880);
	});

	test('as usual where nobody knows how long that is', () => {
		const flex = { serviceTier: 'flex' };
		const noDefault = parameter.executionExpiresAfter(3600, 259_200);
		for (const model of [
			modelWith({ serviceTier }),
			modelWith({ serviceTier, executionExpiresAfter: noDefault }),
		]) {
			expect(minutesOf({}, model, flex)).toBe(30);
		}
		expect(minutesOf({}, undefined, flex)).toBe(30);
	});

	test('unless the user says how long to wait', () => {
		expect(minutesOf({ timeout: 5 }, patient, { serviceTier: 'flex' })).toBe(5);
	});
});

test.each([
	{},
	{ serviceTier: 'default' },
	{ serviceTier: 'default', executionExpiresAfter: 7200 },
])('%j is waited for as usual', (values) => {
	expect(minutesOf({}, patient, values)).toBe(30);
});

test('the longest gap is in seconds, and there is none where the user sets none', () => {
	expect(valueOf(readWaitingRules({ pollInterval: '1.5' })).maxPollGapMs).toBe(1500);
	for (const pollInterval of [undefined, null, '']) {
		expect(valueOf(readWaitingRules({ pollInterval })).maxPollGapMs).toBeUndefined();
	}
});

test.each([
	['timeout', 0, 'Timeout'],
	['timeout', 'soon', 'Timeout'],
	['pollInterval', -1, 'Poll Interval'],
	['pollInterval', 'Infinity', 'Poll Interval'],
])('%s %j is refused by its label', (name, value, label) => {
	const { message } = errorOf(readWaitingRules({ [name]: value }));
	expect(message).toMatch(label);
	expect(message).toMatch(/must be a number greater than 0$/);
});

import { readdirSync } from 'node:fs';
import path from 'node:path';
import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { Dialogue, VendorApi, VendorResponse } from '../../../nodes/shared/domain/vendor';
import { providers } from '../../../nodes/shared/providers';
import { recordedFinish, recordedOf, type Recorded } from '../../vendors/recorded.mts';
import { answer, talk } from '../helpers.mts';

const file = { bytes: new Uint8Array([1]), mimeType: 'image/png', fileName: 'a.png' };

const responsesOf = ({ answers }: Recorded): VendorResponse[] =>
	answers.map(({ httpStatus, headers, body }) => ({ ...answer(body, httpStatus), headers }));

/** The answer itself stands in a task as it came; that is held here, and it is left out. */
function withoutRaw(outcome: Outcome<unknown>, { answers }: Recorded): unknown {
	if (!outcome.ok || typeof outcome.value !== 'object' || outcome.value === null) return outcome;
	if (!('raw' in outcome.value)) return outcome;
	const { raw, ...value } = outcome.value;
	expect(answers.map(({ body }) => body)).toContainEqual(raw);
	return { ...outcome, value };
}

/** A task is asked for by the ID under which the answer tells it. */
const idIn = (outcome: unknown): string =>
	/"taskId":"([^"]+)"/.exec(JSON.stringify(outcome ?? ''))?.[1] ?? 'x';

function dialogueOf(
	vendor: VendorApi,
	reader: string,
	taskId: string,
): Dialogue<unknown> | undefined {
	if (reader === 'look') return vendor.look({ taskId, modelId: 'owner/app/path' });
	if (reader === 'balance') return vendor.balance?.();
	return vendor.upload?.(file);
}

function readBy(vendor: VendorApi, reader: string, recorded: Recorded): unknown {
	const [first, ...others] = responsesOf(recorded);
	if (first === undefined) throw new Error('It has no answer');
	if (reader === 'callback') {
		const rawBody = Buffer.from(JSON.stringify(first.body));
		return vendor.callbacks?.readTaskId({ headers: first.headers, body: first.body, rawBody });
	}
	if (reader === 'readCreated') return withoutRaw(vendor.readCreated(first), recorded);
	const dialogue = dialogueOf(vendor, reader, idIn(recorded.read.look));
	if (dialogue === undefined) throw new Error(`It has no ${reader}`);
	const { requests, outcome } = talk(dialogue, first, ...others);
	if (outcome === undefined) throw new Error('It asks on');
	expect(requests).toHaveLength(recorded.answers.length);
	if (recorded.requests !== undefined) expect(requests).toEqual(recorded.requests);
	return withoutRaw(outcome, recorded);
}

test('every vendor has answers, and no other', () => {
	const folders = readdirSync(path.join(__dirname, '../../vendors/answers'));
	expect(folders.toSorted()).toEqual(Object.keys(providers).toSorted());
});

describe.each(Object.entries(providers))('%s', (id, { vendor }) => {
	const all = recordedOf(id);

	test('has at least an order and a finished task', () => {
		expect(all.some(({ read }) => read.readCreated?.ok === true)).toBe(true);
		expect(recordedFinish(id).taskId).toMatch(/./);
	});

	test.each(all.map((recorded) => [recorded.name, recorded] as const))('%s', (_, recorded) => {
		const readers = Object.entries(recorded.read);
		expect(readers.length).toBeGreaterThan(0);
		for (const [reader, expected] of readers) {
			expect([reader, readBy(vendor, reader, recorded)]).toEqual([reader, expected]);
		}
	});
});

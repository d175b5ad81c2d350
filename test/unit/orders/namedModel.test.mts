import { ok } from '../../../nodes/shared/domain/result';
import type { WireInput } from '../../../nodes/shared/domain/model';
import { readNamedModel } from '../../../nodes/shared/orders/namedModel';
import { nodeInput } from '../fakes/nodeInput.mts';
import { answer, errorOf, providerOf, valueOf } from '../helpers.mts';
import { scripted } from '../tasks/session.mts';

const UNKNOWN = 'bytedance/seedance-9/text-to-video';
const KNOWN = 'bytedance/seedance-2.5/text-to-video';

const properties = {
	prompt: { type: 'string' },
	duration: { type: 'integer', minimum: 4, maximum: 15 },
	resolution: { type: 'string', enum: ['480p', '8k'] },
};
const entry = {
	model_id: UNKNOWN,
	api_schema: { api_schemas: [{ request_schema: { properties } }] },
};

interface Given {
	id?: string;
	/** Under Model Parameters, and under Additional Parameters. */
	mapped?: WireInput;
	added?: unknown;
	/** What the vendor tells of its models. */
	told?: unknown;
}

/** What is read of a model that is named by its ID in the list of WaveSpeed. */
async function read({ id = KNOWN, mapped = {}, added = {}, told = { data: [entry] } }: Given) {
	const { session } = scripted({ provider: providerOf('wavespeed'), looks: [ok(answer(told))] });
	const parameters = {
		model: 'list',
		listModel: { __rl: true, mode: 'id', value: id },
		modelParameters: { mappingMode: 'defineBelow', value: mapped },
	};
	return await readNamedModel(nodeInput({ parameters }), session, 'textToVideo', 0, added);
}

describe('a model of the catalogue', () => {
	test('Additional Parameters win over Model Parameters, field by field', async () => {
		const mapped = { duration: 5, resolution: '720p' };
		const { model, byId } = valueOf(await read({ mapped, added: { duration: 9 } }));
		expect(model.id).toBe(KNOWN);
		expect(byId).toMatchObject({ values: { duration: 9, resolution: '720p' }, additional: {} });
	});

	test('also where one has the vendor’s name and the other one this package’s', async () => {
		for (const [mapped, added] of [
			[{ aspect_ratio: '9:16' }, { aspectRatio: '1:1' }],
			[{ aspectRatio: '9:16' }, { aspect_ratio: '1:1' }],
		]) {
			const { byId } = valueOf(await read({ mapped, added }));
			expect(byId).toMatchObject({ values: { aspectRatio: '1:1' }, additional: {} });
		}
	});

	test('fields that are left empty are not given', async () => {
		const { byId } = valueOf(await read({ mapped: { duration: null, resolution: '' } }));
		expect(byId?.values).toEqual({});
	});

	test.each([
		['Model Parameters', { mapped: { aspect_ratio: '9:16', aspectRatio: '1:1' } }],
		['Additional Parameters', { added: { aspect_ratio: '9:16', aspectRatio: '1:1' } }],
	])('twice under %s alone is refused, with the place', async (where, given) => {
		const { message, description } = errorOf(await read(given));
		expect(message).toBe('Aspect Ratio is given twice for Seedance 2.5 on WaveSpeed');
		expect(description).toMatch(`'${where}' has it under the vendor's name and under this node's`);
	});

	test('what it does not have goes out under Additional Parameters, and then alone', async () => {
		const plain = valueOf(await read({ added: { duration: 9 } })).byId;
		expect(plain).toMatchObject({ defaults: { resolution: '720p' }, additional: {} });
		const own = valueOf(await read({ added: { duration: 9, mood: 'dark' } })).byId;
		expect(own).toEqual({ defaults: {}, values: { duration: 9 }, additional: { mood: 'dark' } });
	});

	test('and is refused under Model Parameters, also where it is added, too', async () => {
		const mood = { mood: 'dark' };
		const { message } = errorOf(await read({ mapped: mood, added: mood }));
		expect(message).toBe('Seedance 2.5 on WaveSpeed has no parameter "mood"');
	});

	test.each(['[1]', '{', 7])('%j is no object of Additional Parameters', async (added) => {
		expect(errorOf(await read({ added })).message).toMatch(/must be a JSON object/);
	});
});

describe('a model that the vendor alone knows', () => {
	const id = UNKNOWN;

	test('Additional Parameters win over Model Parameters, and go out unchecked', async () => {
		const mapped = { duration: 5, resolution: '8k' };
		const { model, byId } = valueOf(await read({ id, mapped, added: { duration: 99 } }));
		expect(Object.keys(model.input)).toEqual(['prompt', 'resolution']);
		expect(byId).toMatchObject({ defaults: {}, additional: { duration: 99 } });
		expect(byId?.values).toMatchObject({ resolution: '8k' });
	});

	test('but the prompt stays what the node checks', async () => {
		const { model } = valueOf(await read({ id, added: { prompt: 'Another one' } }));
		expect(Object.keys(model.input)).toEqual(['prompt', 'duration', 'resolution']);
	});

	test('what it does not have is refused under Model Parameters alone', async () => {
		const mood = { mood: 'dark' };
		const { message } = errorOf(await read({ id, mapped: mood, added: mood }));
		expect(message).toMatch(/has no parameter "mood"$/);
		expect(valueOf(await read({ id, added: mood })).byId?.additional).toEqual(mood);
	});

	test('of which nothing can be read takes Additional Parameters and no others', async () => {
		const told = '<html>';
		const mapped = { duration: 5 };
		const added = { duration: 9 };
		const refused = errorOf(await read({ id, told, mapped, added }));
		expect(refused.message).toMatch(/so nothing was ordered$/);
		expect(refused.description).toMatch(/give duration under 'Additional Parameters'/);
		const { model, byId, unchecked } = valueOf(await read({ id, told, added }));
		expect([model.id, byId]).toEqual([id, undefined]);
		expect(unchecked).toMatch(id);
	});
});

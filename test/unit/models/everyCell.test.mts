import type { ModelEntry, ParameterValues } from '../../../nodes/shared/domain/model';
import {
	parametersOf,
	toWireInput,
	validateParameters,
	type ModelParameter,
} from '../../../nodes/shared/models/schema';
import { vendorPages, type ModelPage, type PageField } from '../../../sandbox/pages/index.mts';
import { modelOf, providerOf } from '../helpers.mts';
import { generationMs, startVendors } from '../sandbox/helpers.mts';

// Vendor × model × parameter. What the vendors' pages say (the sandbox's table) is what is gone
// through; every cell has to be checked, sent and served. That it is declared as the page says is for
// models.test, that it is offered for visibility.test, that it is documented for docs.test.
let vendors: ReturnType<typeof startVendors>;

const imageUrl = 'https://images.example/boat.png';
const videoUrl = 'https://videos.example/boat.mp4';

const cells = vendorPages.flatMap((page) => page.fields.map((field) => ({ page, field })));

const byModel = vendorPages.map(
	(page) => [`${page.provider} ${page.model} ${page.kind}`, page] as const,
);

/** Values that the page allows: all of a few, else the ends of the range. */
function valuesOf({ type, values, range, grid, maxLength }: PageField): unknown[] {
	const typed = (value: string | number) => (type === 'string' ? String(value) : Number(value));
	if (values) return values.map(typed);
	if (type === 'boolean') return [true, false];
	if (grid) return [grid.from + grid.step, range?.[1] ?? grid.from + 2 * grid.step];
	if (range) return [range[0], range[1]];
	if (type === 'integer') return [7];
	return ['A paper boat'.slice(0, maxLength)];
}

const strange: Record<PageField['type'], unknown> = {
	string: 'none of them',
	integer: 1.5,
	boolean: 'perhaps',
};

function parameterOf(page: ModelPage, { name }: PageField): ModelParameter {
	const found = parametersOf(modelOf(page.provider, page.model, page.kind)).find(
		(one) => one.name === name,
	);
	if (found === undefined) throw new Error(`${page.model} lacks ${name}`);
	return found;
}

/** What the node shows by itself, with this one value; a draft has one resolution. */
function valuesWith(model: ModelEntry, name: string, value: unknown): ParameterValues {
	// Where something is set that takes the place of another parameter, that one is not sent.
	const shown = parametersOf(model)
		.filter(({ replaces }) => replaces === undefined)
		.map((one) => [one.name, one.default] as const);
	const values = Object.fromEntries(shown.filter(([, given]) => given !== undefined));
	const draft = name === 'draft' && value === true ? { resolution: '480p' } : {};
	return { ...values, prompt: 'A paper boat', ...draft, [name]: value };
}

/** The least that the model wants beside its parameters. */
function mediaOf({ firstImage, video, references = {} }: ModelEntry): Record<string, unknown> {
	if (video) return { [video.wireName]: video.isList ? [videoUrl] : videoUrl };
	if (firstImage) return { [firstImage.wireName]: firstImage.isList ? [imageUrl] : imageUrl };
	const { images, videos } = references;
	return {
		...(images && { [images.wireName]: [imageUrl] }),
		...(videos && { [videos.wireName]: [videoUrl] }),
	};
}

/** A draft has to be there before its final video can be ordered, in the resolution that it has. */
function withDraft(page: ModelPage, { name }: PageField, value: unknown) {
	if (name !== 'draftId') return { value, more: {} };
	const model = modelOf(page.provider, page.model, page.kind);
	isServed(page, toWireInput(model, valuesWith(model, 'draft', true)));
	const taskId = String(vendors.lastTask()?.taskId);
	const id = page.provider === 'fal' ? `draft-${taskId}` : taskId;
	return { value: id, more: { resolution: '1080p' } };
}

/** Whether the vendor makes a video of it. fal's queue takes anything; its model answers. */
function isServed(page: ModelPage, input: Record<string, unknown>): boolean {
	const { vendor } = providerOf(page.provider);
	const model = modelOf(page.provider, page.model, page.kind);
	const { url, body } = vendor.createTask({ model, input: { ...mediaOf(model), ...input } });
	const { status, body: answer } = vendors.post(page.provider, url, body);
	const created = vendor.readCreated({
		httpStatus: status,
		headers: {},
		body: answer,
		excerpt: '',
	});
	vendors.clock.advance(generationMs);
	return created.ok && vendors.lastState() === 'succeeded';
}

/** What does not go together with the picture that the model begins with. */
const isAgainstRules = (
	{ check, firstImage, video, references }: ModelEntry,
	values: ParameterValues,
) =>
	check?.(values, {
		firstImage: firstImage !== undefined,
		lastImage: false,
		images: firstImage === undefined && !video && references?.images ? 1 : 0,
		videos: video !== undefined || (firstImage === undefined && references?.videos) ? 1 : 0,
		audios: 0,
	}) !== undefined;

/** Frames decide the ratio here, so that the vendor is told none. */
const isLeftToFrames = ({ provider, model, image }: ModelPage, { name }: PageField) =>
	provider === 'openrouter' &&
	model.startsWith('bytedance/seedance-2.5') &&
	image !== undefined &&
	name === 'aspectRatio';

test('there are hundreds', () => {
	expect(cells.length).toBeGreaterThan(500);
});

describe('at the vendor', () => {
	beforeEach(() => {
		vendors = startVendors();
	});

	describe.each(byModel)('%s', (_, page) => {
		const model = modelOf(page.provider, page.model, page.kind);

		test('every value is checked, sent under its name and served', () => {
			for (const field of page.fields) {
				for (const sample of valuesOf(field)) {
					const { value, more } = withDraft(page, field, sample);
					const values = { ...valuesWith(model, field.name, value), ...more };
					const checked = validateParameters(providerOf(page.provider), model, values);
					expect([field.name, value, checked.ok]).toEqual([field.name, value, true]);
					const input = toWireInput(model, checked.ok ? checked.value : {});
					const { wireAsString } = parameterOf(page, field);
					const words = model.lead && field.name === 'prompt' ? `${model.lead.words} ` : '';
					const sent = words === '' ? value : words + String(value);
					expect(input[field.field]).toBe(wireAsString ? String(value) : sent);
					// What the node refuses by a rule of the model, the vendor refuses too.
					const isRight = !isAgainstRules(model, values);
					const served = isServed(page, input);
					expect([field.name, value, served]).toEqual([field.name, value, isRight]);
				}
			}
		});

		test('what is none of its values is refused by the node and by the vendor', () => {
			for (const field of page.fields) {
				const isAnyText = field.type === 'string' && field.values === undefined;
				const wrong = isAnyText ? ['a', 'list'] : strange[field.type];
				const values = valuesWith(model, field.name, wrong);
				const checked = validateParameters(providerOf(page.provider), model, values);
				expect([field.name, checked.ok]).toEqual([field.name, false]);
				// Ark's body says it otherwise, and only a plain yes is one.
				if (field.field === 'web_search' && page.createPath.startsWith('/contents/')) continue;
				if (isLeftToFrames(page, field)) continue;
				const input = toWireInput(model, valuesWith(model, field.name, undefined));
				const served = isServed(page, { ...input, [field.field]: wrong });
				expect([field.name, served]).toEqual([field.name, false]);
			}
		});
	});
});

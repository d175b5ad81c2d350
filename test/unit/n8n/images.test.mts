import type { IExecuteFunctions } from 'n8n-workflow';
import type { ImageSlot } from '../../../nodes/shared/domain/model';
import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import { firstImageParameters, lastImageParameters } from '../../../nodes/shared/models/images';
import { readImage } from '../../../nodes/shared/n8n/images';
import { errorOf, modelOf, providerOf } from '../helpers.mts';

function slotOf(providerId: string, modelId: string): ImageSlot {
	const { firstImage } = modelOf(providerId, modelId);
	if (firstImage === undefined) throw new Error(`${modelId} takes no image`);
	return firstImage;
}

/** The two things of n8n that the function asks for: parameters and a file. */
function contextWith(
	parameters: Record<string, string>,
	file: { mimeType: string; bytes: Buffer; fileName?: string } = {
		mimeType: 'image/png',
		bytes: Buffer.from('png'),
	},
): IExecuteFunctions {
	const { mimeType, fileName, bytes } = file;
	const context = {
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			parameters[name] ?? fallback,
		helpers: {
			assertBinaryData: () => ({ mimeType, fileName }),
			getBinaryDataBuffer: async () => await Promise.resolve(bytes),
		},
	};
	return context as unknown as IExecuteFunctions;
}

const read = async (
	provider: Provider,
	slot: ImageSlot,
	...given: Parameters<typeof contextWith>
) => await readImage(contextWith(...given), provider, slot, firstImageParameters, 0);

async function refusal(...given: Parameters<typeof read>) {
	const problem = errorOf(await read(...given));
	expect(problem.code).toBe('invalidInput');
	expect(problem.description).toMatch(/^[A-Z].*\.$/);
	return problem;
}

const apikley = [
	providerOf('apikley'),
	slotOf('apikley', 'bytedance/v1-pro-fast-image-to-video'),
] as const;
const aimlapi = [
	providerOf('aimlapi'),
	slotOf('aimlapi', 'bytedance/seedance-1-0-lite-i2v'),
] as const;
const dataUri = 'data:image/png;base64,cG5n';

/** Apikley as it would be with a place for uploads. */
const uploading: Provider = {
	...providerOf('apikley'),
	vendor: {
		...providerOf('apikley').vendor,
		*upload() {
			yield { method: 'PUT', url: '/upload' };
			return fail({ kind: 'rejected' as const, message: '', certainlyNotTaken: false });
		},
	},
};

test.each(['https://example.com/a.png', 'http://localhost:8080/a?b=c', '  https://x/a.png\n'])(
	'the web address %j goes to every vendor, trimmed',
	async (imageUrl) => {
		for (const vendor of [apikley, aimlapi]) {
			const result = await read(...vendor, { imageUrl });
			expect(result).toStrictEqual(ok({ address: imageUrl.trim() }));
		}
	},
);

test('a data URI goes only to a vendor that takes one', async () => {
	expect(await read(...aimlapi, { imageUrl: dataUri })).toStrictEqual(ok({ address: dataUri }));
	const problem = await refusal(...apikley, { imageUrl: dataUri });
	expect(problem.message).toBe('Image URL is not a web address that Apikley can open');
	expect(problem.description).not.toContain('data URI');
});

test.each(['example.com/a.png', '/a.png', 'ftp://x/a.png', 'file:///a.png', 'data:text/plain,a'])(
	'%s is no image address',
	async (imageUrl) => {
		const problem = await refusal(...aimlapi, { imageUrl });
		expect(problem.message).toBe('Image URL is not a web address that AI/ML API can open');
		expect(problem.description).toContain('or be a base64 data URI');
	},
);

test('an empty address is named by its label', async () => {
	expect((await refusal(...apikley, { imageUrl: '  ' })).message).toBe(
		'Image URL must not be empty',
	);
	const last = await readImage(
		contextWith({ lastImageInputType: 'url' }),
		...aimlapi,
		lastImageParameters,
		0,
	);
	expect(errorOf(last).message).toBe('Last Image URL must not be empty');
});

test('no last image is no image', async () => {
	const given: Array<Record<string, string>> = [{ lastImageInputType: 'none' }, {}];
	for (const parameters of given) {
		const context = contextWith({ ...parameters, lastImageUrl: 'https://x' });
		const result = await readImage(context, ...aimlapi, lastImageParameters, 0);
		expect(result).toStrictEqual(ok(undefined));
	}
});

test('a file becomes a data URI of its own type', async () => {
	const file = { mimeType: 'image/webp', bytes: Buffer.from('webp') };
	const result = await read(...aimlapi, { imageInputType: 'binary' }, file);
	expect(result).toStrictEqual(ok({ address: 'data:image/webp;base64,d2VicA==' }));
});

test('a file goes to a vendor’s upload where it takes no data URI', async () => {
	const bytes = Buffer.from('png');
	const [, slot] = apikley;
	const file = { bytes, mimeType: 'image/png' };
	const parameters = { imageInputType: 'binary' };
	for (const [fileName, expected] of [
		['first.png', 'first.png'],
		[undefined, 'image'],
	] as const) {
		const result = await read(uploading, slot, parameters, { ...file, fileName });
		expect(result).toStrictEqual(ok({ file: { ...file, fileName: expected } }));
	}
});

test('a vendor that takes addresses only says what to do with a file', async () => {
	const problem = await refusal(...apikley, { imageInputType: 'binary' });
	expect(problem.message).toBe('Apikley takes images by URL only');
	expect(problem.description).toContain("set 'Image Input Type' to 'Image URL'");
});

test('a file that is no image is refused by its field and type', async () => {
	const video = { mimeType: 'video/mp4', bytes: Buffer.from('mp4') };
	const parameters = { imageInputType: 'binary', imageBinaryPropertyName: 'photo' };
	const problem = await refusal(...aimlapi, parameters, video);
	expect(problem.message).toContain("field 'photo'");
	expect(problem.message).toContain('(video/mp4)');
});

test('the vendor’s types and size are kept to', async () => {
	const slot: ImageSlot = {
		wireName: 'image_url',
		acceptsDataUri: true,
		mimeTypes: ['image/png'],
		maxBytes: 3,
	};
	const send = (mimeType: string, text: string) =>
		[
			providerOf('aimlapi'),
			slot,
			{ imageInputType: 'binary' },
			{ mimeType, bytes: Buffer.from(text) },
		] as const;
	expect((await read(...send('image/png', 'abc'))).ok).toBe(true);
	expect((await refusal(...send('image/png', 'abcd'))).description).toContain(
		'at most 3 are allowed',
	);
	expect((await refusal(...send('image/gif', 'abc'))).description).toContain('Use image/png');
});

import type { IExecuteFunctions } from 'n8n-workflow';
import type { ImageSlot } from '../../../nodes/shared/domain/model';
import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import { firstImageParameters, lastImageParameters } from '../../../nodes/shared/models/images';
import { readImage } from '../../../nodes/shared/n8n/images';
import { errorOf, modelOf, providerOf } from '../helpers.mts';
import { pngOf } from '../pictures.mts';

function slotOf(providerId: string, modelId: string): ImageSlot {
	const { firstImage } = modelOf(providerId, modelId, 'imageToVideo');
	if (firstImage === undefined) throw new Error(`${modelId} takes no image`);
	return firstImage;
}

/** The two things of n8n that the function asks for: parameters and a file. */
function contextWith(
	parameters: Record<string, string>,
	file: { mimeType: string; bytes: Buffer; fileName?: string; id?: string } = {
		mimeType: 'image/png',
		bytes: pngOf(640, 360),
	},
	createBinarySignedUrl?: (...given: unknown[]) => string,
): IExecuteFunctions {
	const { mimeType, fileName, bytes, id } = file;
	const context = {
		getNodeParameter: (name: string, _itemIndex: number, fallback: unknown) =>
			parameters[name] ?? fallback,
		helpers: {
			assertBinaryData: () => ({ mimeType, fileName, id }),
			createBinarySignedUrl,
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
const dataUri = `data:image/png;base64,${pngOf(640, 360).toString('base64')}`;

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
	const bytes = pngOf(640, 360);
	const address = `data:image/png;base64,${bytes.toString('base64')}`;
	// What n8n took it for does not count.
	for (const mimeType of ['image/png', 'application/octet-stream', 'image/jpeg']) {
		const result = await read(...aimlapi, { imageInputType: 'binary' }, { mimeType, bytes });
		expect(result).toStrictEqual(ok({ address }));
	}
});

test('a file goes to a vendor’s upload where it takes no data URI', async () => {
	const bytes = pngOf(640, 360);
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

describe('a vendor that takes addresses only', () => {
	const asked: unknown[] = [];
	const link = async (
		address: string,
		id: string | undefined = 'filesystem-v2:1',
		bytes?: Buffer,
	) =>
		await read(
			...apikley,
			{ imageInputType: 'binary' },
			{ mimeType: 'image/png', bytes: bytes ?? pngOf(640, 360), id },
			(...given) => {
				asked.push(given);
				return address;
			},
		);
	beforeEach(() => asked.splice(0));

	test('gets an address that n8n has signed, for three days', async () => {
		const address = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c';
		expect(await link(address)).toStrictEqual(ok({ address }));
		expect(asked).toEqual([[expect.objectContaining({ id: 'filesystem-v2:1' }), '3 days']]);
	});

	test.each([
		['https://n8n.example.com/rest/signed', Buffer.from('not a png'), /is damaged, or no image/],
		['https://n8n.example.com/rest/signed', pngOf(640, 360, 10 * 1024 * 1024 + 1), /is too large/],
	])('but not of a file that the model does not take', async (address, bytes, message) => {
		expect(errorOf(await link(address, undefined, bytes)).message).toMatch(message);
	});

	test('says what to do where nobody outside reaches this n8n', async () => {
		const { message, description } = errorOf(
			await link('http://localhost:5678/rest/signed?token=s'),
		);
		expect(message).toBe('Apikley takes images by URL only');
		expect(description).toContain('at http://localhost:5678: set WEBHOOK_URL');
		expect(description).toContain("set 'Image Input Type' to 'Image URL'");
		expect(description).not.toContain('token');
	});

	test('says what to do where n8n keeps files in memory', async () => {
		const problem = await refusal(...apikley, { imageInputType: 'binary' });
		expect(problem.message).toBe('Apikley takes images by URL only');
		expect(problem.description).toContain('N8N_DEFAULT_BINARY_DATA_MODE to filesystem');
		expect(problem.description).toContain("set 'Image Input Type' to 'Image URL'");
	});
});

test('a file that is no image is refused by its field and type', async () => {
	const video = { mimeType: 'video/mp4', bytes: Buffer.from('mp4') };
	const parameters = { imageInputType: 'binary', imageBinaryPropertyName: 'photo' };
	const problem = await refusal(...aimlapi, parameters, video);
	expect(problem.message).toContain("field 'photo'");
	expect(problem.message).toContain('(video/mp4)');
});

test('the library of the account, where the model takes it', async () => {
	const imageUrl = 'asset://asset-20260101-abc';
	const slot = { ...aimlapi[1], acceptsAssets: true as const };
	expect(await read(aimlapi[0], slot, { imageUrl })).toStrictEqual(ok({ address: imageUrl }));
	for (const wrong of ['asset://', 'asset://a b', 'asset:1']) {
		const problem = await refusal(aimlapi[0], slot, { imageUrl: wrong });
		expect(problem.description).toMatch(/, or be a base64 data URI, or name .*asset:\/\/ID\.$/);
	}
	expect((await refusal(...aimlapi, { imageUrl })).description).not.toContain('asset');
});

test('a data URI is checked like a file', async () => {
	const slot = slotOf('byteplus', 'dreamina-seedance-2-0-260128');
	const uri = (bytes: Buffer, mimeType = 'image/png') =>
		`data:${mimeType};base64,${bytes.toString('base64')}`;
	const [provider] = [providerOf('byteplus')];
	expect((await read(provider, slot, { imageUrl: uri(pngOf(300, 300)) })).ok).toBe(true);
	for (const [imageUrl, message] of [
		[uri(pngOf(299, 300)), /^Image URL has a size that BytePlus does not take: 299 × 300 pixels$/],
		[uri(Buffer.from('<html>')), /^Image URL is damaged, or no image at all/],
		[uri(Buffer.from('<svg/>'), 'image/svg+xml'), /^Image URL is not an image that BytePlus takes/],
	] as const) {
		expect((await refusal(provider, slot, { imageUrl })).message).toMatch(message);
	}
});

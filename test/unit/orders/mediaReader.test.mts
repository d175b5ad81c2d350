import type { ImageSlot } from '../../../nodes/shared/domain/model';
import type { Provider } from '../../../nodes/shared/domain/provider';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { StoredFile } from '../../../nodes/shared/host/rows';
import {
	firstImageParameters,
	lastImageParameters,
} from '../../../nodes/shared/models/imageParameters';
import { readImage } from '../../../nodes/shared/orders/mediaReader';
import { fileStore, nodeInput } from '../fakes/nodeInput.mts';
import { errorOf, modelOf, providerOf, virtualClock } from '../helpers.mts';
import { pngOf } from '../pictures.mts';

function slotOf(providerId: string, modelId: string): ImageSlot {
	const { firstImage } = modelOf(providerId, modelId, 'imageToVideo');
	if (firstImage === undefined) throw new Error(`${modelId} takes no image`);
	return firstImage;
}

/** The two things that the function asks for: parameters and a file. */
function itemWith(
	parameters: Record<string, unknown>,
	file: { mimeType: string; bytes: Buffer; fileName?: string; id?: string } = {
		mimeType: 'image/png',
		bytes: pngOf(640, 360),
	},
	link?: string,
) {
	const { bytes, id, ...about } = file;
	const field = String(parameters.imageBinaryPropertyName ?? 'data');
	const stored = { ...about, id, data: id ?? bytes.toString('base64') };
	const items = [{ json: {}, binary: { [field]: stored } }];
	return { ...nodeInput({ parameters, items }), ...fileStore({ stored, bytes }, { link }) };
}

const read = async (provider: Provider, slot: ImageSlot, ...given: Parameters<typeof itemWith>) =>
	await readImage(itemWith(...given), takerOf(provider), slot, firstImageParameters, 0);

const takerOf = (provider: Provider) => ({
	provider,
	baseUrl: provider.baseUrl,
	clock: virtualClock(),
});

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

test.each(['https://example.com/a.png', 'http://8.8.8.8:8080/a?b=c', '  https://x.io/a.png\n'])(
	'the web address %j goes to every vendor, trimmed',
	async (imageUrl) => {
		for (const vendor of [apikley, aimlapi]) {
			const result = await read(...vendor, { imageUrl });
			expect(result).toStrictEqual(ok({ address: imageUrl.trim() }));
		}
	},
);

test('a data URI goes as it is only to a vendor that takes one', async () => {
	expect(await read(...aimlapi, { imageUrl: dataUri })).toStrictEqual(ok({ address: dataUri }));
	// The other one gets a link to it, as to any file.
	const signed = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c';
	const linked = await read(...apikley, { imageUrl: dataUri }, undefined, signed);
	expect(linked).toStrictEqual(ok({ address: signed }));
	const asked = await read(uploading, apikley[1], { imageUrl: dataUri });
	expect(asked).toMatchObject({ ok: true, value: { file: { mimeType: 'image/png' } } });
});

test.each(['example.com/a.png', '/a.png', 'ftp://x/a.png', 'file:///a.png', 'blob:a'])(
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
		itemWith({ lastImageInputType: 'url' }),
		takerOf(aimlapi[0]),
		aimlapi[1],
		lastImageParameters,
		0,
	);
	expect(errorOf(last).message).toBe('Last Image URL must not be empty');
});

test('no last image is no image', async () => {
	const given: Array<Record<string, string>> = [{ lastImageInputType: 'none' }, {}];
	for (const parameters of given) {
		const result = await readImage(
			itemWith({ ...parameters, lastImageUrl: 'https://x' }),
			takerOf(aimlapi[0]),
			aimlapi[1],
			lastImageParameters,
			0,
		);
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
	const link = async (
		address: string,
		id: string | undefined = 'filesystem-v2:1',
		bytes?: Buffer,
	) =>
		await read(
			...apikley,
			{ imageInputType: 'binary' },
			{ mimeType: 'image/png', bytes: bytes ?? pngOf(640, 360), id },
			address,
		);

	test('gets the host’s own address of it', async () => {
		const address = 'https://n8n.example.com/rest/binary-data/signed?token=a.b.c';
		expect(await link(address)).toStrictEqual(ok({ address }));
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
	expect((await refusal(...aimlapi, { imageUrl })).description).not.toContain('asset://ID');
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

describe('a data URI as tools write it', () => {
	const bytes = pngOf(640, 360);
	const base64 = bytes.toString('base64');
	const address = `data:image/png;base64,${base64}`;

	test.each([
		['a wrong type', `data:image/jpg;base64,${base64}`],
		['another type', `data:image/jpeg;base64,${base64}`],
		['capitals', `DATA:IMAGE/PNG;BASE64,${base64}`],
		['no type at all', `data:;base64,${base64}`],
		['octets', `data:application/octet-stream;base64,${base64}`],
		['line breaks', `data:image/png;base64,\n${base64.replaceAll(/(.{76})/g, '$1\r\n')}`],
		['blanks', ` data:image/png; base64, ${base64.slice(0, 40)} ${base64.slice(40)} `],
		['no padding', address.replace(/=+$/, '')],
		['base64url', `data:image/png;base64,${bytes.toString('base64url')}`],
		['percents', `data:image/png;base64,${encodeURIComponent(base64)}`],
		['more parameters', `data:image/png;name=a.png;charset=utf-8;base64,${base64}`],
	])('with %s goes out as what it is', async (_, imageUrl) => {
		expect(await read(...aimlapi, { imageUrl })).toStrictEqual(ok({ address }));
	});

	test.each([
		['nothing', 'data:image/png;base64,', /holds no file/],
		['no base64', 'data:image/png;base64,§§§', /holds no file/],
		['an SVG', 'data:image/svg+xml,%3Csvg xmlns="a"%3E%3C/svg%3E', /\(image\/svg\+xml\)/],
		['a text', 'data:text/plain,hello', /not an image that AI\/ML API takes \(text\/plain\)/],
	])('with %s is refused', async (_, imageUrl, message) => {
		expect((await refusal(...aimlapi, { imageUrl })).message).toMatch(message);
	});

	test('is measured like a file, and shown by its beginning alone', async () => {
		const slot = slotOf('byteplus', 'dreamina-seedance-2-0-260128');
		const problem = await refusal(providerOf('byteplus'), slot, {
			imageUrl: `data:image/png;base64,${pngOf(99, 300).toString('base64')}`,
		});
		expect(problem.message).toContain('99 × 300 pixels');
		expect(problem.description.length).toBeLessThan(400);
	});
});

describe('what looks like an address and leads nowhere', () => {
	test.each([
		'http://localhost:5678/a.png',
		'http://192.168.1.20/a.png',
		'http://10.0.0.1/a.png',
		'http://nas.local/a.png',
		'http://[::1]/a.png',
		'http://minio/bucket/a.png',
	])('%s is private, for a vendor on the internet', async (imageUrl) => {
		const problem = await refusal(...aimlapi, { imageUrl });
		expect(problem.message).toBe('Image URL is a private address, which AI/ML API cannot open');
		expect(problem.description).toContain(`"${imageUrl}"`);
		const own = { ...takerOf(aimlapi[0]), baseUrl: 'http://127.0.0.1:4010/aimlapi' };
		const read = await readImage(itemWith({ imageUrl }), own, aimlapi[1], firstImageParameters, 0);
		expect(read).toStrictEqual(ok({ address: imageUrl }));
	});

	test.each([
		['Google Drive', 'https://drive.google.com/file/d/1abcDEF/view?usp=sharing'],
		['Google Drive', 'https://drive.google.com/open?id=0B1mj'],
		['Google Drive', 'https://docs.google.com/file/d/0B5Ur/edit'],
		['Dropbox', 'https://www.dropbox.com/scl/fi/abc/a.png?rlkey=x&dl=0'],
		['Dropbox', 'https://dropbox.com/s/abc/a.png'],
		['OneDrive', 'https://1drv.ms/i/s!Abc'],
		['Google Photos', 'https://photos.app.goo.gl/abc'],
	])('a page of %s is named for what it is: %s', async (name, imageUrl) => {
		const problem = await refusal(...aimlapi, { imageUrl });
		expect(problem.message).toBe(
			`Image URL is a page of ${name} about a file, not the file itself`,
		);
		expect(problem.description).toContain(imageUrl.slice(0, 59));
	});

	test.each([
		'https://drive.google.com/uc?export=download&id=1abc',
		'https://drive.google.com/thumbnail?id=1abc&sz=w1000',
		'https://www.dropbox.com/scl/fi/abc/a.png?rlkey=x&dl=1',
		'https://dl.dropboxusercontent.com/s/abc/a.png',
	])('%s leads to the file', async (imageUrl) => {
		expect(await read(...aimlapi, { imageUrl })).toStrictEqual(ok({ address: imageUrl }));
	});
});

describe('a list where one address belongs', () => {
	const [one, two] = ['https://a.example/1.png', 'https://a.example/2.png'];

	test.each([
		`["${one}","${two}"]`,
		`${one},${two}`,
		`${one}, ${two}`,
		`${one}\n${two}`,
		`${one}; ${two}`,
		`${one} ${two}`,
		[one, two],
	])('is refused: %j', async (imageUrl) => {
		const problem = await refusal(...aimlapi, { imageUrl });
		expect(problem.message).toBe('Image URL holds 2 addresses, and one belongs there');
		expect(problem.description).toContain('a.example/1.png');
	});

	test.each([`["${one}"]`, [one], `${one},`, `\n${one}\n`])(
		'of one is that one: %j',
		async (imageUrl) => {
			expect(await read(...aimlapi, { imageUrl })).toStrictEqual(ok({ address: one }));
		},
	);

	test('a comma within an address does not make a list of it', async () => {
		const imageUrl = 'https://res.example/w_200,h_300/a.png?b=1,2';
		expect(await read(...aimlapi, { imageUrl })).toStrictEqual(ok({ address: imageUrl }));
	});
});

describe('a file by its field', () => {
	const bytes = pngOf(640, 360);
	const file = { mimeType: 'image/png', bytes, id: 'filesystem-v2:1' };
	const itself = { mimeType: 'image/png', id: 'filesystem-v2:1', data: 'filesystem-v2:1' };
	const address = `data:image/png;base64,${bytes.toString('base64')}`;
	const readOwn = async (item: ReturnType<typeof itemWith>) =>
		await readImage(item, takerOf(aimlapi[0]), aimlapi[1], firstImageParameters, 0);

	test('that the item does not have is answered with those it has', async () => {
		const item = itemWith({ imageInputType: 'binary' }, file);
		const items = () => [{ json: {}, binary: { photo_0: itself, logo: itself } }];
		const read = await readOwn({ ...item, items });
		expect(errorOf(read)).toMatchObject({
			message: "The item does not have a file in field 'data'",
			description: expect.stringContaining("Its files are in: 'photo_0', 'logo'."),
		});
	});

	test.each([
		['as the address', { imageUrl: itself }],
		['as the name of the field', { imageInputType: 'binary', imageBinaryPropertyName: itself }],
	])('given itself by an expression, %s, is understood', async (_, parameters) => {
		const items = () => [{ json: {}, binary: { data: itself } }];
		const read = await readOwn({ ...itemWith({ ...parameters }, file), items });
		expect(read).toStrictEqual(ok({ address }));
	});

	const pictures = { logo: pngOf(640, 360), photo: pngOf(640, 480), proof: pngOf(480, 480) };
	const namesOfPictures = ['logo', 'photo', 'proof'] as const;
	const uriOf = (name: keyof typeof pictures) =>
		`data:image/png;base64,${pictures[name].toString('base64')}`;
	const severalFiles: Array<[string, (name: keyof typeof pictures) => StoredFile]> = [
		[
			'that an item holds itself',
			(name) => ({ mimeType: 'image/png', data: pictures[name].toString('base64') }),
		],
		[
			'that lie in a store',
			(name) => ({ mimeType: 'image/png', data: 'filesystem-v2', id: `filesystem-v2:${name}` }),
		],
	];

	test.each(severalFiles)('of several %s, it is the one that is meant', async (_, storedAs) => {
		const binary = Object.fromEntries(namesOfPictures.map((name) => [name, storedAs(name)]));
		const store = fileStore({
			stored: storedAs('logo'),
			bytes: (field) => pictures[namesOfPictures.find((name) => name === field) ?? 'logo'],
		});
		for (const name of namesOfPictures) {
			for (const parameters of [
				{ imageUrl: storedAs(name) },
				{ imageInputType: 'binary', imageBinaryPropertyName: storedAs(name) },
				{ imageInputType: 'binary', imageBinaryPropertyName: name },
			]) {
				const item = { ...nodeInput({ parameters, items: [{ json: {}, binary }] }), ...store };
				const read = await readImage(
					item,
					takerOf(aimlapi[0]),
					aimlapi[1],
					firstImageParameters,
					0,
				);
				expect(read).toStrictEqual(ok({ address: uriOf(name) }));
			}
		}
	});

	test('that is another item’s is explained', async () => {
		const parameters = { imageUrl: { ...itself, id: 'filesystem-v2:2' } };
		const items = () => [{ json: {}, binary: { data: itself } }];
		const read = await readOwn({ ...itemWith(parameters, file), items });
		expect(errorOf(read)).toMatchObject({
			message: 'The item does not have the file that an expression gives',
			description: expect.stringContaining("Its files are in: 'data'."),
		});
	});

	test('of which only "[object Object]" is left is explained', async () => {
		const parameters = { imageInputType: 'binary', imageBinaryPropertyName: '[object Object]' };
		const items = () => [{ json: {}, binary: { data: itself } }];
		const read = await readOwn({ ...itemWith(parameters, file), items });
		expect(errorOf(read).description).toContain("instead of the expression '{{ $binary.data }}'");
	});
});

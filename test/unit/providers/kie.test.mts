import type { GivenMedia, ModelEntry } from '../../../nodes/shared/domain/model';
import { apikley } from '../../../nodes/shared/providers/apikley';
import { kie } from '../../../nodes/shared/providers/kie';
import { answer, errorOf, lookAt, modelOf, outcomeOf, talk, valueOf } from '../helpers.mts';

const { vendor } = kie;
const { upload, balance } = vendor;
if (upload === undefined || balance === undefined) throw new Error('kie.ai has both');

const stored = (data: object) =>
	answer({ success: true, code: 200, msg: 'File uploaded successfully', data });
const downloadUrl = 'https://tempfile.redpandaai.co/xxx/images/n8n/a.png';

test('it is sold beside Apikley: one API at two addresses', () => {
	expect(kie).toMatchObject({
		label: 'kie.ai',
		credentialType: 'seedanceKieApi',
		baseUrl: 'https://api.kie.ai',
		limits: apikley.limits,
	});
	expect(vendor.callbacks?.signs).toBe(apikley.vendor.callbacks?.signs);
	for (const ability of ['cancel', 'delete', 'list'] as const) {
		expect(vendor[ability]).toBeUndefined();
	}
});

test('it signs its callbacks with the account’s key, as the signature page says', () => {
	const taskId = 'task_bytedance_1765186729394';
	const headers = {
		'x-webhook-timestamp': '1765186800',
		'x-webhook-signature': '65iNbVZOvz5gTwYgNI6pvv+pfiZEFcGTIQ+dbWyMzlU=',
	};
	const callback = { headers, body: { data: { taskId } }, rawBody: new Uint8Array() };
	const check = { secret: 'kie_test_hmac_key_0123456789', nowMs: 1_765_186_800_000 };
	expect(vendor.callbacks?.verify?.(callback, check)).toBe(true);
	expect(vendor.callbacks?.verify?.(callback, { ...check, secret: 'other' })).toBe(false);
});

describe('the codes that only kie.ai documents', () => {
	test('count only where the HTTP status agrees', () => {
		for (const httpStatus of [302, 500, 502]) {
			const response = answer({ code: 433, msg: 'x' }, httpStatus);
			expect(errorOf(vendor.readCreated(response)).certainlyNotTaken).toBe(false);
		}
	});
});

describe('the credits', () => {
	test('are asked for at their own address', () => {
		const { requests, outcome } = talk(
			balance(),
			answer({ code: 200, msg: 'success', data: 100.5 }),
		);
		expect(requests).toStrictEqual([{ method: 'GET', url: '/api/v1/chat/credit' }]);
		expect(outcome).toStrictEqual({ ok: true, value: { balance: 100.5, unit: 'credits' } });
	});

	test.each([
		['a text', answer({ code: 200, data: '100' }), 'unreadableAnswer'],
		['nothing', answer({ code: 200 }), 'unreadableAnswer'],
		['a refusal in the body', answer({ code: 401, msg: 'no', data: null }), 'unauthorized'],
		['a gateway', answer(undefined, 502), 'serverError'],
	])('%s is a fault', (_, response, kind) => {
		expect(errorOf(outcomeOf(balance(), response)).kind).toBe(kind);
	});
});

describe('an upload', () => {
	const file = { bytes: Buffer.from('one'), mimeType: 'image/png', fileName: 'image.png' };
	const nameOf = (given = file) => {
		const [request] = talk(upload(given)).requests;
		const part = request?.form?.find(({ name }) => name === 'fileName');
		return part !== undefined && 'value' in part ? part.value : undefined;
	};

	test('goes to the storage as a stream, with what the page wants', () => {
		const { requests, outcome } = talk(upload(file), stored({ downloadUrl, fileUrl: 'other' }));
		// SHA-256 of "one".
		const fileName = '7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed.png';
		expect(requests).toStrictEqual([
			{
				method: 'POST',
				host: 'storage',
				url: '/api/file-stream-upload',
				form: [
					{ name: 'uploadPath', value: 'images/n8n' },
					{ name: 'fileName', value: fileName },
					{ name: 'file', fileName, mimeType: 'image/png', bytes: file.bytes },
				],
			},
		]);
		expect(outcome).toStrictEqual({ ok: true, value: downloadUrl });
		expect(kie.hosts?.storage).toBe('https://kieai.redpandaai.co');
	});

	test('overwrites no other file of the same name', () => {
		expect(nameOf({ ...file, bytes: Buffer.from('two') })).not.toBe(nameOf());
		expect(nameOf({ ...file, fileName: 'other.png' })).toBe(nameOf());
	});

	test.each([
		['with HTTP 404', answer(undefined, 404)],
		['with the code in the body', answer({ code: 404, msg: 'Not Found', data: null })],
	])('that the storage does not know (%s) goes to the API itself', (_, notThere) => {
		const { requests, outcome } = talk(upload(file), notThere, stored({ downloadUrl }));
		expect(requests.map(({ host, url }) => [host, url])).toEqual([
			['storage', '/api/file-stream-upload'],
			[undefined, '/api/file-stream-upload'],
		]);
		expect(outcome).toStrictEqual({ ok: true, value: downloadUrl });
	});

	test('that nobody knows is a fault', () => {
		const notThere = answer(undefined, 404);
		expect(errorOf(outcomeOf(upload(file), notThere, notThere)).kind).toBe('notFound');
	});

	test.each([
		['a bad key', answer({ code: 401, msg: 'no' }, 401), 'unauthorized'],
		['a bad file', answer({ success: false, code: 400, msg: 'no' }, 400), 'invalidInput'],
		['a broken storage', answer(undefined, 500), 'serverError'],
		['no address', stored({ fileName: 'a.png' }), 'unreadableAnswer'],
		['no data', answer({ code: 200 }), 'unreadableAnswer'],
	])('%s is a fault, and nobody else is asked', (_, response, kind) => {
		const { requests, outcome } = talk(upload(file), response);
		expect(requests).toHaveLength(1);
		expect(outcome).toMatchObject({ ok: false, error: { kind } });
	});

	test('is read as the quickstart shows it, too', () => {
		const response = stored({ fileId: 'file_1', fileUrl: downloadUrl });
		expect(valueOf(outcomeOf(upload(file), response))).toBe(downloadUrl);
	});
});

describe('the last frame, whose place is documented nowhere', () => {
	const video = 'https://files.example/v.mp4';
	const frame = 'https://files.example/f.png?token=1';
	const filesOf = (result: object, input?: object) => {
		const param = input && JSON.stringify({ model: 'm', input });
		const data = { taskId: 'x', state: 'success', resultJson: JSON.stringify(result), param };
		const { videoUrl, lastFrameUrl } = valueOf(lookAt(vendor, answer({ code: 200, data })));
		return [videoUrl, lastFrameUrl];
	};

	test.each([
		['a field of its own', { resultUrls: [video], lastFrameUrl: frame }, [video, frame]],
		['one more URL', { resultUrls: [video, frame] }, [video, frame]],
		['the first of two URLs', { resultUrls: [frame, video] }, [video, frame]],
		['nowhere', { resultUrls: [video] }, [video, undefined]],
		['nowhere, with two videos', { resultUrls: [video, `${video}?2`] }, [video, undefined]],
		['nowhere, without a video', { resultUrls: [frame] }, [undefined, undefined]],
		[
			'nowhere, with a picture for a list of videos',
			{ resultUrls: [video, 'https://files.example/1/cover.webp?token=1'] },
			[video, undefined],
		],
	])('%s', (_, result, files) => {
		expect(filesOf(result)).toEqual(files);
	});

	test('one more URL is one only where the order asked for it', () => {
		const result = { resultUrls: [video, frame] };
		expect(filesOf(result, { return_last_frame: true })).toEqual([video, frame]);
		expect(filesOf(result, { prompt: 'a cat' })).toEqual([video, undefined]);
	});
});

describe('what is sold', () => {
	const media: GivenMedia = {
		firstImage: false,
		lastImage: false,
		images: 0,
		videos: 0,
		audios: 0,
	};
	const broken = (model: ModelEntry, values: Record<string, unknown>) =>
		model.check?.({ prompt: 'A cat', aspectRatio: '1:1', duration: 5, ...values }, media);
	const seedance = (id: string) => modelOf('kie', `bytedance/${id}`, 'textToVideo');

	test('begins with the model of the middle', () => {
		expect(kie.defaultModels).toEqual({
			textToVideo: 'bytedance/seedance-2-fast',
			imageToVideo: 'bytedance/seedance-2-fast',
			edit: 'bytedance/seedance-2-5',
			reference: 'bytedance/seedance-2-fast',
		});
	});

	test('1.5 Pro wants a ratio and a length', () => {
		const model = seedance('seedance-1.5-pro');
		expect(broken(model, {})).toBeUndefined();
		for (const [name, label] of [
			['aspectRatio', 'Aspect Ratio'],
			['duration', 'Duration'],
		] as const) {
			expect(broken(model, { [name]: undefined })).toEqual({ label, rule: 'must not be empty' });
		}
	});

	test.each(['seedance-2', 'seedance-2-fast', 'seedance-2-mini', 'seedance-1.5-pro'])(
		'%s wants a prompt of three characters',
		(id) => {
			expect(broken(seedance(id), { prompt: 'A c' })).toBeUndefined();
			expect(broken(seedance(id), { prompt: 'A' })).toMatchObject({ label: 'Prompt' });
		},
	);

	test('2.5 and 1.0 take any prompt', () => {
		for (const id of ['seedance-2-5', 'v1-pro-text-to-video']) {
			expect(broken(seedance(id), { prompt: 'A' })).toBeUndefined();
		}
	});

	test('1.5 Pro takes the first image only, because nobody says what the second one is', () => {
		const { firstImage, lastImage } = modelOf('kie', 'bytedance/seedance-1.5-pro', 'imageToVideo');
		expect(firstImage).toMatchObject({ wireName: 'input_urls', isList: true });
		expect(lastImage).toBeUndefined();
	});

	test('images of 2.x have the documented limits, references too', () => {
		const limits = {
			acceptsDataUri: false,
			maxBytes: 30 * 1024 * 1024,
			size: { minSidePx: 300, maxSidePx: 6000, minRatio: 0.4, maxRatio: 2.5 },
		};
		for (const id of ['seedance-2-5', 'seedance-2', 'seedance-2-fast', 'seedance-2-mini']) {
			const { firstImage, lastImage, references } = modelOf(
				'kie',
				`bytedance/${id}`,
				'imageToVideo',
			);
			for (const slot of [firstImage, lastImage, references?.images]) {
				expect(slot).toMatchObject(limits);
			}
		}
	});

	test('a custom model takes images as the newest generation does', () => {
		expect(kie.customModel('any', 'imageToVideo')).toMatchObject({
			firstImage: { wireName: 'first_frame_url' },
			lastImage: { wireName: 'last_frame_url' },
		});
		const atApikley = apikley.customModel('any', 'imageToVideo');
		expect([atApikley.firstImage?.wireName, atApikley.lastImage]).toEqual(['image_url', undefined]);
	});
});

test('2.5 takes files of its own library everywhere; the web is searched from text alone by the small ones', () => {
	const newest = modelOf('kie', 'bytedance/seedance-2-5', 'imageToVideo');
	const { images, videos, audios } = newest.references ?? {};
	const slots = [newest.firstImage, newest.lastImage, images, videos, audios];
	expect(slots.map((slot) => slot?.acceptsAssets)).toEqual([true, true, true, true, true]);
	const searches = (name: string, kind: 'textToVideo' | 'imageToVideo') =>
		'webSearch' in modelOf('kie', `bytedance/seedance-2${name}`, kind).input;
	expect(['-fast', '-mini'].map((name) => searches(name, 'textToVideo'))).toEqual([true, true]);
	expect(['-fast', '-mini'].map((name) => searches(name, 'imageToVideo'))).toEqual([false, false]);
});

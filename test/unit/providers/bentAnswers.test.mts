import fc from 'fast-check';
import type { Outcome } from '../../../nodes/shared/domain/fault';
import type { Task } from '../../../nodes/shared/domain/task';
import type { VendorResponse } from '../../../nodes/shared/domain/vendor';
import { providers } from '../../../nodes/shared/providers';
import { judge, look, type Verdict } from '../../../nodes/shared/tasks/look';
import type { Session } from '../../../nodes/shared/tasks/session';
import { vendors } from '../../../sandbox/types.mts';
import { kits, speechBaseUrl } from '../../vendors/index.mts';
import { answer, errorOf, valueOf } from '../helpers.mts';
import { scripted } from '../tasks/session.mts';

const VIDEO = 'https://media.example/clip.mp4';

/** A vendor of which every look is answered so, at a moment that a test moves on. */
function vendorThatSays(id: string, answers: () => VendorResponse[]) {
	const provider = providers[id];
	if (provider === undefined) throw new Error(id);
	const { session, clock } = scripted({ provider });
	let left: VendorResponse[] = [];
	const transport: Session['transport'] = {
		...session.transport,
		read: async () => {
			const [first = answer({}), ...others] = left;
			left = others;
			return await Promise.resolve({ ok: true, value: first });
		},
	};
	// A task of its own, because a process remembers since when it has seen one.
	const account = `${id} ${Math.random()}`;
	const own: Session = { ...session, account, transport, baseUrl: speechBaseUrl };
	const reference = { taskId: 'x', modelId: 'owner/app/path' };
	return {
		clock,
		look: async (): Promise<Outcome<Task>> => {
			left = answers();
			return await look(own, reference);
		},
		verdict: async (minutes = 30): Promise<Verdict> => {
			left = answers();
			const patience = { deadlineAt: startedAt + minutes * 60_000, timeoutMinutes: minutes };
			const handle = { ...reference, status: 'queued' as const, submittedAt: startedAt };
			return judge(own, handle, await look(own, reference), patience);
		},
	};
}
const startedAt = scripted().startedAt;

/** Other shapes for the one address, after what vendors and the bridges to them were seen to send. */
const shapes: ReadonlyArray<[string, (url: string) => unknown]> = [
	['a bare text', (url) => url],
	['a text with spaces around it', (url) => ` ${url}\n`],
	['a list', (url) => [url]],
	['nested lists', (url) => [[url]]],
	['an object', (url) => ({ url })],
	['a list of objects', (url) => [{ url, type: 'video', width: 1280 }]],
	['an object with a list in it', (url) => ({ videos: [{ url }] })],
	['video_url', (url) => ({ video_url: url })],
	['output.video_url', (url) => ({ output: { video_url: url } })],
	['result_url', (url) => ({ result_url: url })],
	['response.video.url', (url) => ({ response: { video: { url } } })],
	['JSON in a text', (url) => JSON.stringify({ resultUrls: [url] })],
	['a cover beside it', (url) => [url, 'https://media.example/cover.webp']],
	['twice the same', (url) => ({ url, download_url: url })],
	['an entry that is nothing', (url) => [null, '', url]],
];

const endWords: ReadonlyArray<[string, Task['status']]> = [
	['success', 'succeeded'],
	['succeeded', 'succeeded'],
	['completed', 'succeeded'],
	['done', 'succeeded'],
	['fail', 'failed'],
	['failed', 'failed'],
	['cancelled', 'cancelled'],
	['canceled', 'cancelled'],
	['expired', 'expired'],
];

const inOtherWriting = fc.constantFrom<(word: string) => string>(
	(word) => word,
	(word) => word.toUpperCase(),
	(word) => ` ${word}\n`,
	(word) => word.charAt(0).toUpperCase() + word.slice(1),
);

describe.each(vendors)('%s', (id) => {
	const { say, success, failure, result } = kits[id].speech;

	test.each(shapes)('finds the video in %s', async (_, shape) => {
		const vendor = vendorThatSays(id, () => say(success, shape(VIDEO)));
		expect(valueOf(await vendor.look())).toMatchObject({ status: 'succeeded', videoUrl: VIDEO });
	});

	test.each([
		['/v1/videos/x/content', `${speechBaseUrl}/v1/videos/x/content`],
		['/files/clip.mp4?a=b', `${speechBaseUrl}/files/clip.mp4?a=b`],
		['//media.example/clip.mp4', VIDEO],
		['media.example/clip.mp4', VIDEO],
	])('makes an address of the web of %s', async (written, whole) => {
		const vendor = vendorThatSays(id, () => say(success, { video: { url: written } }));
		expect(valueOf(await vendor.look())).toMatchObject({ status: 'succeeded', videoUrl: whole });
	});

	test.each([
		['nothing', null, {}],
		['an empty object', {}, {}],
		['an empty list', [], {}],
		['a picture alone', ['https://media.example/cover.webp'], {}],
		['a page about it alone', { docs: 'https://vendor.example/help' }, {}],
		['two that may be it', ['https://media.example/1.mp4', 'https://media.example/2.mp4'], {}],
		['a word of moderation', {}, { moderation: 'sexual content' }],
	])(
		'that finishes with %s has two minutes, then it has failed with its words',
		async (what, held, beside) => {
			// Two of them: the vendor's own list says which one it is, where it has one.
			const place = what.startsWith('two') ? { other: held } : held;
			const vendor = vendorThatSays(id, () => say(success, place, beside));
			expect(await vendor.verdict()).toMatchObject({
				state: 'pending',
				task: { status: 'running', unknownStatus: success },
			});
			vendor.clock.pass(119_000);
			expect((await vendor.verdict()).state).toBe('pending');
			vendor.clock.pass(1_000);
			const words = what.startsWith('two')
				? /1\.mp4 , .*2\.mp4/
				: what.startsWith('a word')
					? /moderation: sexual content/
					: /no reason was given/;
			expect(await vendor.verdict()).toMatchObject({
				state: 'ended',
				problem: {
					status: 'failed',
					code: 'noVideo',
					message: expect.stringMatching(words),
				},
			});
		},
	);

	test('that has named none when the time is over is not called running', async () => {
		const vendor = vendorThatSays(id, () => say(success, {}));
		await vendor.verdict(1);
		vendor.clock.pass(60_000);
		const verdict = await vendor.verdict(1);
		expect(verdict).toMatchObject({ state: 'ended', problem: { code: 'timeout' } });
		expect(JSON.stringify(verdict)).not.toContain('still running');
	});

	test('that names it at last has succeeded', async () => {
		let held: unknown = {};
		const vendor = vendorThatSays(id, () => say(success, held));
		await vendor.look();
		vendor.clock.pass(60_000);
		held = result([VIDEO]);
		expect((await vendor.verdict()).state).toBe('succeeded');
	});

	test('says its end in any vendor’s word', async () => {
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...endWords), inOtherWriting, async ([word, end], write) => {
				const held = end === 'succeeded' ? { video: { url: VIDEO } } : null;
				const vendor = vendorThatSays(id, () => say(write(word), held));
				expect(valueOf(await vendor.look()).status).toBe(end);
			}),
			{ numRuns: 60 },
		);
	});

	test.each(['upscaling', 'reviewing', 'success-ish', '__proto__', 'constructor'])(
		'goes on at a word that no vendor uses (%s)',
		async (word) => {
			const vendor = vendorThatSays(id, () => say(word, { video: { url: VIDEO } }));
			const looked = valueOf(await vendor.look());
			expect(looked).toMatchObject({ status: 'running', unknownStatus: word });
			expect(looked).not.toHaveProperty('withoutVideo');
		},
	);

	/** A true answer, bent: its shape, its word, and what stands beside it. */
	const bent = fc.record({
		end: fc.constantFrom('good', 'bad', 'empty'),
		shape: fc.constantFrom(...shapes.map(([, shape]) => shape)),
		write: inOtherWriting,
		beside: fc.dictionary(fc.constantFrom('note', 'extra', 'trace', 'seed'), fc.jsonValue()),
	});

	test('bent in any of these ways loses no video, waits for no known end, and succeeds only with one', async () => {
		await fc.assert(
			fc.asyncProperty(bent, async ({ end, shape, write, beside }) => {
				const word = write(end === 'bad' ? failure : success);
				const held = end === 'good' ? shape(VIDEO) : null;
				const vendor = vendorThatSays(id, () => say(word, held, beside));
				const first = await vendor.verdict();
				vendor.clock.pass(120_000);
				const second = await vendor.verdict();
				if (end === 'good') {
					expect(first).toMatchObject({ state: 'succeeded', task: { videoUrl: VIDEO } });
					return;
				}
				expect(first.state).toBe(end === 'bad' ? 'ended' : 'pending');
				expect(second).toMatchObject({ state: 'ended', problem: { status: 'failed' } });
				expect(JSON.stringify(second)).not.toContain('still running');
			}),
			{ numRuns: 150 },
		);
	});
});

test('fal: a result that cannot be read is known to be there when the time is over', async () => {
	const vendor = vendorThatSays('fal', () => [
		answer({ request_id: 'x', status: 'COMPLETED' }),
		answer(undefined, 502),
	]);
	expect(errorOf(await vendor.look())).toMatchObject({ kind: 'serverError', afterEnd: true });
	vendor.clock.pass(60_000);
	const verdict = await vendor.verdict(1);
	expect(verdict).toMatchObject({
		state: 'ended',
		problem: { code: 'timeout', message: expect.stringContaining('its result could not be read') },
	});
});

import type { IDataObject } from 'n8n-workflow';
import { makeChain } from '../../../nodes/shared/actions/chain';
import type { Problem } from '../../../nodes/shared/domain/problem';
import { fail, ok } from '../../../nodes/shared/domain/result';
import type { ItemResult } from '../../../nodes/shared/host/rows';
import { problemOfInput } from '../../../nodes/shared/tasks/problems';
import type { Media } from '../../../nodes/shared/tasks/order';
import type { Orders } from '../../../nodes/shared/tasks/submit';
import { modelOf } from '../helpers.mts';
import { scripted } from '../tasks/session.mts';

const model = modelOf('byteplus', 'dreamina-seedance-2-0-fast-260128', 'imageToVideo');
const origin = { provider: 'byteplus', model: model.id };
const frame = 'https://media.example/frame.png?signature=1';
const good: IDataObject = { status: 'succeeded', lastFrameUrl: frame };

/** Makes a chain whose clips come out with these rows; tells with which images each was ordered. */
async function chainOf(
	rows: Array<IDataObject | Problem>,
	baseUrl = 'https://vendor.example',
	media: Media[] = [],
) {
	const { order, session, clock } = scripted();
	const made: Array<{ itemIndex: number; images: string[] }> = [];
	const leftOut: Array<{ itemIndex: number; problem: Problem }> = [];
	const items = rows.map((row, itemIndex) => {
		const own = order({ itemIndex, model, media, session: { ...session, baseUrl } });
		return { itemIndex, row, orders: ok<Orders>([own]) };
	});
	const results = await makeChain(items, {
		async make({ itemIndex, row, orders }): Promise<ItemResult> {
			const images = orders.value[0].media.map((one) => ('address' in one ? one.address : 'file'));
			made.push({ itemIndex, images });
			const result = 'description' in row ? fail(row as unknown as Problem) : ok({ json: row });
			return await Promise.resolve({ itemIndex, origin, result: result as ItemResult['result'] });
		},
		async leaveOut({ itemIndex }, problem): Promise<ItemResult> {
			leftOut.push({ itemIndex, problem });
			return await Promise.resolve({ itemIndex, origin, result: fail(problem) });
		},
	});
	expect(results.map(({ itemIndex }) => itemIndex)).toEqual(items.map((item) => item.itemIndex));
	return { made, leftOut, reason: leftOut[0]?.problem.description ?? '', clock };
}

test('every clip but the first begins with the frame of the one before', async () => {
	const second = 'https://media.example/second.png';
	const { made, leftOut } = await chainOf([good, { ...good, lastFrameUrl: second }, good]);
	expect(made).toEqual([
		{ itemIndex: 0, images: [] },
		{ itemIndex: 1, images: [frame] },
		{ itemIndex: 2, images: [second] },
	]);
	expect(leftOut).toEqual([]);
});

test('the frame comes before the files that the item has itself', async () => {
	const last: Media = { slot: { wireName: 'last_frame' }, address: 'https://own.example/last.png' };
	const { made } = await chainOf([good, good], undefined, [last]);
	expect(made.map(({ images }) => images)).toEqual([
		['https://own.example/last.png'],
		[frame, 'https://own.example/last.png'],
	]);
});

test.each<[string, IDataObject | Problem, RegExp]>([
	['failed', problemOfInput('It is bad.', 'Mend it.'), /^It has no video: It is bad\. Nothing/],
	['has no frame', { status: 'succeeded' }, /gave no last frame of it/],
	['has a frame that cannot be had', { ...good, lastFrameProblem: 'HTTP status 403' }, /403/],
	[
		'has a frame whose address has expired',
		{ ...good, expiresAt: '2026-11-20T09:59:59.000Z' },
		/stopped working at 2026-11-20T09:59:59/,
	],
	[
		'has a frame where the vendor cannot look',
		{ ...good, lastFrameUrl: 'http://10.0.0.1/frame.png' },
		/cannot open the address/,
	],
])('nothing is made behind a clip that %s', async (_, row, reason) => {
	const told = await chainOf([good, row, good, good]);
	expect(told.made.map(({ itemIndex }) => itemIndex)).toEqual([0, 1]);
	expect(told.reason).toMatch(reason);
	expect(told.reason).toContain(
		'description' in row ? 'goes on from the last good clip' : 'by themselves',
	);
	expect(told.leftOut).toMatchObject([
		{ itemIndex: 2, problem: { code: 'chainEnded', message: expect.stringContaining('item 1') } },
		{ itemIndex: 3, problem: { code: 'chainEnded', message: expect.stringContaining('item 1') } },
	]);
});

test('a frame that does not expire yet, and one in the network of the vendor, are used', async () => {
	const later = await chainOf([{ ...good, expiresAt: '2026-11-20T10:00:01.000Z' }, good]);
	expect(later.made[1]?.images).toEqual([frame]);
	const lastFrameUrl = 'http://127.0.0.1:4010/media/1.png';
	const here = await chainOf([{ ...good, lastFrameUrl }, good], 'http://127.0.0.1:4010/byteplus');
	expect(here.made[1]?.images).toEqual([lastFrameUrl]);
});

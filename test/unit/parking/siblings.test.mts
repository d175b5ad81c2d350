import type { IExecuteFunctions } from 'n8n-workflow';
import { openRun } from '../../../nodes/shared/n8n/run';
import { noteSibling, problemWithSibling } from '../../../nodes/shared/parking/siblings';

const url = (id: string) => `http://n8n.test/webhook-waiting/${id}/seedance-delivery?signature=s`;

/** A sub-workflow's execution; `parked` are those at which our own node answers. */
function executionOf(
	id: string,
	parentId: string | undefined,
	{ parked = [] as string[], shouldResume = true } = {},
) {
	const asked: string[] = [];
	const context = {
		getExecutionId: () => id,
		getExecutionContext: () => ({ parentExecutionId: parentId }),
		runExecutionData: { parentExecution: { executionId: parentId, shouldResume } },
		logger: { debug: () => undefined },
		helpers: {
			httpRequest: async (options: { url: string; body: string }) => {
				asked.push(options.url);
				expect(options.body).toBe('{}');
				const isParked = parked.some((one) => options.url === url(one));
				const body = isParked
					? { state: 'refused', message: 'Not a call for this execution' }
					: { message: 'The execution has finished already.' };
				return await Promise.resolve({
					statusCode: isParked ? 401 : 409,
					body: JSON.stringify(body),
				});
			},
		},
	};
	return { context: openRun(context as unknown as IExecuteFunctions), asked };
}

test('a child that starts while one of the same parent is parked is refused', async () => {
	noteSibling(executionOf('11', 'p1').context, url('11'));
	const { context } = executionOf('12', 'p1', { parked: ['11'] });
	const problem = await problemWithSibling(context);
	expect(problem?.message).toBe(
		'Another sub-workflow of the same caller is paused, and n8n would lose this video',
	);
	expect(problem?.description).toContain('Execution 11 is paused');
	expect(problem?.description).toContain('Nothing was ordered here.');
});

test('one that starts after the other has ended is not, and asks once', async () => {
	noteSibling(executionOf('21', 'p2').context, url('21'));
	const { context, asked } = executionOf('22', 'p2');
	expect(await problemWithSibling(context)).toBeUndefined();
	expect(await problemWithSibling(context)).toBeUndefined();
	expect(asked).toEqual([url('21')]);
});

test.each([
	['of another parent', 'p4', {}],
	['that nobody called', undefined, {}],
	['whose caller does not wait', 'p3', { shouldResume: false }],
])('one %s asks nobody', async (_, parentId, more) => {
	noteSibling(executionOf('31', 'p3').context, url('31'));
	const { context, asked } = executionOf('32', parentId, { parked: ['31'], ...more });
	expect(await problemWithSibling(context)).toBeUndefined();
	expect(asked).toEqual([]);
});

test('a child is no sibling of itself', async () => {
	const own = executionOf('41', 'p5', { parked: ['41'] });
	noteSibling(own.context, url('41'));
	expect(await problemWithSibling(own.context)).toBeUndefined();
	expect(own.asked).toEqual([]);
});

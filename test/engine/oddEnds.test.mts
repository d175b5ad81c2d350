import { clock } from '../../nodes/shared/n8n/clock.ts';
import { vendors } from '../../sandbox/vendors/index.mts';
import { moderationWord } from '../../sandbox/odd.mts';
import { useBench } from './bench.mts';

const bench = useBench();

const withPrompt = (provider: string, prompt: string) => ({ parameters: { provider, prompt } });

describe.each(vendors)('%s', (provider) => {
	const wanted = { provider, prompt: 'A paper boat [empty]' };

	async function submitted() {
		bench.sandbox().setGenerationMs(0);
		const { items } = await bench.run({ parameters: { ...wanted, completion: 'submit' } });
		return items.map(({ json }) => ({ json }));
	}
	const task = async (operation: string, items: Awaited<ReturnType<typeof submitted>>) =>
		await bench.run({
			type: 'seedanceTask',
			parameters: { provider, operation, taskId: '={{ $json.taskId }}' },
			items,
		});

	test('finished without a video: Wait in the Node fails with its words, minutes later', async () => {
		const { status, error } = await bench.run(withPrompt(provider, 'A paper boat [empty]'));
		expect(status).toBe('error');
		expect(error?.message).toContain('finished the task without a video');
		expect(error?.message).toContain(moderationWord);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
		expect(bench.clock().elapsed()).toBeLessThan(bench.sandbox().tasks()[0]?.finishesAt ?? 0);
		expect(bench.creates()).toHaveLength(1);
	});

	test('finished without a video: Seedance Task, Wait, fails with its words', async () => {
		const { error } = await task('wait', await submitted());
		expect(error?.message).toContain(moderationWord);
		expect(error?.description).toContain(`Task ID: ${bench.taskIds()[0]}.`);
	});

	test('finished without a video: Seedance Task, Get, is a row that says so in time', async () => {
		const items = await submitted();
		const { items: now } = await task('get', items);
		expect(now[0]?.json).toMatchObject({ status: 'running', vendorStatus: expect.any(String) });
		await clock.sleep(120_000);
		const { items: later } = await task('get', items);
		expect(later[0]?.json).toMatchObject({
			status: 'failed',
			failure: { code: 'noVideo', message: expect.stringContaining(moderationWord) },
		});
	});

	test('an end in other words is an end', async () => {
		const good = await bench.run(withPrompt(provider, 'A paper boat [other words]'));
		expect(good.items[0]?.json).toMatchObject({ status: 'succeeded' });
		expect(good.items[0]?.json).not.toHaveProperty('vendorStatus');
		const bad = await bench.run(withPrompt(provider, 'A paper boat [other words] [fail]'));
		expect(bad.status).toBe('error');
		expect(bad.error?.message).toContain('could not generate the video');
	});
});

import { vendors } from '../../sandbox/vendors/index.mts';
import { kits } from '../vendors/index.mts';
import { useBench } from './bench.mts';

const bench = useBench();

describe.each(vendors)('a prompt that the check of contents of %s refuses', (provider) => {
	const { says, refusesOrder = false } = kits[provider].contentCheck;

	test('is told in a plain sentence with the vendor’s words, and ordered once', async () => {
		const { status, error } = await bench.run({
			parameters: { provider, prompt: 'A paper boat [flagged]' },
		});
		expect(status).toBe('error');
		const told = `${error?.message} ${error?.description}`;
		expect(told).toMatch(says);
		expect(told).not.toMatch(/internal server error|did not accept the parameters/i);
		expect(error?.message).toMatch(
			refusesOrder
				? /refused the order: its check of contents objects to the prompt or a file/
				: /could not generate the video: /,
		);
		expect(error?.description).toContain('Change what the vendor objects to');
		expect(bench.creates()).toHaveLength(1);
		expect(bench.taskIds()).toHaveLength(refusesOrder ? 0 : 1);
	});
});

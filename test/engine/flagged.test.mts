import { vendors, type VendorId } from '../../sandbox/vendors/index.mts';
import { useBench } from './bench.mts';

const bench = useBench();

/** Who refuses such an order; the others take it and end it as failed. */
const refusing: readonly VendorId[] = ['byteplus', 'volcengine', 'openrouter'];

/** Of each vendor's own words as much as is its own. */
const words: Record<VendorId, RegExp> = {
	apikley: /flagged as sensitive/,
	modellix: /may contain sensitive information/,
	aimlapi: /may contain sensitive information/,
	kie: /flagged as sensitive/,
	byteplus: /input text may contain sensitive information/,
	volcengine: /input text may contain sensitive information/,
	fal: /contained material flagged by a content checker/,
	replicate: /flagged as sensitive.*E005/,
	wavespeed: /contains sensitive information/,
	openrouter: /requires moderation and your input was flagged/,
};

describe.each(vendors)('a prompt that the check of contents of %s refuses', (provider) => {
	test('is told in a plain sentence with the vendor’s words, and ordered once', async () => {
		const { status, error } = await bench.run({
			parameters: { provider, prompt: 'A paper boat [flagged]' },
		});
		expect(status).toBe('error');
		const told = `${error?.message} ${error?.description}`;
		expect(told).toMatch(words[provider]);
		expect(told).not.toMatch(/internal server error|did not accept the parameters/i);
		expect(error?.message).toMatch(
			refusing.includes(provider)
				? /refused the order: its check of contents objects to the prompt or a file/
				: /could not generate the video: /,
		);
		expect(error?.description).toContain('Change what the vendor objects to');
		expect(bench.creates()).toHaveLength(1);
		expect(bench.taskIds()).toHaveLength(refusing.includes(provider) ? 0 : 1);
	});
});

import { generationSubtitle } from '../../../nodes/shared/properties/generation';
import { providers } from '../../../nodes/shared/providers';

/** What n8n makes of the subtitle: the code between the braces, for a node with these parameters. */
function shown(parameters: Record<string, unknown>): string {
	const [, code = ''] = /^=\{\{ (.+) \}\}$/.exec(generationSubtitle()) ?? [];
	// The test's own stand-in for n8n's expressions; a real n8n shows it in test/e2e/editor.
	const evaluate = new Function('$parameter', `return ${code}`);
	return String(evaluate(parameters));
}

test.each([
	['fal', 'bytedance/seedance-2.0/fast/text-to-video', 'fal: 2.0/fast'],
	['fal', 'bytedance/seedance-2.5/reference-to-video', 'fal: 2.5/reference'],
	['wavespeed', 'bytedance/seedance-2.5/image-to-video-turbo', 'wavespeed: 2.5-turbo'],
	['byteplus', 'dreamina-seedance-2-0-fast-260128', 'byteplus: 2-0-fast'],
	['volcengine', 'doubao-seedance-1-0-pro-fast-251015', 'volcengine: 1-0-pro-fast'],
	['apikley', 'bytedance/v1-pro-fast-image-to-video', 'apikley: v1-pro-fast'],
	['kie', 'bytedance/v1-lite-text-to-video', 'kie: v1-lite'],
	['aimlapi', 'bytedance/dreamina-seedance-2-0-mini', 'aimlapi: 2-0-mini'],
	['replicate', 'bytedance/seedance-1.5-pro', 'replicate: 1.5-pro'],
	['later', 'bytedance/seedance-1', 'later: bytedance/seedance-1'],
	['modellix', 'seedance-2.0-fast-i2v', 'modellix: 2.0-fast-i2v'],
])('%s, %s', (provider, model, subtitle) => {
	expect(shown({ provider, model })).toBe(subtitle);
});

test('a model of the vendor’s list is told like any other', () => {
	const listModel = { mode: 'list', value: 'bytedance/seedance-9.9/text-to-video' };
	expect(shown({ provider: 'fal', model: 'list', listModel })).toBe('fal: 9.9');
});

test.each(['ep-20260601-abcde', 'ep-1-123456'])(
	'a custom model is told by its ID, %s',
	(endpoint) => {
		expect(shown({ provider: 'byteplus', model: 'custom', customModel: endpoint })).toBe(
			`byteplus: ${endpoint}`,
		);
	},
);

test('every model has a line, short enough for the canvas', () => {
	const lines = Object.entries(providers).flatMap(([provider, { models }]) => [
		...new Set(models.map(({ id }) => shown({ provider, model: id }))),
	]);
	expect(lines.length).toBeGreaterThan(40);
	expect(lines.filter((line) => line.length > 33)).toEqual([]);
	expect(lines.filter((line) => /: *$/.test(line))).toEqual([]);
});

import { askAboutForm, judgeStatus, statusUrlOf } from '../../../nodes/shared/parking/formStatus';
import { judgeAnswer } from '../../../nodes/shared/parking/ringAnswer';

const url = 'https://n8n.example.com/webhook-waiting/7/seedance-delivery?signature=abc';
const location = '/form-waiting/7/seedance-delivery?signature=abc';
const statusUrl = 'https://n8n.example.com/form-waiting/7/n8n-execution-status?signature=abc';

function n8nThatSays(text: string, httpStatus = 200) {
	const asked: string[] = [];
	const read = async (address: string) => {
		asked.push(address);
		return await Promise.resolve({ httpStatus, text });
	};
	return { network: { read }, asked };
}

test.each([
	['running', 'running'],
	['new', 'running'],
	['waiting', 'again'],
	['form-waiting', 'over'],
	['success', 'over'],
	['error', 'over'],
	['crashed', 'over'],
	['canceled', 'over'],
	['null', 'over'],
	['<!DOCTYPE html>', 'again'],
	['constructor', 'again'],
	['', 'again'],
])('n8n sends the call on to a form and says %s: %s', async (word, state) => {
	const { network, asked } = n8nThatSays(` ${word}\n`);
	expect(await askAboutForm(network, url, { httpStatus: 307, location })).toEqual({ state });
	expect(asked).toEqual([statusUrl]);
});

test('an answer with another status says nothing', async () => {
	const { network } = n8nThatSays('success', 401);
	const verdict = await askAboutForm(network, url, { httpStatus: 307, location });
	expect(verdict).toEqual({ state: 'again' });
	expect(judgeStatus(undefined)).toEqual({ state: 'again' });
});

test.each([
	['n8n under a path, with another word for forms', `/n8n/my-forms/7/seedance-delivery`],
	['a whole address', `https://n8n.example.com/form-waiting/7/seedance-delivery`],
])('%s is asked at that path', (_, to) => {
	const asked = statusUrlOf(url, { httpStatus: 307, location: to });
	expect(asked).toBe(
		new URL(`${to.replace('seedance-delivery', 'n8n-execution-status')}?signature=abc`, url).href,
	);
});

test.each<[string, Parameters<typeof statusUrlOf>[1]]>([
	['no answer', undefined],
	['another status', { httpStatus: 302, location }],
	['no address', { httpStatus: 307 }],
	['a proxy’s login', { httpStatus: 307, location: '/login' }],
	['another execution', { httpStatus: 307, location: '/form-waiting/8/seedance-delivery' }],
	['another host', { httpStatus: 307, location: `https://evil.test${location}` }],
	['no address at all', { httpStatus: 307, location: 'http://' }],
])('%s is not asked about, and judged as before', async (_, answer) => {
	expect(statusUrlOf(url, answer)).toBeUndefined();
	const { network, asked } = n8nThatSays('success');
	expect(await askAboutForm(network, url, answer)).toBeUndefined();
	expect(asked).toEqual([]);
	expect(judgeAnswer(answer)).toEqual({ state: answer === undefined ? 'silence' : 'again' });
});

import type { IExecuteFunctions } from 'n8n-workflow';
import { readCallbackTarget } from '../../../nodes/shared/n8n/callbackUrl';
import { scripted } from '../tasks/session.mts';

const url = 'http://10.0.0.5:5678/webhook/abc/seedance';

/** What comes of a Callback URL where a call to it ends with this error. */
async function read(given: string, error: Error) {
	let calls = 0;
	const context = {
		logger: { debug: () => undefined },
		helpers: {
			httpRequest: async () => {
				calls += 1;
				throw error;
			},
		},
	} as unknown as IExecuteFunctions;
	const { session } = scripted();
	const [target] = await Promise.all(
		[1, 2].map(() => readCallbackTarget(context, session, given, {})),
	);
	return { target, calls };
}

const blocked = new Error('no', {
	cause: Object.assign(new Error('10.0.0.5 is blocked'), { name: 'SsrfBlockedIpError' }),
});

test('a trigger to which n8n’s own protection lets nobody is refused before anything is paid', async () => {
	const { target, calls } = await read(url, blocked);
	expect(target).toMatchObject({
		ok: false,
		error: {
			message: expect.stringContaining("n8n's own protection lets no request out"),
			description: expect.stringMatching(/Set N8N_SSRF_ALLOWED_HOSTNAMES to 10\.0\.0\.5,.*Nothing/),
		},
	});
	expect(calls).toBe(1);
});

test.each([
	['a trigger that is not there yet', url, new Error('connect ECONNREFUSED'), 1],
	// Only the vendor calls there.
	['an address that n8n has not to reach', 'http://10.0.0.5/hook', blocked, 0],
])('%s is taken', async (_, given, error, count) => {
	const { target, calls } = await read(given, error);
	expect(target).toMatchObject({ ok: true, value: { url: given } });
	expect(calls).toBe(count);
});

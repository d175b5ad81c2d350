import { fail } from '../../../nodes/shared/domain/result';
import type { Network, Silence } from '../../../nodes/shared/host/network';
import { readCallbackTarget } from '../../../nodes/shared/orders/callbackUrl';
import { scripted } from '../tasks/session.mts';

const url = 'http://10.0.0.5:5678/webhook/abc/seedance';

/** What comes of a Callback URL where nobody answers a call to it. */
async function read(given: string, silence: Silence) {
	let calls = 0;
	const network: Pick<Network, 'tryPost'> = {
		async tryPost() {
			calls += 1;
			return await Promise.resolve(fail(silence));
		},
	};
	const { session } = scripted();
	const [target] = await Promise.all(
		[1, 2].map(() => readCallbackTarget(network, session, given, {})),
	);
	return { target, calls };
}

test('a trigger to which n8n’s own protection lets nobody is refused before anything is paid', async () => {
	const { target, calls } = await read(url, 'blocked');
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
	['a trigger that is not there yet', url, 'unanswered', 1],
	// Only the vendor calls there.
	['an address that n8n has not to reach', 'http://10.0.0.5/hook', 'blocked', 0],
] as const)('%s is taken', async (_, given, silence, count) => {
	const { target, calls } = await read(given, silence);
	expect(target).toMatchObject({ ok: true, value: { url: given } });
	expect(calls).toBe(count);
});

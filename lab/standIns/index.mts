import { join } from 'node:path';
import { GoogleStandIn } from './google.mts';
import { startMailStandIn, type MailStandIn } from './mail.mts';
import { serve } from './serve.mts';
import { TelegramStandIn } from './telegram.mts';
import { WhatsAppStandIn } from './whatsApp.mts';

/** The services beside Seedance with which the examples speak. */
export interface StandIns {
	/** Origin of all that speak HTTP. */
	url: string;
	telegram: TelegramStandIn;
	whatsApp: WhatsAppStandIn;
	google: GoogleStandIn;
	mail: MailStandIn;
	close(): Promise<void>;
}

/** Hosts that n8n's nodes have built in. */
const HOSTS = ['graph.facebook.com', 'sheets.googleapis.com', 'www.googleapis.com'];

/** Starts all of them; `page` answers what none of them knows. */
export async function startStandIns(
	port = 0,
	page?: (request: Request, standIns: Omit<StandIns, 'url' | 'close'>) => Promise<Response>,
): Promise<StandIns> {
	const mail = await startMailStandIn();
	const known = {
		telegram: new TelegramStandIn(),
		whatsApp: new WhatsAppStandIn(),
		google: new GoogleStandIn(),
		mail,
	};
	const { url, close } = await serve(async (request) => {
		const { pathname } = new URL(request.url);
		if (/^\/(file\/)?bot/.test(pathname)) return await known.telegram.answer(request);
		if (/^\/v\d+\.\d+\//.test(pathname)) return await known.whatsApp.answer(request);
		if (/^\/(v4|drive)\//.test(pathname)) return await known.google.answer(request);
		return (await page?.(request, known)) ?? new Response('Not found', { status: 404 });
	}, port);
	return {
		url,
		...known,
		async close() {
			await close();
			await mail.close();
		},
	};
}

/** What an n8n needs in its environment so that its nodes find the stand-ins at `url`. */
export function environmentFor(url: string, root: string): Record<string, string> {
	return {
		NODE_OPTIONS: `--require ${JSON.stringify(join(root, 'lab', 'standIns', 'redirect.cjs'))}`,
		SEEDANCE_STAND_INS: JSON.stringify(Object.fromEntries(HOSTS.map((host) => [host, url]))),
	};
}

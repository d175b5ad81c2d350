import { bytesOf, fieldsOf } from './serve.mts';

/** What was sent to somebody's phone. */
export interface PhoneMessage {
	/** Number of the phone, digits only. */
	to: string;
	text: string;
	file?: Buffer;
}

/** WhatsApp's Cloud API, as far as n8n's node speaks it. */
export class WhatsAppStandIn {
	readonly accessToken = 'stand-in-whatsapp-token';

	readonly messages: PhoneMessage[] = [];

	private readonly media: Buffer[] = [];

	/** Answers `/<version>/<sender>/media` and `/<version>/<sender>/messages`. */
	async answer(request: Request): Promise<Response> {
		if (request.headers.get('authorization') !== `Bearer ${this.accessToken}`) {
			return refused(401, 'Invalid OAuth access token');
		}
		const fields = await fieldsOf(request);
		if (new URL(request.url).pathname.endsWith('/media')) return await this.store(fields);
		const to = String(fields.get('to'));
		const kind = String(fields.get('type'));
		const content = Object(fields.get(kind));
		if (!/^\d{7,15}$/.test(to)) return refused(400, '(#131009) Parameter value is not valid');
		const file = this.media[Number(content.id)];
		if (kind === 'video' && file === undefined) return refused(400, '(#131053) Media upload error');
		this.messages.push({ to, text: String(content.body ?? content.caption), file });
		return Response.json({ messaging_product: 'whatsapp', messages: [{ id: 'wamid.stand-in' }] });
	}

	private async store(fields: Map<string, unknown>): Promise<Response> {
		const file = await bytesOf(fields.get('file'));
		if (file === undefined) return refused(400, 'There is no file in the request');
		return Response.json({ id: String(this.media.push(file) - 1) });
	}
}

const refused = (status: number, message: string) =>
	Response.json({ error: { message, type: 'OAuthException', code: status } }, { status });

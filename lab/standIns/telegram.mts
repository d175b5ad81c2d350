import { sampleImage } from '../../sandbox/media/embedded.mts';
import { bytesOf, fieldsOf } from './serve.mts';

/** What the bot has put into a chat. */
export interface BotMessage {
	chatId: number;
	messageId: number;
	text: string;
	video?: Buffer;
	/** The message that it answers. */
	replyTo?: number;
}

/** What a person says to the bot. */
export interface Said {
	/** Telegram's number of the person. */
	from: number;
	/** Number of the group; without it, the person's own chat with the bot. */
	group?: number;
	text?: string;
	caption?: string;
	/** A photo, or the ID of a file that Telegram does not give out. */
	photo?: Buffer | 'too-big';
	/** Several photos that were sent together have it in common. */
	album?: string;
}

/** Telegram takes files of this length from a bot. */
const MAX_UPLOAD_BYTES = 50_000_000;
const SECRET_HEADER = 'x-telegram-bot-api-secret-token';

/** Telegram's Bot API, as far as n8n's nodes speak it, and the people who use it. */
export class TelegramStandIn {
	readonly token = '100000:stand-in';

	/** What stands in the chats now: a message that is edited or deleted is so here, too. */
	readonly messages: BotMessage[] = [];

	/** What the bot has called, oldest first. */
	readonly calls: string[] = [];

	/** Lowered, it makes a video too large. */
	maxUploadBytes = MAX_UPLOAD_BYTES;

	private hook: { url: string; secret: string } | undefined;
	private readonly files = new Map<string, Buffer>();
	private lastId = 100;

	get isListening(): boolean {
		return this.hook !== undefined;
	}

	/** Says something to the bot; Telegram tells its webhook. Gives the message's number. */
	async say({ from, group, photo, album, ...words }: Said): Promise<number> {
		if (this.hook === undefined) throw new Error('No workflow listens to the bot');
		const messageId = this.nextId();
		const message = {
			message_id: messageId,
			date: 0,
			from: { id: from, is_bot: false, first_name: 'Somebody' },
			chat: { id: group ?? from, type: group === undefined ? 'private' : 'supergroup' },
			...words,
			...(photo !== undefined && { photo: this.sizesOf(photo) }),
			...(album !== undefined && { media_group_id: album }),
		};
		const response = await fetch(this.hook.url, {
			method: 'POST',
			headers: {
				connection: 'close',
				'content-type': 'application/json',
				[SECRET_HEADER]: this.hook.secret,
			},
			body: JSON.stringify({ update_id: messageId, message }),
		});
		if (!response.ok) throw new Error(`The bot's webhook answered ${response.status}`);
		return messageId;
	}

	/** Answers `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
	async answer(request: Request): Promise<Response> {
		const url = new URL(request.url);
		const { pathname } = url;
		const file = `/file/bot${this.token}/`;
		if (pathname.startsWith(file)) return this.giveFile(pathname.slice(file.length));
		const bot = `/bot${this.token}/`;
		if (!pathname.startsWith(bot)) return refused(401, 'Unauthorized');
		const method = pathname.slice(bot.length);
		const fields = new Map([...url.searchParams, ...(await fieldsOf(request))]);
		this.calls.push(method);
		return await this.call(method, fields);
	}

	private async call(method: string, fields: Map<string, unknown>): Promise<Response> {
		switch (method) {
			case 'setWebhook':
				this.hook = { url: textOf(fields, 'url'), secret: textOf(fields, 'secret_token') };
				return done(true);
			case 'deleteWebhook':
				this.hook = undefined;
				return done(true);
			case 'getWebhookInfo':
				return done({ url: this.hook?.url ?? '' });
			case 'getMe':
				return done({ id: 1, is_bot: true, username: 'stand_in_bot' });
			case 'getFile':
				return this.findFile(textOf(fields, 'file_id'));
			case 'sendMessage':
				return this.sendText(fields);
			case 'sendVideo':
				return await this.sendVideo(fields);
			case 'editMessageText':
				return this.edit(fields);
			case 'deleteMessage':
				return this.delete(fields);
			default:
				return refused(404, 'Not Found');
		}
	}

	private sendText(fields: Map<string, unknown>): Response {
		const text = textOf(fields, 'text');
		// Text that was not written for Markdown is what bots most often stumble over.
		const marks = text.match(/[_*`]/g)?.length ?? 0;
		if (fields.get('parse_mode') === 'Markdown' && marks % 2 === 1) {
			return refused(400, "Bad Request: can't parse entities");
		}
		return this.put(fields, { text });
	}

	private async sendVideo(fields: Map<string, unknown>): Promise<Response> {
		const video = await bytesOf(fields.get('video'));
		if (video === undefined) return refused(400, 'Bad Request: there is no video in the request');
		if (video.length > this.maxUploadBytes) return refused(413, 'Request Entity Too Large');
		return this.put(fields, { text: textOf(fields, 'caption'), video });
	}

	private put(fields: Map<string, unknown>, content: Pick<BotMessage, 'text' | 'video'>): Response {
		const replyTo = Number(fields.get('reply_to_message_id')) || undefined;
		const message = { chatId: numberOf(fields, 'chat_id'), messageId: this.nextId(), replyTo };
		this.messages.push({ ...message, ...content });
		return done({ message_id: message.messageId, chat: { id: message.chatId } });
	}

	private edit(fields: Map<string, unknown>): Response {
		const message = this.messages[this.indexOf(fields)];
		if (message === undefined) return refused(400, 'Bad Request: message to edit not found');
		message.text = textOf(fields, 'text');
		return done({ message_id: message.messageId });
	}

	private delete(fields: Map<string, unknown>): Response {
		const index = this.indexOf(fields);
		if (index === -1) return refused(400, 'Bad Request: message to delete not found');
		this.messages.splice(index, 1);
		return done(true);
	}

	private indexOf(fields: Map<string, unknown>): number {
		return this.messages.findIndex(
			({ chatId, messageId }) =>
				chatId === numberOf(fields, 'chat_id') && messageId === numberOf(fields, 'message_id'),
		);
	}

	/** Telegram tells a photo in several sizes, the largest last. */
	private sizesOf(photo: Buffer | 'too-big'): object[] {
		const id = photo === 'too-big' ? photo : `photo-${this.files.size + 1}`;
		if (photo !== 'too-big') this.files.set(id, photo);
		return [
			{ file_id: 'thumbnail', width: 90, height: 51 },
			{ file_id: id, width: 640, height: 360 },
		];
	}

	private findFile(id: string): Response {
		if (id === 'too-big') return refused(400, 'Bad Request: file is too big');
		return done({ file_id: id, file_path: `photos/${id}.png` });
	}

	private giveFile(path: string): Response {
		const id = path.replace(/^photos\//, '').replace(/\.png$/, '');
		const bytes = this.files.get(id) ?? (id === 'thumbnail' ? sampleImage : undefined);
		// As Telegram does: what kind of file it is, it does not say.
		const headers = { 'content-type': 'application/octet-stream' };
		return bytes ? new Response(new Uint8Array(bytes), { headers }) : refused(404, 'Not Found');
	}

	private nextId(): number {
		this.lastId += 1;
		return this.lastId;
	}
}

const done = (result: unknown) => Response.json({ ok: true, result });

const refused = (status: number, description: string) =>
	Response.json({ ok: false, error_code: status, description }, { status });

const textOf = (fields: Map<string, unknown>, name: string) => String(fields.get(name) ?? '');
const numberOf = (fields: Map<string, unknown>, name: string) => Number(fields.get(name));

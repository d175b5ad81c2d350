import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface Mail {
	to: string[];
	subject: string;
	/** As it came, with its headers and everything that is attached. */
	source: string;
}

export interface MailStandIn {
	host: string;
	port: number;
	/** Oldest first. */
	mails: Mail[];
	close(): Promise<void>;
}

/** A mail server that keeps what it is given. */
export async function startMailStandIn(port = 0): Promise<MailStandIn> {
	const mails: Mail[] = [];
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('error', () => socket.destroy());
		void converse(socket, (mail) => mails.push(mail));
	});
	server.listen(port, '127.0.0.1');
	await once(server, 'listening');
	const address = server.address() as AddressInfo;
	return {
		host: address.address,
		port: address.port,
		mails,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** The few words of SMTP by which one server hands a mail to another. */
async function converse(socket: Socket, keep: (mail: Mail) => void): Promise<void> {
	let to: string[] = [];
	let content: string[] | undefined;
	const say = (line: string) => socket.write(`${line}\r\n`);
	say('220 stand-in');
	for await (const line of createInterface({ input: socket })) {
		if (content !== undefined && line !== '.') {
			content.push(line.replace(/^\.\./, '.'));
			continue;
		}
		if (content !== undefined) {
			keep(mailOf(to, content.join('\n')));
			[to, content] = [[], undefined];
			say('250 kept');
			continue;
		}
		const [, recipient] = /^RCPT TO:<([^>]*)>/i.exec(line) ?? [];
		if (recipient !== undefined) to.push(recipient);
		if (/^DATA$/i.test(line)) content = [];
		say(content === undefined ? '250 well' : '354 go on');
		if (/^QUIT$/i.test(line)) socket.end();
	}
}

function mailOf(to: string[], source: string): Mail {
	const [, subject = ''] = /^Subject: (.*)$/im.exec(source) ?? [];
	return { to, subject, source };
}

/** What is attached as a file of this name. */
export function attachmentOf({ source }: Mail, fileName: string): Buffer | undefined {
	const [, boundary] = /boundary="([^"]+)"/.exec(source) ?? [];
	const parts = boundary === undefined ? [] : source.split(`--${boundary}`);
	const part = parts.find((one) => one.includes(`filename=${fileName}`));
	const [, encoded] = part?.split('\n\n') ?? [];
	return encoded === undefined ? undefined : Buffer.from(encoded, 'base64');
}

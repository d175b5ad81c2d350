import { once } from 'node:events';
import https from 'node:https';
import { connect } from 'node:net';
import path from 'node:path';
import { environmentFor, startStandIns, type StandIns } from '../../../lab/standIns/index.mts';
import { attachmentOf } from '../../../lab/standIns/mail.mts';
import { answerPage } from '../../../lab/standIns/page.mts';
import { sampleImage, sampleVideo } from '../../../sandbox/media/embedded.mts';

let standIns: StandIns;

beforeEach(async () => {
	standIns = await startStandIns(0, answerPage);
});
afterEach(async () => {
	await standIns.close();
});

test('the mail server keeps what it is given, with its file', async () => {
	const { host, port, mails } = standIns.mail;
	const socket = connect(port, host);
	const lines = [
		'EHLO somebody',
		'MAIL FROM:<a@example.com>',
		'RCPT TO:<b@example.com>',
		'RCPT TO:<c@example.com>',
		'DATA',
		'Subject: A film',
		'Content-Type: multipart/mixed; boundary="part"',
		'',
		'--part',
		'',
		'First',
		'..',
		'..and last',
		'--part',
		'Content-Disposition: attachment; filename=film.mp4',
		'',
		sampleVideo.toString('base64'),
		'--part--',
		'.',
		'QUIT',
	];
	socket.end(lines.map((line) => `${line}\r\n`).join(''));
	socket.resume();
	await once(socket, 'close');
	expect(mails).toMatchObject([{ to: ['b@example.com', 'c@example.com'], subject: 'A film' }]);
	expect(mails[0]?.source).toContain('First\n.\n.and last');
	expect(mails[0] && attachmentOf(mails[0], 'film.mp4')).toEqual(sampleVideo);
});

describe('an n8n that has loaded the redirection', () => {
	const { request } = https;
	afterEach(() => {
		https.request = request;
		delete process.env.SEEDANCE_STAND_INS;
	});

	/** Status of an answer to a request made as n8n's client makes it. */
	async function statusOf(url: string): Promise<number | undefined> {
		const { hostname, pathname } = new URL(url);
		const options = { hostname, path: pathname, agent: new https.Agent(), timeout: 1000 };
		return await new Promise((resolve, reject) => {
			https
				.request(options, (response) => {
					response.resume();
					resolve(response.statusCode);
				})
				.on('error', reject)
				.end();
		});
	}

	test('asks the stand-ins instead of the services, and everybody else as before', async () => {
		const environment = environmentFor(standIns.url, process.cwd());
		process.env.SEEDANCE_STAND_INS = environment.SEEDANCE_STAND_INS;
		const asked: unknown[] = [];
		const before = jest.fn((...given: unknown[]) => {
			asked.push(given[0]);
			throw new Error('not redirected');
		});
		Object.assign(https, { request: before });
		const redirect = path.join(process.cwd(), 'lab/standIns/redirect.cjs');
		jest.isolateModules(() => void jest.requireActual(redirect));
		expect(await statusOf('https://sheets.googleapis.com/v4/spreadsheets/x')).toBe(401);
		expect(await statusOf('https://graph.facebook.com/v13.0/1/messages')).toBe(401);
		expect(before).not.toHaveBeenCalled();
		await expect(statusOf('https://queue.fal.run/x')).rejects.toThrow('not redirected');
		expect(asked).toMatchObject([{ hostname: 'queue.fal.run' }]);
		expect(environment.NODE_OPTIONS).toContain('redirect.cjs');
	});
});

describe('the page of the people', () => {
	const news = async () => await (await fetch(`${standIns.url}/news`)).json();

	test('shows what has arrived, and lets somebody write to the bot', async () => {
		expect(await news()).toMatchObject({ isListening: false, chat: [], mails: [], phone: [] });
		standIns.google.rows = [{ image: 'a.png', prompt: 'A kite' }];
		standIns.telegram.messages.push({
			chatId: 111_111_111,
			messageId: 7,
			text: '',
			video: sampleVideo,
		});
		expect(await news()).toMatchObject({
			chat: [{ video: '/chat/7.mp4' }],
			sheet: [{ image: 'a.png', prompt: 'A kite', status: '' }],
		});
		const video = await fetch(`${standIns.url}/chat/7.mp4`);
		expect(Buffer.from(await video.arrayBuffer())).toEqual(sampleVideo);

		const heard: unknown[] = [];
		jest.spyOn(standIns.telegram, 'say').mockImplementation(async (said) => heard.push(said));
		const body = new FormData();
		body.append('words', 'It flies');
		body.append('photo', new Blob([new Uint8Array(sampleImage)]), 'kite.png');
		await fetch(`${standIns.url}/say`, { method: 'POST', body });
		expect(heard).toEqual([{ from: 111_111_111, caption: 'It flies', photo: sampleImage }]);
	});

	test('is for this machine alone', async () => {
		const request = new Request('http://127.0.0.1/people', {
			headers: { host: 'rebound.example.com' },
		});
		expect((await answerPage(request, standIns)).status).toBe(403);
	});
});

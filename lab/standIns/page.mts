import { BOT_VISITOR } from '../exampleNeeds.mts';
import { attachmentOf } from './mail.mts';
import { bytesOf, fieldsOf } from './serve.mts';
import type { StandIns } from './index.mts';

type Known = Omit<StandIns, 'url' | 'close'>;

/** As 18 names its file. */
const ATTACHMENT = 'your-video.mp4';

/**
 * The people's side of the services: a chat with the bot, mails and WhatsApp messages that came, and
 * the sheet.
 */
export async function answerPage(request: Request, known: Known): Promise<Response> {
	const { pathname } = new URL(request.url);
	// A web page that reaches this address by a name of its own is none of ours.
	if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.get('host') ?? '')) {
		return new Response('This page is for this machine alone.', { status: 403 });
	}
	const [, kind, number] = /^\/(chat|mail|phone)\/(\d+)\.mp4$/.exec(pathname) ?? [];
	if (kind !== undefined) return videoOf(kind, Number(number), known);
	switch (pathname) {
		case '/people':
			return new Response(PAGE, { headers: { 'content-type': 'text/html; charset=utf-8' } });
		case '/news':
			return Response.json(newsOf(known));
		case '/say':
			return await say(request, known);
		default:
			return new Response('Not found', { status: 404 });
	}
}

async function say(request: Request, { telegram }: Known): Promise<Response> {
	const fields = await fieldsOf(request);
	const words = String(fields.get('words') ?? '');
	const photo = await bytesOf(fields.get('photo'));
	const hasPhoto = photo !== undefined && photo.length > 0;
	await telegram.say({
		from: BOT_VISITOR,
		...(hasPhoto ? { photo, caption: words } : { text: words }),
	});
	return new Response('said');
}

function newsOf({ telegram, mail, whatsApp, google }: Known): object {
	return {
		isListening: telegram.isListening,
		chat: telegram.messages
			.filter(({ chatId }) => chatId === BOT_VISITOR)
			.map(({ messageId, text, video }) => ({
				text,
				video: video && `/chat/${messageId}.mp4`,
			})),
		mails: mail.mails.map((one, index) => ({
			text: `To ${one.to.join(', ')}: ${one.subject}`,
			video: attachmentOf(one, ATTACHMENT) && `/mail/${index}.mp4`,
		})),
		phone: whatsApp.messages.map(({ to, text, file }, index) => ({
			text: `To ${to}: ${text}`,
			video: file && `/phone/${index}.mp4`,
		})),
		sheet: google.rows,
	};
}

function videoOf(kind: string, number: number, known: Known): Response {
	const bytes = fileOf(kind, number, known);
	if (bytes === undefined) return new Response('Not found', { status: 404 });
	return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'video/mp4' } });
}

function fileOf(kind: string, number: number, { telegram, mail, whatsApp }: Known) {
	if (kind === 'chat')
		return telegram.messages.find(({ messageId }) => messageId === number)?.video;
	if (kind === 'phone') return whatsApp.messages[number]?.file;
	const found = mail.mails[number];
	return found && attachmentOf(found, ATTACHMENT);
}

/** Texts go in as texts, whatever stands in them. */
const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Seedance demo: the people</title>
<style>
body { font: 15px sans-serif; margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; background: #f5f5f7; color: #222 }
section { background: #fff; border-radius: 8px; padding: 0.5rem 1rem 1rem; margin-bottom: 1rem }
video { display: block; max-width: 20rem; border-radius: 6px; margin-top: 0.3rem }
p { margin: 0.4rem 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font-size: 13px; table-layout: fixed }
td, th { border: 1px solid #ddd; padding: 0.2rem 0.4rem; text-align: left; overflow-wrap: anywhere }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem }
</style>
</head>
<body>
<h1>The people’s side of the demo</h1>
<section><h2>Telegram, with your bot (recipe 16)</h2><div id="chat"></div>
<form id="say"><input type="file" name="photo" accept="image/*"> <input name="words" size="40" placeholder="What is to happen"> <button>Send</button></form></section>
<section><h2>Mails (recipe 18)</h2><div id="mails"></div></section>
<section><h2>WhatsApp (recipe 18)</h2><div id="phone"></div></section>
<section><h2>The Google Sheet “Videos” (recipe 19)</h2><table id="sheet"></table></section>
<script>
const shown = {};
function put(id, list) {
	const text = JSON.stringify(list);
	if (shown[id] === text) return;
	shown[id] = text;
	document.getElementById(id).replaceChildren(...list.map(({ text, video }) => {
		const p = document.createElement('p');
		p.textContent = text;
		if (video) p.append(Object.assign(document.createElement('video'), { src: video, controls: true, muted: true }));
		return p;
	}));
}
function row(tag, cells) {
	const tr = document.createElement('tr');
	tr.append(...cells.map((text) => Object.assign(document.createElement(tag), { textContent: text })));
	return tr;
}
async function look() {
	const news = await (await fetch('/news')).json();
	put('chat', news.isListening ? news.chat : [{ text: 'Publish recipe 16 first: nobody listens to the bot.' }]);
	put('mails', news.mails);
	put('phone', news.phone);
	const names = Object.keys(news.sheet[0] ?? {});
	document.getElementById('sheet').replaceChildren(row('th', names), ...news.sheet.map((one) => row('td', names.map((name) => one[name]))));
}
document.getElementById('say').onsubmit = async (event) => {
	event.preventDefault();
	await fetch('/say', { method: 'POST', body: new FormData(event.target) });
	event.target.reset();
};
look();
setInterval(look, 1500);
</script>
</body>
</html>
`;

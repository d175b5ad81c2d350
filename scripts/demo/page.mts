import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox } from '../../sandbox/index.mts';
import { vendorApis } from '../../sandbox/vendors/index.mts';
import { ACCOUNT, GENERATION_MS, type Guide } from './guide.mts';
import type { Progress } from './progress.mts';
import { PAGE } from './pageText.mts';

const HOST = '127.0.0.1';
/** More of the sandbox's tasks than one looks at. */
const SHOWN_TASKS = 12;

/** What the page shows; it grows while the demo starts. */
export interface Shown {
	progress: Progress;
	sandbox?: Sandbox;
	guide?: Guide;
}

export interface StartPage {
	url: string;
	close(): Promise<void>;
}

/** A page that says what the demo is doing, what to click, and what is being made at the moment. */
export async function servePage(shown: Shown, port: number): Promise<StartPage> {
	const server = createServer(({ headers, url = '/' }, response) => {
		const { status, type, body } = answerTo(headers.host, url, shown);
		response.writeHead(status, {
			'content-type': `${type}; charset=utf-8`,
			'cache-control': 'no-store',
		});
		response.end(body);
	});
	server.listen(port, HOST);
	await once(server, 'listening');
	return {
		url: `http://${HOST}:${(server.address() as AddressInfo).port}/`,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

function answerTo(host = '', path: string, shown: Shown) {
	// A web page that reaches this address by a name of its own is none of ours.
	if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) {
		return { status: 403, type: 'text/plain', body: 'This page is for this machine alone.' };
	}
	switch (path) {
		case '/':
			return { status: 200, type: 'text/html', body: PAGE };
		case '/state.json':
			return { status: 200, type: 'application/json', body: JSON.stringify(stateOf(shown)) };
		default:
			return { status: 404, type: 'text/plain', body: 'Not found' };
	}
}

const stateOf = ({ progress, sandbox, guide }: Shown) => ({
	steps: progress.steps.map((step) => ({
		title: step.title,
		seconds: progress.secondsOf(step),
		lastSeconds: step.lastSeconds,
		isDone: step.endedAt !== undefined,
	})),
	account: ACCOUNT,
	generationSeconds: GENERATION_MS / 1000,
	guide: guide && {
		recipes: guide.recipes,
		peopleUrl: guide.peopleUrl,
		pauseSeconds: Math.max(0, Math.ceil((guide.deliversAt - Date.now()) / 1000)),
	},
	tasks: sandbox ? tasksOf(sandbox) : [],
});

/** The newest first. */
const tasksOf = (sandbox: Sandbox) =>
	sandbox
		.tasks()
		.slice(-SHOWN_TASKS)
		.toReversed()
		.map(({ vendor, input, state, finishesAt, failure }) => ({
			vendor: vendorApis[vendor].label,
			prompt: typeof input.prompt === 'string' ? input.prompt : '',
			state: state === 'failed' ? `failed: ${failure?.message ?? ''}` : state,
			secondsLeft: Math.max(0, Math.ceil((finishesAt - Date.now()) / 1000)),
		}));

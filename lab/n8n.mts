import { mkdirSync } from 'node:fs';
import { ManagedProcess, waitUntilReady } from './managedProcess.mts';
import { findN8n, n8nFolder } from './n8nRuntime.mts';
import { installCommunityPackage } from './packPackage.mts';
import { freePort, freePorts } from './ports.mts';
import { createQueueServices, type QueueServices } from './queueServices.mts';

export { packPackage } from './packPackage.mts';

const HOST = '127.0.0.1';
const READY_TIMEOUT_MS = 180_000;
const GRACEFUL_SHUTDOWN_S = 5;
const STOP_TIMEOUT_MS = (GRACEFUL_SHUTDOWN_S + 10) * 1000;

export interface StartN8nOptions {
	/** Holds database, binary data and installed packages; a second start goes on with them. */
	userFolder: string;
	/** The package as unpacked from npm's tarball (see `packPackage`); without it, none is installed. */
	packageDir?: string;
	/** Further packages beside it, unpacked likewise. */
	otherPackageDirs?: readonly string[];
	/** Main port; any free one by default. */
	port?: number;
	/** How long a process may take until it answers. */
	readyTimeoutMs?: number;
	env?: Record<string, string>;
	/** `queue`: a main process, workers and a webhook processor over Redis and PostgreSQL. */
	mode?: 'regular' | 'queue';
	workerCount?: number;
	/** How many executions a worker runs at once; 10 by default, as n8n's own. */
	workerConcurrency?: number;
	/** In queue mode; somebody has to share the calls out among several. */
	webhookProcessorCount?: number;
	/** Repository root. */
	root?: string;
}

export interface N8nHandle {
	/** Editor and REST API. */
	readonly url: string;
	/** Where production and waiting webhooks arrive; the webhook processor in queue mode. */
	readonly webhookUrl: string;
	/** Of every webhook processor; in regular mode, n8n's own. */
	readonly webhookUrls: string[];
	readonly userFolder: string;
	/** In queue mode, the name of its PostgreSQL database. */
	readonly database?: string;
	/** Main first, then the workers, then the webhook processors. */
	pids(): number[];
	logs(): string;
	/** Ends n8n gracefully; in queue mode also drops the database. */
	stop(): Promise<void>;
	/** SIGKILL for every process; database and folder stay for `restart`. */
	kill(): Promise<void>;
	/** Same ports, folder and database, so that URLs handed out before still work. */
	restart(): Promise<void>;
}

interface Role {
	name: string;
	args: string[];
	port: number;
	readyPath: string;
	env: Record<string, string>;
}

export async function startN8n(options: StartN8nOptions): Promise<N8nHandle> {
	const {
		userFolder,
		packageDir,
		otherPackageDirs = [],
		mode = 'regular',
		root = process.cwd(),
		readyTimeoutMs = READY_TIMEOUT_MS,
	} = options;
	const runtime = findN8n(root);
	mkdirSync(userFolder, { recursive: true });
	for (const dir of [...(packageDir ? [packageDir] : []), ...otherPackageDirs]) {
		installCommunityPackage(userFolder, dir);
	}

	const services = mode === 'queue' ? await createQueueServices(root) : undefined;
	const [main, ...helpers] = await planRoles(options, services);
	const processors = helpers.filter(({ args }) => args[0] === 'webhook');
	const webhookUrls = (processors.length > 0 ? processors : [main]).map(originOf);
	const webhookUrl = webhookUrls.at(-1) ?? originOf(main);
	const running: ManagedProcess[] = [];

	const startRole = async (role: Role) => {
		const child = new ManagedProcess({
			name: role.name,
			program: runtime.node,
			args: [runtime.cli, ...role.args],
			cwd: n8nFolder(root),
			env: {
				...inheritedEnv(),
				...quietEnv(userFolder, webhookUrl),
				...services?.env,
				...role.env,
				...options.env,
			},
		});
		running.push(child);
		await waitUntilReady(child, role.name, readyTimeoutMs, () => isReady(role));
	};
	const start = async () => {
		// The main process migrates the database, so the others must find it done.
		await startRole(main);
		await Promise.all(helpers.map(startRole));
	};
	const endAll = async (end: (child: ManagedProcess) => Promise<void>) => {
		await Promise.all(running.map(end));
		logOfEarlierStarts += running.map((child) => child.logs()).join('');
		running.length = 0;
	};
	let logOfEarlierStarts = '';

	const handle: N8nHandle = {
		url: originOf(main),
		webhookUrl,
		webhookUrls,
		userFolder,
		database: services?.database,
		pids: () => running.map(({ pid }) => pid),
		logs: () => logOfEarlierStarts + running.map((child) => child.logs()).join(''),
		async stop() {
			await endAll((child) => child.stop(STOP_TIMEOUT_MS));
			await services?.remove();
		},
		kill: () => endAll((child) => child.kill()),
		async restart() {
			await endAll((child) => child.stop(STOP_TIMEOUT_MS));
			await start();
		},
	};
	try {
		await start();
	} catch (error) {
		await handle.kill();
		await services?.remove();
		throw error;
	}
	return handle;
}

async function planRoles(
	{ port, workerCount = 2, workerConcurrency = 10, webhookProcessorCount = 1 }: StartN8nOptions,
	services?: QueueServices,
): Promise<[Role, ...Role[]]> {
	const mainPort = await freePort(port);
	const main = { name: 'n8n', args: ['start'], port: mainPort };
	const helpers = services
		? [
				...Array.from({ length: workerCount }, (_, index) => ({
					name: `n8n worker ${index + 1}`,
					args: ['worker', `--concurrency=${workerConcurrency}`],
				})),
				...Array.from({ length: webhookProcessorCount }, (_, index) => ({
					name: `n8n webhook processor ${index + 1}`,
					args: ['webhook'],
				})),
			]
		: [];
	// Every process has a port of its own and a second one for its broker of task runners.
	const ports = (await freePorts(2 * helpers.length + 2)).filter((free) => free !== mainPort);
	const role = (plan: { name: string; args: string[]; port?: number }): Role => {
		const ownPort = plan.port ?? ports.pop() ?? 0;
		const isWorker = plan.args[0] === 'worker';
		return {
			...plan,
			port: ownPort,
			readyPath: '/healthz/readiness',
			env: {
				...(isWorker
					? { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(ownPort) }
					: { N8N_PORT: String(ownPort) }),
				N8N_RUNNERS_BROKER_PORT: String(ports.pop()),
			},
		};
	};
	return [role(main), ...helpers.map(role)];
}

function originOf(role: Role): string {
	return `http://${HOST}:${role.port}`;
}

async function isReady(role: Role): Promise<boolean> {
	const { ok } = await fetch(originOf(role) + role.readyPath);
	if (!ok || role.args[0] !== 'start') return ok;
	// While it starts, n8n answers any path with 200 and a text; the settings come last, as JSON.
	const settings = await fetch(`${originOf(role)}/rest/settings`);
	return settings.headers.get('content-type')?.includes('json') ?? false;
}

/** n8n reads hundreds of variables; none of the caller's own settings may change what a test sees. */
function inheritedEnv(): NodeJS.ProcessEnv {
	const ours = /^(N8N_|EXECUTIONS_|QUEUE_|DB_|WEBHOOK_|npm_|NODE_OPTIONS$|NODE_ENV$|JEST_)/;
	return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** No calls home, no banners or surveys over the editor, plain HTTP on the loopback. */
function quietEnv(userFolder: string, webhookUrl: string): Record<string, string> {
	return {
		N8N_USER_FOLDER: userFolder,
		N8N_LISTEN_ADDRESS: HOST,
		N8N_HOST: HOST,
		WEBHOOK_URL: webhookUrl,
		N8N_SECURE_COOKIE: 'false',
		N8N_DEFAULT_BINARY_DATA_MODE: 'filesystem',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: String(GRACEFUL_SHUTDOWN_S),
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
		N8N_LOG_OUTPUT: 'console',
		GENERIC_TIMEZONE: 'UTC',
		TZ: 'UTC',
	};
}

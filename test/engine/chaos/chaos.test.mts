import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { clock } from '../../../nodes/shared/n8n/clock.ts';
import { thisProcess } from '../../../nodes/shared/n8n/process.ts';
import { openWaits } from '../../../nodes/shared/parking/progress.ts';
import { ownVideoAt } from '../../../sandbox/media.mts';
import { vendors, type RecordedRequest, type Sandbox } from '../../../sandbox/types.mts';
import { useBench } from '../bench.mts';
import { judge } from './judge.mts';
import { modes, play, sources, type Outcome } from './play.mts';
import { randomOf } from './random.mts';
import { countFaults, spoil, type Struck } from './weather.mts';
import { World } from './world.mts';

/** What `npm test` throws always, and `npm run test:chaos` many times as much of, at random. */
const { CHAOS_SEED = '20261120', CHAOS_ITEMS = '72' } = process.env;
const seed = Number(CHAOS_SEED);
const wantedItems = Number(CHAOS_ITEMS);

/** Within so many runs every vendor makes videos from everything. */
const SHORTEST = vendors.length * sources.length;
const MAX_ITEMS_PER_RUN = 6;
const itemsPerRun = Math.min(MAX_ITEMS_PER_RUN, Math.max(1, Math.floor(wantedItems / SHORTEST)));
const runs = Math.ceil(wantedItems / itemsPerRun);
const isLong = wantedItems >= 500;

const RUNS_AT_ONCE = 6;
/** Whatever a node still does when nothing is left for it to do ends by itself after so long. */
const LAST_SLEEP_MS = 10 * 60_000;

const bench = useBench();

interface LoggerModule {
	Logger: new (...parameters: never[]) => Record<string, (...args: unknown[]) => void>;
}
interface DiModule {
	Container: { get<T>(type: new (...parameters: never[]) => T): T };
}

/** Every line that goes to n8n's log. */
function listenToLog(): string[] {
	const fromCore = createRequire(require.resolve('n8n-core'));
	const { Logger } = fromCore('@n8n/backend-common') as LoggerModule;
	const { Container } = fromCore('@n8n/di') as DiModule;
	const lines: string[] = [];
	const logger = Container.get(Logger);
	for (const level of ['debug', 'info', 'warn', 'error']) {
		jest.spyOn(logger, level).mockImplementation((...args: unknown[]) => {
			lines.push(JSON.stringify(args));
		});
	}
	return lines;
}

afterEach(() => jest.restoreAllMocks());

/** What keeps the process alive, by kind: sockets, servers, timers, files. */
function openHandles(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const kind of process.getActiveResourcesInfo()) {
		// The next turn of the loop, in which this very test goes on.
		if (kind !== 'Immediate') counts[kind] = (counts[kind] ?? 0) + 1;
	}
	return counts;
}

const more = (now: Record<string, number>, before: Record<string, number>) =>
	Object.entries(now).filter(([kind, count]) => count > (before[kind] ?? 0));

/** Whether something becomes so within the time that sockets need to close, and stays so. */
async function settles(isSo: () => boolean): Promise<boolean> {
	let inARow = 0;
	for (let left = 1000; left > 0 && inARow < 20; left--) {
		inARow = isSo() ? inARow + 1 : 0;
		await pause(2);
	}
	return inARow === 20;
}

test(`${runs * itemsPerRun} items in bad weather (CHAOS_SEED=${seed})`, async () => {
	thisProcess.startedAt = 0;
	jest.mocked(clock.random).mockImplementation(randomOf(seed));
	const log = listenToLog();
	const sandbox = bench.sandbox();
	const handlesBefore = openHandles();
	const waitsBefore = openWaits(thisProcess);
	const world = new World(bench.credentials(), randomOf(seed), bench.clock());
	await world.open();
	spoil(sandbox, seed, world.elsewhereUrl);
	let isOver = false;
	const ticking = (async () => {
		while (!isOver) {
			await clock.sleep(4_000);
			await sandbox.tick();
			world.tick();
		}
	})();

	const outcomes: Outcome[] = [];
	let next = 0;
	const players = Array.from({ length: RUNS_AT_ONCE }, async () => {
		while (next < runs) {
			outcomes.push(await play(next++, { sandbox, world, seed, itemsPerRun }));
		}
	});
	await Promise.all(players);
	isOver = true;
	await ticking;
	await world.untilNobodyRings(sandbox);
	const overAt = clock.now();
	const isAtRest = await settles(() => bench.clock().sleepers() === 0 && sandbox.inFlight() === 0);
	const lastSleepMs = clock.now() - overAt;
	await world.close();
	await settles(() => more(openHandles(), handlesBefore).length === 0);

	const { told, seen, wrong } = judge(outcomes, { sandbox, world, log: log.join('\n') });
	const twice = world.started.map(({ json }) => json.taskId).filter(isRepeated);
	const foreign = sandbox.requests.filter(({ path }) => path.includes('-other.mp4'));
	const isOpen = world.executions.filter(
		({ state }) => state === 'running' || state === 'waiting',
	).length;
	expect({
		wrong,
		'delivered twice to a trigger': twice,
		'downloads of videos of other tasks': foreign.map(({ path }) => path),
		'keys that have leaked': leakedKeys(sandbox, [
			...outcomes.map(({ everything }) => everything),
			...log,
			...world.strangeRequests,
			JSON.stringify(world.started),
		]),
		'pollers that ring': world.livePollers().length,
		'executions that wait': isOpen,
		'waits that are remembered': openWaits(thisProcess) - waitsBefore,
		'somebody sleeps or asks': !isAtRest,
		'somebody slept on for too long': lastSleepMs > LAST_SLEEP_MS && lastSleepMs,
		'open handles': more(openHandles(), handlesBefore),
	}).toEqual({
		wrong: [],
		'delivered twice to a trigger': [],
		'downloads of videos of other tasks': [],
		'keys that have leaked': [],
		'pollers that ring': 0,
		'executions that wait': 0,
		'waits that are remembered': 0,
		'somebody sleeps or asks': false,
		'somebody slept on for too long': false,
		'open handles': [],
	});

	const faults = countFaults(sandbox);
	const items = runs * itemsPerRun;
	const sum = (field: 'kills' | 'retries') =>
		outcomes.reduce((total, outcome) => total + outcome[field], 0);
	const happened = { kills: sum('kills'), retries: sum('retries'), ...world.faults };
	report({ items, tasks: sandbox.tasks().length, ...told, ...happened }, faults);

	expect([...seen]).toEqual(expect.arrayContaining([...vendors, ...modes, ...sources]));
	expect(Object.entries(happened).filter(([, count]) => count === 0)).toEqual([]);
	expect(neverStruck(faults)).toEqual([]);
	expect(told.video / items).toBeGreaterThan(isLong ? 0.85 : 0.7);
	expect(log.length).toBeGreaterThan(0);
}, 1_200_000);

/** Every kind of fault has to strike somewhere, and in a long run everywhere. */
function neverStruck(faults: ReadonlyMap<string, Struck>): string[] {
	const byKind = new Map<string, number>();
	const missing: string[] = [];
	for (const [operation, { effects }] of faults) {
		const struck = [...effects.values()].reduce((sum, count) => sum + count, 0);
		if (struck === 0 && effects.size > 0) missing.push(operation);
		for (const [kind, count] of effects) {
			byKind.set(kind, (byKind.get(kind) ?? 0) + count);
			if (isLong && count === 0 && operation !== 'keys') missing.push(`${operation}: ${kind}`);
		}
	}
	return [...missing, ...[...byKind].flatMap(([kind, count]) => (count === 0 ? [kind] : []))];
}

function report(numbers: Record<string, number>, faults: ReadonlyMap<string, Struck>): void {
	const inWords = (counts: Iterable<[string, number]>) =>
		[...counts].map(([name, count]) => `${name} ${count}`).join(', ');
	const lines = [...faults].map(([operation, { requests, effects }]) => {
		const struck = [...effects.values()].reduce((sum, count) => sum + count, 0);
		return `  ${operation}: ${struck} of ${requests} (${inWords(effects)})`;
	});
	const head = `chaos, CHAOS_SEED=${seed}: ${inWords(Object.entries(numbers))}`;
	process.stdout.write(`${[head, ...lines].join('\n')}\n`);
}

const isRepeated = (taskId: unknown, index: number, all: unknown[]) => all.indexOf(taskId) < index;

/** Keys in what went to anybody but their vendor's API. */
function leakedKeys({ apiKeys, requests }: Sandbox, texts: string[]): string[] {
	/** A video that lies at its vendor is asked for with this vendor's key. */
	const withoutItsOwn = (request: RecordedRequest): string => {
		const atVendor = ownVideoAt(new URL(request.path, 'http://sandbox').pathname);
		const told = JSON.stringify(request);
		return atVendor === undefined ? told : told.replaceAll(apiKeys[atVendor.vendor], '');
	};
	const everything = [
		...texts,
		...requests.filter(({ operation }) => operation === 'media').map(withoutItsOwn),
	];
	return Object.values(apiKeys).filter((key) => everything.some((text) => text.includes(key)));
}

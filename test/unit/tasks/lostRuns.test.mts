import { fail, ok } from '../../../nodes/shared/domain/result';
import type { ListedOrder, Transport, VendorApi } from '../../../nodes/shared/domain/vendor';
import { createClaims } from '../../../nodes/shared/tasks/claims';
import { contextLedger } from '../../../nodes/shared/tasks/ledger';
import type { Order } from '../../../nodes/shared/tasks/order';
import type { Session } from '../../../nodes/shared/tasks/session';
import { takeTask } from '../../../nodes/shared/tasks/submit';
import { randomFrom } from '../../clips/random.mts';
import { Time } from '../fakes/time.mts';
import { answer, modelOf, providerOf } from '../helpers.mts';
import { fault, modelId, scripted } from './session.mts';

/** What a vendor's list tells of an order, beside when and of which model. */
type Tells = 'prompts' | 'names' | 'neither';

interface Made {
	taskId: string;
	/** Whose order it was. */
	owner: string;
	prompt: string;
	mark?: string;
	createdMs: number;
	visibleFrom: number;
}

/** One account at one vendor, in bad weather. */
function createWorld(seed: number) {
	const random = randomFrom(`lost ${seed}`);
	const isSo = (percent: number) => random(100) < percent;
	const time = new Time();
	const tells: Tells = (['prompts', 'names', 'neither'] as const)[random(3)] ?? 'prompts';
	const made: Made[] = [];
	// Where a list tells no prompts, what a stranger has ordered must be seen to be told apart.
	const lagMs = isSo(50) ? 0 : random(tells === 'neither' ? 20_000 : 90_000);

	const make = (owner: string, prompt: string, mark?: string) => {
		const taskId = `task-${made.length + 1}`;
		const createdMs = time.now();
		made.push({
			taskId,
			owner,
			prompt,
			mark,
			createdMs,
			visibleFrom: createdMs + random(lagMs + 1),
		});
		return taskId;
	};

	const listed = (): ListedOrder[] =>
		made
			.filter(({ visibleFrom }) => visibleFrom <= time.now())
			.map(({ taskId, createdMs, prompt, mark }) => {
				if (tells === 'names') return { taskId, mark };
				const common = { taskId, createdMs: Math.floor(createdMs / 1000) * 1000, modelId };
				return tells === 'prompts' ? { ...common, input: { prompt } } : { ...common, values: {} };
			});

	const vendor: VendorApi = {
		createTask: ({ input, mark = '' }) => ({
			method: 'POST',
			url: '/orders',
			body: { ...input },
			headers: { mark },
		}),
		readCreated: ({ body }) => ok({ taskId: String(body), status: 'queued' }),
		*look({ taskId }) {
			yield { method: 'GET', url: '/orders' };
			return ok({ taskId, status: 'running' });
		},
		*findLost() {
			const { httpStatus } = yield { method: 'GET', url: '/list' };
			if (httpStatus === 200) return ok(listed());
			return fail({ kind: 'serverError', message: 'no list', certainlyNotTaken: false });
		},
	};

	/** Takes the order or not, and loses the answer or not; both need some time. */
	const transportOf = (owner: string): Transport => ({
		openFile: async () => await Promise.reject(new Error('Not part of these tests')),
		async read({ url }) {
			await time.sleep(random(2_000));
			return ok(answer({}, url === '/list' && isSo(15) ? 500 : 200));
		},
		async submit({ body = {}, headers = {} }) {
			await time.sleep(random(4_000));
			const isTaken = isSo(70);
			const taskId = isTaken ? make(owner, String(body.prompt), headers.mark) : '';
			await time.sleep(random(isSo(20) ? 120_000 : 3_000));
			if (isTaken && isSo(50)) return ok(answer(taskId));
			return fault('noAnswer');
		},
	});
	return { random, isSo, time, tells, made, make, vendor, transportOf };
}

async function play(seed: number) {
	const world = createWorld(seed);
	const { random, isSo, time, vendor } = world;
	const usual = scripted();
	const found: string[] = [];
	const wrong: string[] = [];
	const itemsOf = Array.from({ length: 1 + random(2) }, () => 1 + random(4));

	const contexts = itemsOf.map(() => ({}));
	// What a process knows of all its orders; a restart loses it.
	let memory = { claims: createClaims(), knownSince: 0 };
	// Where no prompts are told, nothing is settled without a ledger that others share.
	const reference = world.tells === 'neither' ? { table: 'seedance_tasks', key: 'k' } : undefined;
	const { now, sleep, deadline } = time;
	const clock = { now, sleep, deadline, random: () => random(100) / 100 };
	const takeItem = async (execution: number, item: number, prompt: string) => {
		const owner = `${execution}:${item}`;
		const session: Session = {
			...usual.session,
			...memory,
			account: `account of run ${seed}`,
			clock,
			provider: { ...providerOf('apikley'), vendor },
			transport: world.transportOf(owner),
		};
		const more: Partial<Order> = {
			session,
			itemIndex: item,
			input: { prompt },
			model: modelOf('apikley', modelId),
			page: { ...contextLedger(contexts[execution] ?? {}).page(`item ${item}`), reference },
		};
		const { result, origin } = await takeTask([usual.order(more)]);
		if (!result.ok) return;
		const { taskId } = result.value.task;
		const task = world.made.find((one) => one.taskId === taskId);
		if (task?.owner !== owner)
			wrong.push(`seed ${seed}: item ${owner} has the task of ${task?.owner}`);
		else if (origin.foundAgain) found.push(taskId);
	};

	const items = itemsOf.flatMap((count, execution) =>
		Array.from({ length: count }, (_, item) => ({ execution, item, prompt: `Clip ${random(3)}` })),
	);
	// Whoever else uses the account: other prompts, and where no list tells any, never only one.
	const strangers = isSo(40) ? 2 + random(3) : 0;
	const beStranger = async () => {
		await time.sleep(random(20_000));
		world.make('stranger', 'Something else', 'name of a stranger');
	};
	const tries = 1 + random(3);
	for (let once = 0; once < tries; once++) {
		const work = items.map(async ({ execution, item, prompt }) => {
			await time.sleep(isSo(50) ? 0 : random(30_000));
			await takeItem(execution, item, prompt);
		});
		const others = once === 0 ? Array.from({ length: strangers }, beStranger) : [];
		await time.run(Promise.all([...work, ...others]));
		await time.pass(random(isSo(50) ? 5_000 : 3_600_000));
		if (isSo(30)) memory = { claims: createClaims(), knownSince: time.now() };
	}
	const owners = world.made.map(({ owner }) => owner).filter((owner) => owner !== 'stranger');
	const paidTwice = owners.length - new Set(owners).size;
	return { tells: world.tells, found, wrong, paidTwice };
}

/** `LOST_RUNS` says how many. */
const RUNS = Number(process.env.LOST_RUNS ?? 1000);

test(`${RUNS} runs in bad weather: nothing is paid twice, and nobody gets another one's task`, async () => {
	const foundBy: Record<Tells, number> = { prompts: 0, names: 0, neither: 0 };
	const wrong: string[] = [];
	let paidTwice = 0;
	for (let seed = 0; seed < RUNS; seed++) {
		const run = await play(seed);
		foundBy[run.tells] += run.found.length;
		wrong.push(...run.wrong);
		paidTwice += run.paidTwice;
	}
	expect({ wrong, paidTwice }).toEqual({ wrong: [], paidTwice: 0 });
	// So that the test is about something: lost orders were found by each kind of list.
	expect(Math.min(...Object.values(foundBy))).toBeGreaterThan(RUNS / 50);
	if (process.env.LOST_RUNS !== undefined)
		process.stdout.write(`found by list: ${JSON.stringify(foundBy)}\n`);
}, 120_000);

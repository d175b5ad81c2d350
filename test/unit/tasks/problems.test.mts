import type { INode } from 'n8n-workflow';
import { catalogue } from '../../nodes/shared/catalogue';
import {
	problemOfDownload,
	problemOfFault,
	problemOfInput,
	problemOfTask,
	problemOfTimeout,
	problemOfUnknownSubmission,
	toNodeError,
	type Problem,
} from '../../nodes/shared/errors';
import type { Fault, FaultKind } from '../../nodes/shared/faults';
import type { Task, TaskStatus } from '../../nodes/shared/vendors';

const node: INode = {
	id: '1',
	name: 'Seedance Text to Video',
	type: 'n8n-nodes-seedance.seedanceTextToVideo',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};
const provider = catalogue.apikley;
const taskId = 'task_bytedance_1765186729394';
const vendorWords = 'The request was canceled by upstream';

/** What each kind of fault tells: what happened, and the heart of the remedy. */
const texts: Record<FaultKind, readonly [RegExp, RegExp]> = {
	invalidInput: [/did not accept the parameters/, /Correct the parameter/],
	unauthorized: [/did not accept the API key/, /https:\/\/app\.apikley\.ru\/keys/],
	insufficientCredits: [/not enough credits/, /Top up the Apikley account/],
	forbidden: [/does not allow/, /what the API key may do/],
	notFound: [/does not know this task/, /Check the task ID/],
	rateLimited: [/too many requests/, /'Max Parallel Tasks'/],
	maintenance: [/under maintenance/, /Try again later/],
	generationFailed: [/could not generate the video/, /Change the prompt/],
	featureDisabled: [/switched this feature off/, /Choose another model/],
	rejected: [/did not take the request/, /base URL/],
	serverError: [/server error/, /Try again later/],
	unreadableAnswer: [/could not be read/, /base URL/],
	notReachable: [/could not be reached/, /network of this n8n instance/],
	noAnswer: [/did not answer/, /Try again later/],
	stopped: [/not asked any further/, /execution was stopped/],
};
const kinds = Object.keys(texts) as FaultKind[];

const fault = (kind: FaultKind, more: Partial<Fault> = {}): Fault => ({
	kind,
	message: vendorWords,
	vendorCode: '422',
	httpStatus: 200,
	...more,
});
const task = (status: TaskStatus, more: Partial<Task> = {}): Task => ({
	taskId,
	status,
	raw: {},
	...more,
});
const failure = { code: '500', message: vendorWords };
const running = { taskId, status: 'running' as const };

describe.each(kinds)('%s', (kind) => {
	const [happened, fix] = texts[kind];

	test('says what happened, how to go on, and the vendor’s own words', () => {
		const problem = problemOfFault(provider, fault(kind), taskId);
		expect(problem.message).toMatch(/^Apikley /);
		expect(problem.message).toMatch(happened);
		expect(problem.description).toMatch(fix);
		expect(problem.description).toContain(`Answer: "${vendorWords}" (code 422).`);
		expect(problem.description).toContain(`Task ID: ${taskId}.`);
		expect(problem).toMatchObject({ code: '422', taskId, httpStatus: 200 });
	});

	test('without a vendor’s code the kind is the code', () => {
		const problem = problemOfFault(provider, fault(kind, { vendorCode: undefined }), taskId);
		expect(problem.code).toBe(kind);
		expect(problem.description).toContain(`Answer: "${vendorWords}".`);
	});
});

test('without a task there is none to name', () => {
	const problem = problemOfFault(provider, fault('unauthorized'));
	expect(problem.description).not.toContain('Task ID:');
	expect(problem.taskId).toBeUndefined();
});

test('an unknown submission warns before a second payment', () => {
	const problem = problemOfUnknownSubmission(provider, fault('noAnswer'));
	expect(problem.message).toBe('Apikley may have accepted this video, but its answer was lost');
	expect(problem.description).toContain('before you pay again');
	expect(problem.description).toContain("the option 'Resubmit Unknown'");
	expect(problem.description).toContain(vendorWords);
	expect(problem.description).not.toContain('Nothing was submitted');
	expect(problemOfUnknownSubmission(provider).description).not.toContain('Answer');
});

describe('a task that ended badly', () => {
	test.each([
		['failed', `Apikley could not generate the video: ${vendorWords}`],
		['cancelled', `Apikley cancelled the task: ${vendorWords}`],
		['expired', `Apikley let the task expire before it was finished: ${vendorWords}`],
	] as const)('%s', (status, message) => {
		const problem = problemOfTask(provider, task(status, { failure }));
		expect(problem).toMatchObject({ message, code: '500', taskId, status });
		expect(problem.description).toContain('Change the prompt or the image');
		expect(problem.description).toContain('Code: 500.');
		expect(problem.description).toContain(`Task ID: ${taskId}.`);
	});

	test('without a reason the status is the reason', () => {
		const problem = problemOfTask(provider, task('expired'));
		expect(problem.message).toMatch(/: the task is expired$/);
		expect(problem).toMatchObject({ code: 'expired' });
		expect(problem.description).not.toContain('Code:');
	});
});

test('a timeout says that the task goes on, and how to get it', () => {
	const problem = problemOfTimeout(provider, running, 30, fault('serverError'));
	expect(problem.message).toBe(
		'The video was not finished after 30 minutes; it goes on at Apikley (running)',
	);
	expect(problem.description).toContain('Seedance Task, operation Wait');
	expect(problem.description).toContain('paid');
	expect(problem.description).toContain(`The last check did not work. Answer: "${vendorWords}"`);
	expect(problem.description).toContain(`Task ID: ${taskId}.`);
	expect(problem).toMatchObject({ code: 'timeout', taskId, status: 'running' });
	expect(problemOfTimeout(provider, running, 1).message).toContain('after 1 minute;');
	const unknown = problemOfTimeout(provider, { ...running, unknownStatus: 'upscaling' }, 1);
	expect(unknown.message).toContain('(upscaling)');
	expect(unknown.description).not.toContain('The last check');
});

test('a download that did not work keeps the URL', () => {
	const problem = problemOfDownload(
		task('succeeded', { videoUrl: 'https://v' }),
		'HTTP status 403',
	);
	expect(problem.description).toContain('downloads it again and does not pay again');
	expect(problem.description).toContain('Reason: HTTP status 403.');
	expect(problem.description).toContain('Video URL: https://v');
	expect(problem).toMatchObject({ code: 'downloadFailed', taskId, videoUrl: 'https://v' });
});

test('wrong input is told in the words of who found it', () => {
	expect(problemOfInput('Prompt must not be empty', 'Enter one.')).toStrictEqual({
		message: 'Prompt must not be empty',
		description: 'Enter one.',
		code: 'invalidInput',
	});
});

const problems: ReadonlyArray<readonly [string, Problem]> = [
	...kinds.map((kind) => [kind, problemOfFault(provider, fault(kind), taskId)] as const),
	['unknown submission', problemOfUnknownSubmission(provider, fault('noAnswer'))],
	['failed', problemOfTask(provider, task('failed', { failure }))],
	['cancelled', problemOfTask(provider, task('cancelled', { failure }))],
	['timeout', problemOfTimeout(provider, running, 30, fault('noAnswer'))],
	['download', problemOfDownload(task('succeeded', { videoUrl: 'https://v' }), vendorWords)],
	['input', problemOfInput('The Prompt was CANCELED', 'Enter one.')],
];

describe.each(problems)('the error of n8n for %s', (_, problem) => {
	const error = toNodeError(node, problem, 3, 'All items: [item 3] x (failed).');

	test('names the item in the message and carries its index', () => {
		expect(error.message).toMatch(/ \[item 3\]$/);
		expect(error.context.itemIndex).toBe(3);
		expect(error.node).toBe(node);
	});

	test('never has the word in its message that marks an execution as stopped', () => {
		expect(error.message).not.toMatch(/canceled/i);
		expect(error.name).not.toContain('Cancelled');
	});

	test('describes how to go on, and what became of the other items', () => {
		expect(error.description).toBe(`${problem.description} All items: [item 3] x (failed).`);
	});

	test('keeps the vendor’s HTTP status', () => {
		const expected = problem.httpStatus === undefined ? null : String(problem.httpStatus);
		expect(error.httpCode).toBe(expected);
	});
});

test('none of the package’s own words is one that n8n advises against', () => {
	for (const [, { message }] of problems) expect(message).not.toMatch(/problem|failure|mistake/i);
});

test.each(['ECONNRESET', 'ETIMEDOUT', 'getaddrinfo'])(
	'a vendor’s reason with %s in it keeps the message',
	(word) => {
		const reason = { message: `upstream: ${word}` };
		const problem = problemOfTask(provider, task('failed', { failure: reason }));
		expect(toNodeError(node, problem, 0).message).toBe(
			`Apikley could not generate the video: upstream: ${word} [item 0]`,
		);
	},
);

import type { Fault, FaultKind } from '../../../nodes/shared/domain/fault';
import type { Problem } from '../../../nodes/shared/domain/problem';
import type { Task, TaskStatus } from '../../../nodes/shared/domain/task';
import {
	kindOfEnd,
	problemOfAccess,
	problemOfAllRefusals,
	problemOfDownload,
	problemOfElsewhere,
	problemOfFault,
	problemOfHandOver,
	problemOfInput,
	problemOfLongAgo,
	problemOfTask,
	problemOfTimeout,
	problemOfTrouble,
	problemOfUncollected,
	problemOfUnknownSubmission,
} from '../../../nodes/shared/tasks/problems';
import { providerOf } from '../helpers.mts';

const provider = providerOf('apikley');
const taskId = 'task_bytedance_1765186729394';
const vendorWords = 'The request was canceled by upstream';

/** What each kind of fault tells: what happened, and the heart of the remedy. */
const texts: Record<FaultKind, readonly [RegExp, RegExp]> = {
	invalidInput: [/did not accept the parameters/, /Correct the parameter/],
	unauthorized: [/did not accept the API key/, /https:\/\/app\.apikley\.ru\/keys/],
	insufficientCredits: [/does not have enough credits/, /Top up the Apikley account/],
	tooExpensive: [/would cost more than 'Max Price' allows/, /raise 'Max Price'/],
	priceUnknown: [/does not tell what this video would cost/, /remove the option 'Max Price'/],
	forbidden: [/does not allow/, /what the API key may do/],
	notFound: [/does not know this task/, /Check the task ID/],
	conflict: [/does not allow this in the present state/, /operation Get/],
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
	certainlyNotTaken: true,
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
		const problem = problemOfFault(provider, fault(kind), { taskId });
		expect(problem.message).toMatch(/^Apikley /);
		expect(problem.message).toMatch(happened);
		expect(problem.description).toMatch(fix);
		expect(problem.description).toContain(`Answer: "${vendorWords}" (code 422).`);
		expect(problem.description).toContain(`Task ID: ${taskId}.`);
		expect(problem).toMatchObject({ code: '422', taskId, httpStatus: 200 });
	});

	test('without a vendor’s code the kind is the code', () => {
		const problem = problemOfFault(provider, fault(kind, { vendorCode: undefined }), { taskId });
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
	expect(problem.description).toContain("the option 'Order Again After a Lost Answer'");
	expect(problem.description).toContain(vendorWords);
	expect(problem.description).not.toContain('Nothing was submitted');
	expect(problemOfUnknownSubmission(provider).description).not.toContain('Answer: ');
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
		'The video was not finished after 30 minutes; it is still running at Apikley (running)',
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

test.each([
	['retry', 'A retry downloads it again and does not pay again.'],
	['get', 'Seedance Task, operation Get, downloads it with the task ID, which costs nothing.'],
] as const)('a download that did not work keeps the URL; the way is to %s', (way, words) => {
	const finished = task('succeeded', { videoUrl: 'https://v' });
	const problem = problemOfDownload(finished, 'HTTP status 403', way);
	expect(problem.description).toContain(words);
	expect(problem.description).toContain('Reason: HTTP status 403.');
	expect(problem.description).toContain('Video URL: https://v');
	expect(problem).toMatchObject({ code: 'downloadFailed', taskId, videoUrl: 'https://v' });
});

test('wrong input is told in the words of who found it', () => {
	expect(problemOfInput('Prompt must not be empty', 'Enter one.')).toStrictEqual({
		message: 'Prompt must not be empty',
		description: 'Enter one.',
		kind: 'invalidInput',
		code: 'invalidInput',
	});
});

test('a vendor that cannot be asked names the task, if there is one', () => {
	expect(problemOfAccess('No credential', 'Choose one.', { taskId })).toStrictEqual({
		message: 'No credential',
		description: `Choose one. The task of this item is paid for and goes on at the vendor. Task ID: ${taskId}.`,
		kind: 'noAccess',
		code: 'noAccess',
		taskId,
	});
	expect(problemOfAccess('No credential', 'Choose one.')).toStrictEqual({
		message: 'No credential',
		description: 'Choose one.',
		kind: 'noAccess',
		code: 'noAccess',
	});
});

test('a wait that could not be handed over: the task is paid for', () => {
	const problem = problemOfHandOver(provider, running, 'no worker');
	expect(problem.message).toMatch(/^The video is submitted to Apikley, but n8n did not let/);
	expect(problem.description).toBe(
		`It is paid for: get it with the node Seedance Task, operation Wait. Reason: no worker. Task ID: ${taskId}.`,
	);
	expect(problem).toMatchObject({ code: 'handOverFailed', taskId, status: 'running' });
});

test('a video that nobody collected: the task is paid for', () => {
	const problem = problemOfUncollected(provider, running);
	expect(problem.message).toContain('was not collected from Apikley');
	expect(problem.description).toMatch(/^It is paid for: .*operation Wait\..*WEBHOOK_URL/);
	expect(problem.description).toContain(`Task ID: ${taskId}.`);
	expect(problem).toMatchObject({ code: 'notCollected', taskId, status: 'running' });
});

const problems: ReadonlyArray<readonly [string, Problem]> = [
	...kinds.map((kind) => [kind, problemOfFault(provider, fault(kind), { taskId })] as const),
	['unknown submission', problemOfUnknownSubmission(provider, fault('noAnswer'))],
	['failed', problemOfTask(provider, task('failed', { failure }))],
	['timeout', problemOfTimeout(provider, running, 30, fault('noAnswer'))],
	['download', problemOfDownload(task('succeeded', { videoUrl: 'https://v' }), 'no', 'retry')],
	['hand over', problemOfHandOver(provider, running, 'no')],
	['uncollected', problemOfUncollected(provider, running)],
	['long ago', problemOfLongAgo(provider, running)],
	['elsewhere', problemOfElsewhere('kie', running)],
	['no access', problemOfAccess('No credential', 'Choose one.', running)],
	['trouble', problemOfTrouble(running, 'a bug')],
];

test.each(problems)('%s is told in whole sentences and plain words', (_, problem) => {
	expect(problem.message).toMatch(/^[A-Z].*[^.]$/);
	expect(problem.message).not.toMatch(/problem|failure|mistake/i);
	expect(problem.description).not.toMatch(/undefined|\s\s|^\s|\s$/);
});

const ofTasks = problems.filter(([, problem]) => problem.taskId !== undefined);

test.each(ofTasks)('%s names its task to whoever reads it', (_, problem) => {
	expect(problem.taskId).toBe(taskId);
	expect(problem.description).toContain(`Task ID: ${taskId}.`);
});

describe('advice that fits', () => {
	test.each([
		['OutputAudioSensitiveContentDetected', 'The output audio may contain sensitive information'],
		['500', 'Copyrighted music was flagged by moderation'],
	])('of a check of the sound (%s): Generate Audio', (code, message) => {
		const failed = problemOfTask(provider, task('failed', { failure: { code, message } }));
		expect(failed.description).toContain("switch 'Generate Audio' off");
		const refused = problemOfFault(provider, fault('invalidInput', { message }));
		expect(refused.description).toContain("switch 'Generate Audio' off");
	});

	test.each([
		['InputTextSensitiveContentDetected', 'The request failed'],
		['400', 'Your prompt was flagged as violating our content policy'],
	])('of a check of contents (%s): what it is, and not a parameter', (vendorCode, message) => {
		const refused = problemOfFault(provider, fault('invalidInput', { vendorCode, message }));
		expect(refused.message).toMatch(/its check of contents objects to the prompt or a file$/);
		expect(refused.description).toContain('Change what the vendor objects to');
		const failure = { code: vendorCode, message };
		const failed = problemOfTask(provider, task('failed', { failure }));
		expect(failed.description).toMatch(/^That is the vendor's check of contents\. Change what/);
	});

	test.each(['nsfw_checker must be a boolean', 'resolution is case-sensitive'])(
		'of a parameter: %s',
		(message) => {
			const refused = problemOfFault(provider, fault('invalidInput', { message }));
			expect(refused.message).toMatch(/did not accept the parameters$/);
		},
	);

	test.each(['the prompt was flagged by moderation', 'the audio could not be decoded'])(
		'not of %s',
		(message) => {
			const failed = problemOfTask(provider, task('failed', { failure: { message } }));
			expect(failed.description).not.toContain('Generate Audio');
		},
	);

	test.each([
		[403, '<!DOCTYPE html><html><head><title>Just a moment...</title>', /Cloudflare/],
		[503, '<html><body>cloudflare ray 1</body></html>', /Cloudflare/],
		[404, '<!doctype html><html><h1>Welcome</h1></html>', /a web page came instead/],
	])('of a page in place of an answer (HTTP %i)', (httpStatus, message, happened) => {
		const problem = problemOfFault(provider, fault('forbidden', { httpStatus, message }));
		expect(problem.message).toMatch(/^Apikley was not reached: /);
		expect(problem.message).toMatch(happened);
		expect(problem.description).toContain('base URL');
		expect(problem.description).not.toMatch(/<|>/);
	});

	test('of a base URL that redirects', () => {
		const redirect = fault('unreadableAnswer', {
			httpStatus: 301,
			message: 'it redirects to https://api.new.example',
		});
		expect(problemOfFault(provider, redirect).message).toContain('redirects to another one');
		const unknown = problemOfUnknownSubmission(provider, redirect);
		expect(unknown.description).toContain("as the credential's base URL");
		expect(unknown.description).toContain('https://api.new.example');
	});

	test('of a finished task without a video: its words', () => {
		const empty = {
			failure: { kind: 'noVideo' as const, code: 'noVideo', message: 'moderation: too wild' },
		};
		const problem = problemOfTask(provider, task('failed', empty));
		expect(problem.message).toBe('Apikley finished the task without a video: moderation: too wild');
	});

	test('of all vendors that refused: each with its reason', () => {
		const last = problemOfFault(provider, fault('insufficientCredits'));
		const problem = problemOfAllRefusals(
			last,
			['A', 'B', 'C'],
			['A is away: 503', 'B has no credits: 402.', 'C: no'],
		);
		expect(problem).toMatchObject({
			message: 'None of the 3 providers took the video: A, B, C',
			description: '1. A is away: 503. 2. B has no credits: 402. 3. C: no. Nothing was submitted.',
			code: last.code,
		});
	});
});

test('what the vendor’s support needs stands in text and problem', () => {
	const { description, requestId, kind, code } = problemOfFault(provider, {
		kind: 'invalidInput',
		message: 'No',
		vendorCode: 'E1',
		requestId: 'req-7',
		certainlyNotTaken: true,
	});
	expect(description).toContain('Answer: "No" (code E1, request ID req-7).');
	expect({ requestId, kind, code }).toEqual({
		requestId: 'req-7',
		kind: 'invalidInput',
		code: 'E1',
	});
});

test.each([
	['failed', undefined, 'generationFailed'],
	['cancelled', undefined, 'cancelled'],
	['expired', { message: 'late' }, 'expired'],
	['failed', { kind: 'noVideo', message: 'empty' }, 'noVideo'],
] as const)('a task that is %s with %j is of the kind %s', (status, failure, kind) => {
	expect(kindOfEnd({ status, failure })).toBe(kind);
});

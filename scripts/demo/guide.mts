import { join } from 'node:path';
import { accountsForExamples, approver, promptSheet } from '../../lab/exampleNeeds.mts';
import type { ImportedWorkflow } from '../../lab/importWorkflows.mts';
import type { WorkflowInput } from '../../lab/n8nTypes.mts';
import { callers } from '../../lab/standIns/credentials.mts';
import type { SheetRow } from '../../lab/standIns/google.mts';

export const ACCOUNT = { email: 'demo@example.com', password: 'Seedance-demo-1' };

/** How long the sandbox takes for a video. */
export const GENERATION_MS = 8000;

/** Before that nothing is delivered into paused executions, because n8n may still be recovering. */
export const YOUNG_MS = 60_000;

/** An example as somebody needs it who wants to try it. */
export interface Recipe {
	number: string;
	name: string;
	url: string;
	/** Where its published form is. */
	form?: string;
	hint?: string;
	pauses: boolean;
	problem?: string;
}

export interface Guide {
	n8nUrl: string;
	recipes: Recipe[];
	/** Where the people are with whom the workflows speak. */
	peopleUrl: string;
	/** From when on paused executions get their videos at once, in epoch milliseconds. */
	deliversAt: number;
}

/** While an execution waits, the editor shows no output: it stands under Executions. */
const approval = (page: string) =>
	`the ${page} opens by itself, where the browser lets it; else its address is "formUrl" in the output of "Ask the Approver" under Executions, in the run that is waiting (with the flask). It asks for "${approver.user}" with the password "${approver.password}"`;

/** What somebody who tries an example cannot see in it, by the beginning of its file's name. */
export const hints: Record<string, string> = {
	'02': `a picture to upload: ${join('sandbox', 'media', 'sample.png')}`,
	'03': `the sheet: Overview, Data tables, ${promptSheet.name}; one of its prompts is refused by the vendor's check of contents`,
	'05a': 'orders a video, which arrives in 05b: see the Executions there',
	'05b': 'run 05a, and look under Executions here',
	'07': 'a stand-in for the chat model passes on your words as the prompt',
	'08': `the account at kie.ai holds ${accountsForExamples.balances.kie} credits where 100 are wanted, so AI/ML API makes the video: see "Who Made It"`,
	'09': approval("approver's page"),
	'10': 'two orders are left over after each start of the demo; "Execute workflow" collects them',
	'12': 'a stand-in writes the script, draws the pictures and speaks',
	'13': approval("approver's form"),
	'16': 'send the bot a photo on the page of the people; it is published',
	'17': `POST {"prompt": "…"} to the "Production URL" of "New Video", with the header ${callers.headerName}: ${callers.key}; the answer's "statusUrl" with the same header tells when the video is there`,
	'18': 'order by its form; mails and WhatsApp messages arrive on the page of the people',
	'19': 'the sheet is on the page of the people; one of its files is missing',
	'20': `the address for an MCP client is the "Production URL" of "MCP Server Trigger", the bearer token is ${callers.token}`,
};

/** Examples whose other end is on the page of the people. */
export const withPeople: readonly string[] = ['16', '18', '19'];

/** What stands in the sheet of 19 at first. */
export const sheetOfPhotos: SheetRow[] = [
	{ image: 'shoe.png', prompt: 'The shoe turns slowly on a plinth, soft studio light' },
	{ image: 'cup.png', prompt: 'Steam rises from the cup', model: 'seedance-1-0-pro-fast-251015' },
	{ image: 'hat.png', prompt: 'A row whose file is not in the folder' },
];

const pausesFirst =
	'It pauses while a video is made. In the first minute after the start of n8n that takes until the minute is over';

export const numberOf = (file: string): string => file.split('-')[0] ?? '';

const pauses = ({ nodes }: WorkflowInput): boolean =>
	nodes.some(({ parameters }) => parameters.completion === 'pause');

/** What is to be known of an example in the demo, in sentences. */
const hintOf = (file: string): string | undefined => {
	const hint = hints[numberOf(file)];
	return hint && `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`;
};

/** The note about the demo in an example: what is to be known, and where everything else stands. */
export function noteOf(
	file: string,
	workflow: WorkflowInput,
	{ pageUrl, peopleUrl }: { pageUrl: string; peopleUrl: string },
): string {
	const number = numberOf(file);
	const lines = [
		hintOf(file),
		pauses(workflow) ? `${pausesFirst}.` : undefined,
		withPeople.includes(number)
			? `Its other end is on [the page of the people](${peopleUrl}).`
			: undefined,
		`[All workflows, and what is being made](${pageUrl}#${number})`,
	];
	return ['## In the demo', ...lines.filter((line) => line !== undefined)].join('\n');
}

export function recipeOf(
	{ file, workflow, activationProblem }: ImportedWorkflow,
	n8nUrl: string,
	stored: WorkflowInput,
): Recipe {
	const form = stored.nodes.find(({ type }) => type === 'n8n-nodes-base.formTrigger')?.webhookId;
	return {
		number: numberOf(file),
		name: workflow.name,
		url: `${n8nUrl}/workflow/${workflow.id}`,
		form: form === undefined ? undefined : `${n8nUrl}/form/${form}`,
		hint: hintOf(file),
		pauses: pauses(stored),
		problem: activationProblem && `It is not active: ${activationProblem}`,
	};
}

/** What is said in the terminal when everything is there. */
export function guideText(
	{ n8nUrl, recipes, peopleUrl }: Guide,
	pageUrl: string,
	folder: string,
): string {
	const [first, ...others] = recipes;
	const lines = [
		'',
		'n8n is ready, with the Seedance nodes, credentials and example workflows in it.',
		'',
		`  Open       ${first?.url ?? n8nUrl}`,
		`  Email      ${ACCOUNT.email}`,
		`  Password   ${ACCOUNT.password}`,
		'',
		first
			? `Sign in and click "Execute workflow". A video takes ${GENERATION_MS / 1000} seconds here, and the whole run some 10 to 30, by the machine. Then double-click "Seedance Text to Video": "View" on the right plays the video, "Table" shows the row.`
			: 'Make a workflow and add "Seedance Text to Video": its credentials are there already.',
		'',
		`All of this, and what is being made at the moment: ${pageUrl}`,
		`Telegram, mails, WhatsApp and the Google Sheet of the workflows: ${peopleUrl}`,
		'',
		'Nothing is paid and no key is needed: a sandbox on this machine stands in for the vendors.',
		'Every video is the same short test clip. A workflow that pauses shows as "waiting" until its video is there;',
		'in the first minute after the start of n8n that takes until the minute is over.',
		'',
		...(others.length > 0 ? ['More to try; the notes in each workflow say what it does:', ''] : []),
		...others.flatMap(linesOf),
		'',
		'Press Ctrl-C to end. n8n keeps its workflows for the next start; the sandbox forgets its tasks.',
		`To start afresh, delete the folder ${folder}.`,
	];
	return lines.join('\n');
}

const linesOf = ({ name, url, form, hint, pauses: itPauses, problem }: Recipe): string[] => [
	`  ${name}${itPauses ? ' (pauses)' : ''}`,
	`    ${url}`,
	...(form ? [`    its form: ${form}`] : []),
	...(hint ? [`    ${hint}`] : []),
	...(problem ? [`    ${problem}`] : []),
];

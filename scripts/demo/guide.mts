import { join } from 'node:path';
import { accountsForExamples, approver, promptSheet } from '../../lab/exampleNeeds.mts';
import type { ImportedWorkflow } from '../../lab/importWorkflows.mts';
import type { WorkflowInput } from '../../lab/n8nTypes.mts';

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
	problem?: string;
}

export interface Guide {
	n8nUrl: string;
	recipes: Recipe[];
	/** From when on paused executions get their videos at once, in epoch milliseconds. */
	deliversAt: number;
}

const whoApproves = `it asks for the approver, "${approver.user}" with the password "${approver.password}"`;

/** What somebody who tries an example cannot see in it, by the beginning of its file's name. */
export const hints: Record<string, string> = {
	'02': `a picture to upload: ${join('sandbox', 'media', 'sample.png')}`,
	'03': `the sheet: Overview, Data tables, ${promptSheet.name}; one of its prompts is refused by the vendor's check of contents`,
	'05a': 'starts 05b, which is published: see its Executions',
	'07': 'a stand-in for the chat model passes on your words as the prompt',
	'08': `the account at kie.ai holds ${accountsForExamples.balances.kie} credits where 100 are wanted, so AI/ML API makes the video: see "Who Made It"`,
	'09': `the approver's page is "formUrl" in the output of "Ask the Approver"; ${whoApproves}`,
	'10': 'two orders are left over after each start of the demo; "Execute workflow" collects them',
	'12': 'a stand-in writes the script, draws the pictures and speaks',
	'13': `the approver's form is "formUrl" in the output of "Ask the Approver"; ${whoApproves}`,
};

const pausesFirst =
	'its video comes when the execution is resumed; in the first minute after the start of n8n that takes until the minute is over';

export const numberOf = (file: string): string => file.split('-')[0] ?? '';

const pauses = ({ nodes }: WorkflowInput): boolean =>
	nodes.some(({ parameters }) => parameters.completion === 'pause');

/** What is to be known of an example in the demo, in sentences. */
export function hintOf(file: string, workflow: WorkflowInput): string | undefined {
	const told = [hints[numberOf(file)], pauses(workflow) ? pausesFirst : undefined]
		.filter((hint) => hint !== undefined)
		.map((hint) => `${hint.charAt(0).toUpperCase()}${hint.slice(1)}.`);
	return told.length > 0 ? told.join(' ') : undefined;
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
		hint: hintOf(file, stored),
		problem: activationProblem && `It is not active: ${activationProblem}`,
	};
}

/** What is said in the terminal when everything is there. */
export function guideText({ n8nUrl, recipes }: Guide, pageUrl: string, folder: string): string {
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
		'',
		'Nothing is paid and no key is needed: a sandbox on this machine stands in for the vendors.',
		'Every video is the same short test clip.',
		'',
		...(others.length > 0 ? ['More to try; the note in each workflow says what it does:', ''] : []),
		...others.flatMap(linesOf),
		'',
		'Press Ctrl-C to end. n8n keeps its workflows for the next start; the sandbox forgets its tasks.',
		`To start afresh, delete the folder ${folder}.`,
	];
	return lines.join('\n');
}

const linesOf = ({ name, url, form, hint, problem }: Recipe): string[] => [
	`  ${name}`,
	`    ${url}`,
	...(form ? [`    its form: ${form}`] : []),
	...(hint ? [`    ${hint}`] : []),
	...(problem ? [`    ${problem}`] : []),
];

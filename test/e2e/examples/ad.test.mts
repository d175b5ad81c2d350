import { sampleVideo } from '../../../sandbox/media/embedded.mts';
import { approver } from '../../../lab/exampleNeeds.mts';
import { outputOf, type Execution } from '../../../lab/n8nClient.mts';
import { contentOf } from '../../clips/clips.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { only, rowsOf, runsOf, TIMEOUT_MS, useExamples } from './examples.mts';

const examples = useExamples();

const authorization = `Basic ${Buffer.from(`${approver.user}:${approver.password}`).toString('base64')}`;

interface Answer {
	decision: string;
	but?: string;
}

/** Sends in the approver's form as a browser does. */
async function submit(url: string, { decision, but = '' }: Answer, signedIn = true) {
	const body = new FormData();
	body.append('field-0', decision);
	body.append('field-1', but);
	const headers = { connection: 'close', ...(signedIn ? { authorization } : {}) };
	return (await fetch(url, { method: 'POST', body, headers })).status;
}

const now = async (id: string): Promise<Execution> => await examples.stage.client.execution(id);

/** Waits until the approver is asked for the n-th time; gives what he is asked. */
async function asked(id: string, count: number) {
	const isAsked = async () => {
		const execution = await now(id);
		if (execution.status !== 'waiting') return false;
		return runsOf(execution, 'Ask the Approver').length === count;
	};
	await until(isAsked, `question ${count}`, TIMEOUT_MS, 500);
	const { json } = only(outputOf(await now(id), 'Ask the Approver'));
	return { url: String(json.formUrl), message: String(json.message) };
}

async function answer(id: string, answers: Answer[]): Promise<string[]> {
	const messages: string[] = [];
	for (const one of answers) {
		const { url, message } = await asked(id, messages.length + 1);
		messages.push(message);
		expect(await submit(url, one)).toBe(200);
	}
	return messages;
}

const ad = (vendor: VendorId | undefined, scenes: string[]) => ({
	vendor,
	parameters: {
		Product: {
			jsonOutput: JSON.stringify({
				photoUrl: `${examples.stage.sandbox.url}/media/sample.png`,
				scenes,
			}),
		},
	},
});

const promptsFor = (words: string) =>
	examples.stage.sandbox
		.tasks()
		.map(({ input }) => JSON.stringify(input))
		.filter((text) => text.includes(words));

describe.each<[VendorId | undefined, string]>([
	[undefined, 'kie'],
	['volcengine', 'volcengine'],
])('13, %s', (vendor, provider) => {
	test(
		'a scene is taken, one is wanted again, one is left out, and one that failed is asked about',
		async () => {
			const scenes = ['turns', 'glides [fail]', 'falls'].map((one) => `${provider} cup ${one}`);
			const id = await examples.start('13-product-ad.json', ad(vendor, scenes));
			const { url } = await asked(id, 1);
			expect(await submit(url, { decision: 'Take it' }, false)).toBe(401);
			expect((await now(id)).status).toBe('waiting');

			const messages = await answer(id, [
				{ decision: 'Again, but …', but: 'slower' },
				{ decision: 'Take it' },
				{ decision: 'Leave it out' },
				{ decision: 'Take it' },
			]);
			expect(messages[0]).toContain(`Scene 1: ${scenes[0]}`);
			expect(messages[2]).toMatch(/There is no video\. .+could not generate/);
			const execution = await examples.succeeded(id);
			const orders = promptsFor(`${provider} cup`);
			expect(orders).toHaveLength(4);
			expect(orders[1]).toContain(`${scenes[0]}. Again, but: slower`);
			expect(orders.join()).toContain('sample.png');

			const film = only(outputOf(execution, 'Publish (Stub)'));
			const { pictures } = await contentOf(await examples.file(film, 'data'));
			expect(pictures).toHaveLength(2 * (await contentOf(sampleVideo)).pictures.length);
			const taken = rowsOf(execution, 'Taken Clips').map(({ prompt }) => prompt);
			expect(taken).toEqual([`${scenes[0]}. Again, but: slower`, scenes[2]]);
		},
		TIMEOUT_MS,
	);
});

test(
	'13: when nothing is taken, nothing is joined or published',
	async () => {
		const id = await examples.start('13-product-ad.json', ad(undefined, ['a lonely spoon']));
		await answer(id, [{ decision: 'Leave it out' }]);
		const execution = await examples.succeeded(id);
		expect(runsOf(execution, 'Publish (Stub)')).toEqual([]);
	},
	TIMEOUT_MS,
);

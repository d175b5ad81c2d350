import { findProvider } from '../nodes/shared/providers/index.ts';
import type { Sandbox, SandboxOptions } from '../sandbox/index.mts';
import { vendors } from '../sandbox/vendors/index.mts';
import type { N8nClient, StoredCredential } from './n8nClient.mts';
import { OPENAI_ORIGIN, type OpenAiStandIn } from './openAiStandIn.mts';

/** How the accounts stand: at kie.ai too little for what 08 wants there. */
export const accountsForExamples = { balances: { kie: 60 } } satisfies SandboxOptions;

/** Who may approve in 09 and 13. */
export const approver = { user: 'approver', password: 'Yes-or-no-1' };

/** The sheet of 03: its columns are those that the workflow itself would make. */
export const promptSheet = {
	name: 'seedance_prompts',
	columns: [
		{ name: 'prompt', type: 'string' },
		{ name: 'state', type: 'string' },
		{ name: 'video_url', type: 'string' },
		{ name: 'cost', type: 'number' },
		{ name: 'cost_unit', type: 'string' },
		{ name: 'task_id', type: 'string' },
		{ name: 'problem', type: 'string' },
	],
	rows: [
		{ prompt: 'A hot-air balloon rises over a misty valley at sunrise' },
		{ prompt: 'A red fox trots through fresh snow, camera tracks from the side' },
		{ prompt: "A prompt that the vendor's check of contents refuses [flagged]" },
	],
};

/** Who says something to the bot of 16 in the demo, and may order there. */
export const BOT_VISITOR = 111_111_111;

/** What the files name as somebody's own n8n, music, picture and Telegram ID, and what OpenAI is. */
export const addressesInExamples = (
	n8nUrl: string,
	{ url }: Sandbox,
	openAi: OpenAiStandIn,
): Record<string, string> => ({
	'http://localhost:5678': n8nUrl,
	[OPENAI_ORIGIN]: openAi.url,
	'https://example.com/music.mp3': `${url}/media/sample.mp3`,
	'https://example.com/product.png': `${url}/media/sample.png`,
	'your-telegram-id': String(BOT_VISITOR),
});

/** Everything that the example workflows need in an n8n: credentials, and a sheet with rows. */
export async function provideForExamples(
	client: N8nClient,
	sandbox: Sandbox,
	openAi: OpenAiStandIn,
): Promise<StoredCredential[]> {
	const { baseUrls, apiKeys } = sandbox;
	await client.ensureDataTable(promptSheet);
	const stored: StoredCredential[] = [];
	for (const vendor of vendors) {
		const provider = findProvider(vendor);
		if (provider === undefined) throw new Error(`The catalogue has no ${vendor}`);
		const { label, credentialType: type } = provider;
		const data = { apiKey: apiKeys[vendor], baseUrl: baseUrls[vendor] };
		stored.push(await client.ensureCredential({ name: `${label} (sandbox)`, type, data }));
	}
	stored.push(
		await client.ensureCredential({
			name: 'OpenAI (stand-in)',
			type: 'openAiApi',
			data: { apiKey: openAi.apiKey, url: openAi.baseUrl, header: false },
		}),
		await client.ensureCredential({ name: 'Approver', type: 'httpBasicAuth', data: approver }),
	);
	return stored;
}

import { randomUUID } from 'node:crypto';
import { requireFromN8n } from '../../../lab/n8nRuntime.mts';
import { callers } from '../../../lab/standIns/credentials.mts';
import type { VendorId } from '../stage.mts';
import { until } from '../workflows.mts';
import { TIMEOUT_MS, useExamples, type Changes } from './examples.mts';

const FILE = '20-mcp-server.json';
const SDK = '@modelcontextprotocol/sdk/client';

interface ToolAnswer {
	content: Array<{ type: string; text: string }>;
	isError?: boolean;
}

/** What the tests need of the client that n8n brings along. */
interface McpClient {
	connect(transport: object): Promise<void>;
	close(): Promise<void>;
	getInstructions(): string | undefined;
	listTools(): Promise<{
		tools: Array<{ name: string; description?: string; inputSchema: object }>;
	}>;
	callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<ToolAnswer>;
}

const { Client } = requireFromN8n<{ Client: new (about: object) => McpClient }>(
	process.cwd(),
	`${SDK}/index.js`,
);
const { StreamableHTTPClientTransport: Transport } = requireFromN8n<{
	StreamableHTTPClientTransport: new (url: URL, options: object) => object;
}>(process.cwd(), `${SDK}/streamableHttp.js`);

const examples = useExamples();
const open: McpClient[] = [];
afterEach(async () => {
	for (const client of open.splice(0)) await client.close();
});

/** Publishes the server; gives its address. */
async function publish(changes: Changes = {}): Promise<URL> {
	const path = `videos-${randomUUID().slice(0, 8)}`;
	await examples.create(FILE, { ...changes, words: { 'seedance-mcp': path } });
	const url = new URL(`${examples.stage.n8n.webhookUrl}/mcp/${path}`);
	const isPublished = async () => (await fetch(url, { method: 'POST' })).status !== 404;
	await until(isPublished, 'the server is published', 60_000, 250);
	return url;
}

async function connect(url: URL, token = callers.token): Promise<McpClient> {
	const client = new Client({ name: 'assistant', version: '1.0.0' });
	const headers = { authorization: `Bearer ${token}` };
	await client.connect(new Transport(url, { requestInit: { headers } }));
	open.push(client);
	return client;
}

/** Calls a tool by the name that its node has; gives the first row that it answers. */
async function call(
	client: McpClient,
	node: string,
	values: Record<string, unknown>,
): Promise<Record<string, unknown>> {
	const { content } = await client.callTool({
		name: node.replaceAll(' ', '_'),
		arguments: values,
	});
	const told: unknown = JSON.parse(content[0]?.text ?? 'null');
	return Object([told].flat()[0]);
}

const shape = { Aspect_Ratio: '16:9', Duration: '5' };

describe.each<[VendorId | undefined, string]>([
	[undefined, 'fal'],
	['openrouter', 'openrouter'],
])('20, %s (%s)', (vendor, provider) => {
	test(
		'an assistant asks for the price, orders once, and waits for the video',
		async () => {
			const client = await connect(await publish({ vendor }));
			const { tools } = await client.listTools();
			expect(tools.map(({ name }) => name).toSorted()).toEqual([
				'Get_the_Price',
				'Order_a_Video',
				'Order_a_Video_from_a_Picture',
				'Wait_for_the_Video',
			]);
			expect(client.getInstructions()).toContain('never order again');

			const price = await call(client, 'Get the Price', { Duration: '5' });
			expect(price).toMatchObject({ provider, price: expect.any(Number) });
			const Prompt = `A paper boat, ${provider}`;
			const order = await call(client, 'Order a Video', { Prompt, ...shape });
			expect(order).toMatchObject({ provider, taskId: expect.any(String) });
			const video = await call(client, 'Wait for the Video', {
				Task_ID: order.taskId,
				Model: order.model,
			});
			expect(video).toMatchObject({
				taskId: order.taskId,
				status: 'succeeded',
				videoUrl: expect.stringMatching(/^http/),
			});
			expect(examples.vendorsAskedFor(Prompt)).toEqual([provider]);
		},
		TIMEOUT_MS,
	);

	test(
		'what goes wrong is told in words',
		async () => {
			const client = await connect(await publish({ vendor }));
			const Prompt = `A boat that sinks, ${provider} [fail]`;
			const order = await call(client, 'Order a Video', { Prompt, ...shape });
			const failed = await call(client, 'Wait for the Video', {
				Task_ID: order.taskId,
				Model: order.model,
			});
			expect(failed).toMatchObject({ error: expect.stringContaining('could not generate') });
			const wrong = await call(client, 'Order a Video', { Prompt: '', ...shape });
			expect(wrong).toMatchObject({ error: expect.stringContaining('Prompt') });
		},
		TIMEOUT_MS,
	);
});

test(
	'a picture by its address becomes a video',
	async () => {
		const client = await connect(await publish());
		const Image_URL = `${examples.stage.sandbox.url}/media/sample.png`;
		const Prompt = 'The picture wakes up';
		const order = await call(client, 'Order a Video from a Picture', {
			Prompt,
			Image_URL,
			...shape,
		});
		expect(JSON.stringify(examples.inputOf(order.taskId))).toContain('sample.png');
	},
	TIMEOUT_MS,
);

test(
	'without the token nobody gets in, and what costs more than the owner allows is not ordered',
	async () => {
		const options = { maxPrice: 0.0001 };
		const url = await publish({ parameters: { 'Order a Video': { options } } });
		await expect(connect(url, 'guessed')).rejects.toThrow(/Authorization data is wrong/);
		const client = await connect(url);
		const dear = { Prompt: 'A golden boat', ...shape };
		expect(await call(client, 'Order a Video', dear)).toMatchObject({
			error: expect.stringContaining('Max Price'),
		});
		expect(examples.vendorsAskedFor('A golden boat')).toEqual([]);
	},
	TIMEOUT_MS,
);

import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { isFromVendor } from '../../nodes/shared/callbacks/authenticate.ts';
import { openSession } from '../../nodes/shared/n8n/session.ts';
import { lastFrameImage, sampleImage } from '../../sandbox/media/embedded.mts';
import { authorizationFor } from '../vendors/index.mts';
import type { Received } from '../servers.mts';
import { useBench, type Given, type NodeName, type VendorId } from './bench.mts';
import { webhookContext } from './madeUpVendor/webhook.mts';

interface Usual {
	prompt: string;
	/** The models of its two nodes, where a test names no other. */
	text: string;
	image: string;
}

/** A bench for the tests of one vendor: its nodes with usual models and without a download. */
export function useVendorBench(provider: VendorId, { prompt, text, image }: Usual) {
	const bench = useBench();
	const run = async (type: NodeName, usual: IDataObject, { parameters, ...given }: Given) =>
		await bench.run({
			type,
			parameters: { provider, downloadVideo: false, ...usual, ...parameters },
			...given,
		});
	const textToVideo = async (given: Given = {}) =>
		await run('seedanceTextToVideo', { model: text, prompt }, given);

	return {
		bench,
		textToVideo,
		imageToVideo: async (given: Given = {}) =>
			await run('seedanceImageToVideo', { model: image, prompt }, given),
		/** Seedance Task for a row. */
		task: async (operation: string, json: IDataObject, parameters: IDataObject = {}) => {
			const usual = { operation, taskId: '={{ $json.taskId }}' };
			return await run('seedanceTask', usual, { parameters, items: [{ json }] });
		},
		/** The row of an order that nobody waits for. */
		submitted: async () =>
			(await textToVideo({ parameters: { completion: 'submit' } })).items[0]?.json ?? {},
		/** The body of the first order. */
		body: () => bench.creates()[0]?.json,
		calls: () =>
			bench.sandbox().requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`),
		/** Whether a call counts as the vendor's own. */
		counts: async (
			{ headers, rawBody }: Omit<Received, 'text'>,
			credential: Record<string, string> = {},
		): Promise<boolean> => {
			const { apiKeys, baseUrls } = bench.sandbox();
			const { context } = webhookContext({
				credential: { apiKey: apiKeys[provider], baseUrl: baseUrls[provider], ...credential },
				call: { url: 'https://n8n.example/' },
				sign: (options, apiKey) => ({
					...options,
					headers: { ...options.headers, Authorization: authorizationFor(provider, apiKey) },
				}),
			});
			const session = await openSession(context, provider);
			if (!session.ok) throw new Error(session.error.message);
			const body: unknown = JSON.parse(rawBody.toString());
			return await isFromVendor(session.value, { headers, body, rawBody });
		},
	};
}

/** A picture as a file in a field of an item. */
export const picture = (
	field: string,
	fileName: string,
	bytes: Buffer = sampleImage,
): INodeExecutionData['binary'] => ({
	[field]: { data: bytes.toString('base64'), mimeType: 'image/png', fileName },
});

/** From one file to another, of an item. */
export const fromFiles: Given = {
	parameters: {
		imageInputType: 'binary',
		lastImageInputType: 'binary',
		lastImageBinaryPropertyName: 'end',
	},
	items: [
		{
			json: {},
			binary: { ...picture('data', 'a.png'), ...picture('end', 'b.png', lastFrameImage) },
		},
	],
};

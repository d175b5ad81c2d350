import type { IExecuteFunctions } from 'n8n-workflow';
import { FILE } from '../domain/limits';
import type { FileStore, Hints, NodeInput } from '../host/readers';
import { toFile } from './storedFile';
import { runsAsTool } from './tool';

/** What every node is given, the files that n8n keeps for it, and its hints. */
export function openInput(context: IExecuteFunctions): NodeInput & FileStore & Hints {
	const { helpers } = context;
	return {
		items: () => context.getInputData(),
		parameter: (name, itemIndex, fallback) => context.getNodeParameter(name, itemIndex, fallback),
		written: () => context.getNode().parameters,
		nodeVersion: () => context.getNode().typeVersion,
		runsAsTool: () => runsAsTool(context),

		fileIn: (itemIndex, field) => helpers.assertBinaryData(itemIndex, field),
		bytesIn: async (itemIndex, field) => await helpers.getBinaryDataBuffer(itemIndex, field),
		toOpen: async (file) => await toFile(context, file),
		store: async (bytes, fileName, mimeType) =>
			await helpers.prepareBinaryData(bytes, fileName, mimeType),
		linkTo: (file) => helpers.createBinarySignedUrl(file, FILE.linkLifetime),

		hint: (message, type = 'info') =>
			context.addExecutionHints({ message, type, location: 'outputPane' }),
	};
}

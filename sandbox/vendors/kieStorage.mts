import type { JsonObject } from '../types.mts';
import type { Upload, VendorCall, World } from './vendor.mts';

export const uploadPath = '/api/file-stream-upload';

interface Part {
	headers: string;
	content: Buffer;
}

/** Latin-1 keeps every byte a character of its own. */
const textOf = (bytes: Buffer) => bytes.toString('latin1');

function partsOf({ headers, bytes }: VendorCall): Part[] {
	const type = String(headers['content-type'] ?? '');
	const boundary = /^multipart\/form-data;.*\bboundary="?([^";]+)/i.exec(type)?.[1];
	if (boundary === undefined) return [];
	const [, ...parts] = `\r\n${textOf(bytes)}`.split(`\r\n--${boundary}`);
	return parts.slice(0, -1).map((part) => {
		const end = part.indexOf('\r\n\r\n');
		const content = Buffer.from(part.slice(end + 4), 'latin1');
		return { headers: part.slice(0, end), content };
	});
}

type Stored = { ok: true; data: JsonObject } | { ok: false; reason: string };

const refuse = (reason: string): Stored => ({ ok: false, reason });

/** A file of the same path and name is overwritten, as the upload page says. */
export function storeFile(call: VendorCall, { sandboxUrl, uploads, clock }: World): Stored {
	const parts = partsOf(call);
	const partNamed = (name: string) =>
		parts.find(({ headers }) => headers.includes(`; name="${name}"`));
	const file = partNamed('file');
	const folder = partNamed('uploadPath')?.content.toString();
	const strange = parts.find(({ headers }) => !/; name="(file|uploadPath|fileName)"/.test(headers));
	if (!file || file.content.length === 0) return refuse('file is required');
	if (!folder) return refuse('uploadPath is required');
	if (strange) return refuse('unknown form field');
	const sent = /; filename="([^"]+)"/.exec(file.headers)?.[1];
	const fileName = partNamed('fileName')?.content.toString() ?? sent ?? 'file';
	const contentType = /content-type: (\S+)/i.exec(file.headers)?.[1] ?? '';
	const filePath = `${folder}/${fileName}`;
	const upload: Upload = { contentType, bytes: file.content };
	uploads.set(filePath, upload);
	return {
		ok: true,
		data: {
			fileName,
			filePath,
			downloadUrl: `${sandboxUrl}/kie/files/${filePath}`,
			fileSize: file.content.length,
			mimeType: contentType,
			uploadedAt: new Date(clock.now()).toISOString(),
		},
	};
}

import { createHash } from 'node:crypto';
import { z } from 'zod/v4';
import type { Outcome } from '../../domain/fault';
import { ok } from '../../domain/result';
import type { UploadFile, VendorApi, VendorRequest, VendorResponse } from '../../domain/vendor';
import { marketApi } from '../market/api';
import { familyCodes, openEnvelope, type Codes } from '../market/envelope';
import { lazily, optional, readValue, text, unreadable } from '../reading';

// https://docs.kie.ai: beyond the family's, a bad request and the limit that is set for one key.
const codes: Codes = {
	...familyCodes,
	400: { kind: 'invalidInput', isRefusal: true },
	433: { kind: 'insufficientCredits', isRefusal: true },
};

/** kie.ai: https://docs.kie.ai. */
export const api: VendorApi = {
	...marketApi(codes),

	/** The documentation has named two hosts for uploads, one after the other; files live for a day or three. */
	*upload(file) {
		const request = uploadOf(file);
		const stored = readStored(yield { ...request, host: 'storage' });
		const isElsewhere = !stored.ok && stored.error.kind === 'notFound';
		return isElsewhere ? readStored(yield request) : stored;
	},

	// https://docs.kie.ai/common-api/get-account-credits.md
	*balance() {
		const response = yield { method: 'GET', url: '/api/v1/chat/credit' };
		const opened = openEnvelope(response, codes);
		if (!opened.ok) return opened;
		const credits = readValue(z.number(), opened.value, response);
		return credits.ok ? ok({ balance: credits.value, unit: 'credits' }) : credits;
	},
};

/** https://docs.kie.ai/file-upload-api/quickstart: as a stream, because base64 is for small files. */
function uploadOf({ bytes, mimeType }: UploadFile): VendorRequest {
	// A file of the same name is overwritten, also while an earlier task still needs it: so a name
	// stands for one content.
	const hash = createHash('sha256').update(bytes).digest('hex');
	const ending = mimeType.replace(/^.*\//, '').replace('quicktime', 'mov');
	const fileName = `${hash}.${ending}`;
	return {
		method: 'POST',
		url: '/api/file-stream-upload',
		form: [
			{ name: 'uploadPath', value: mimeType.startsWith('video/') ? 'videos/n8n' : 'images/n8n' },
			{ name: 'fileName', value: fileName },
			{ name: 'file', fileName, mimeType, bytes },
		],
	};
}

// The reference calls it `downloadUrl`, the quickstart `fileUrl`.
const storedFile = lazily(() =>
	z.object({ downloadUrl: optional(text()), fileUrl: optional(text()) }),
);

function readStored(response: VendorResponse): Outcome<string> {
	const opened = openEnvelope(response, codes);
	if (!opened.ok) return opened;
	const { downloadUrl, fileUrl } = storedFile.safeParse(opened.value).data ?? {};
	const url = downloadUrl ?? fileUrl;
	return url === undefined ? unreadable(response) : ok(url);
}

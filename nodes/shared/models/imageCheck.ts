import { imageTypeOf, knownImageTypes, readImageFacts, type ImageFacts } from '../domain/imageFile';
import type { ImageSize, ImageSlot } from '../domain/model';
import { fail, ok, type Result } from '../domain/result';

export interface GivenImage {
	/** How a message about it begins. */
	named: string;
	/** As the user or n8n says; what the bytes say counts more. */
	mimeType: string;
	bytes: Buffer;
}

export interface ImageRefused {
	message: string;
	fix: string;
}

/** What no vendor takes that does not say so. */
const rarelyTaken: ReadonlySet<string> = new Set([
	'image/avif',
	'image/gif',
	'image/heic',
	'image/heif',
	'image/jxl',
	'image/svg+xml',
]);

/**
 * Checks an image by what its model documents: type, length in bytes, width, height and their ratio.
 * Gives its true MIME type.
 */
export function checkImage(
	vendorLabel: string,
	slot: Pick<ImageSlot, 'mimeTypes' | 'maxBytes' | 'size'>,
	{ named, mimeType: claimed, bytes }: GivenImage,
): Result<string, ImageRefused> {
	const { mimeTypes, maxBytes, size: allowed } = slot;
	const mimeType = imageTypeOf(bytes) ?? claimed;
	const isAccepted =
		mimeTypes?.includes(mimeType) ?? (mimeType.startsWith('image/') && !rarelyTaken.has(mimeType));
	if (!isAccepted) {
		return fail({
			message: `${named} is not an image that ${vendorLabel} takes (${mimeType})`,
			fix: `Use ${mimeTypes?.join(', ') ?? 'a JPEG, PNG or WebP image'}.`,
		});
	}
	if (maxBytes !== undefined && bytes.length > maxBytes) {
		return fail({
			message: `${named} is too large for ${vendorLabel}`,
			fix: `It has ${bytes.length} bytes; at most ${maxBytes} are allowed.`,
		});
	}
	const facts = readImageFacts(bytes);
	if (knownImageTypes.has(mimeType) && facts?.size === undefined) {
		return fail({
			message: `${named} is damaged, or no image at all (${claimed}, ${bytes.length} bytes)`,
			fix: 'Open it in an image viewer, and look at the node that made or downloaded it.',
		});
	}
	const broken = facts?.size && allowed && sizeProblemOf(facts.size, allowed);
	if (broken === undefined) return ok(mimeType);
	return fail({
		message: `${named} has a size that ${vendorLabel} does not take: ${broken.is}`,
		fix: broken.fix,
	});
}

function sizeProblemOf(
	{ widthPx, heightPx }: NonNullable<ImageFacts['size']>,
	{ minSidePx, maxSidePx, minRatio, maxRatio }: ImageSize,
): { is: string; fix: string } | undefined {
	const is = `${widthPx} × ${heightPx} pixels`;
	const resize = "change it with n8n's node Edit Image (operation Resize or Crop)";
	if (Math.min(widthPx, heightPx) < minSidePx || Math.max(widthPx, heightPx) > maxSidePx) {
		return { is, fix: `Each side must have ${minSidePx} to ${maxSidePx} pixels; ${resize}.` };
	}
	const ratio = widthPx / heightPx;
	if (ratio >= minRatio && ratio <= maxRatio) return undefined;
	return {
		is: `${is}, a ratio of ${ratio.toFixed(2)}`,
		fix: `Width divided by height must lie between ${minRatio} and ${maxRatio}; ${resize}.`,
	};
}

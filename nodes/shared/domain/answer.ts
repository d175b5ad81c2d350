import { isWebAddress } from './address';
import { isObject, parseJson } from './json';

/** Deeper, or with more parts than that, no vendor's answer is. */
const MAX_DEPTH = 20;
const MAX_PARTS = 5_000;

/** A text or number of an answer, and the names that lead to it, the outermost first. */
interface Part {
	path: readonly string[];
	value: unknown;
	/** What an object says about itself, e.g. its `type`. */
	kind: string;
}

const kindNames = ['type', 'mime_type', 'mimeType', 'content_type', 'contentType', 'role'];

const kindOf = (object: Readonly<Record<string, unknown>>): string =>
	kindNames
		.map((name) => (typeof object[name] === 'string' ? object[name] : ''))
		.join(' ')
		// What a model does says nothing about an address beside it.
		.replaceAll(/\w+.to.video|video_url/gi, 'video');

/** Every text, number and truth value of an answer; a text that is JSON itself is read on. */
function partsOf(answer: unknown): Part[] {
	const parts: Part[] = [];
	const walk = (value: unknown, path: readonly string[], kind: string, depth = 0): void => {
		if (depth > MAX_DEPTH || parts.length >= MAX_PARTS) return;
		if (Array.isArray(value)) {
			for (const one of value) walk(one, path, kind, depth + 1);
			return;
		}
		if (isObject(value)) {
			const own = kindOf(value);
			for (const [name, one] of Object.entries(value)) walk(one, [...path, name], own, depth + 1);
			return;
		}
		const inner =
			typeof value === 'string' && /^\s*[[{]/.test(value) ? parseJson(value) : undefined;
		if (typeof inner === 'object' && inner !== null) walk(inner, path, kind, depth + 1);
		else parts.push({ path, value, kind });
	};
	walk(answer, [], '');
	return parts;
}

/** What was ordered, and where else one could call: no part of what came out. */
const notTheResult =
	/param|input|request|prompt|webhook|call_?back|cancel|image|cover|thumb|poster|frame|preview|audio|sound|subtitle|appeal|support|^(status|response)_?url$|^(get|stream|web|self|next|previous)$/i;

const notTheKind = /image|audio|text|first_frame|last_frame|reference/i;

const holdsResults = /video|output|result|download|resource|content|file|media|generat|asset/i;

const plainNames: ReadonlySet<string> = new Set(['url', 'uri', 'href', 'src']);

const videoName = /\.(mp4|mov|m4v|webm|mkv)$/i;
const otherName =
	/\.(png|jpe?g|webp|gif|avif|svg|bmp|tiff?|heic|heif|jxl|mp3|wav|m4a|aac|ogg|flac|json|xml|txt|html?|zip|srt|vtt)$/i;

const pathIn = (address: string): string => address.replace(/[?#].*$/, '');

/** Whether the name of what lies there says that it is no video, but e.g. its cover. */
export const isOtherFile = (address: string): boolean => otherName.test(pathIn(address));

/** Whether it is an address, whole or below a host that is not named. */
export const isAddress = (text: string): boolean =>
	isWebAddress(text) ||
	/^\/[^\s:\\]+$/.test(text) ||
	(/^[\w.-][^\s:\\]*$/.test(text) && videoName.test(pathIn(text)));

/** Whether something of that address can be a video, as far as its name tells. */
const maybeVideo = (address: string): boolean => isAddress(address) && !isOtherFile(address);

/** Whether the names that lead to an address say that it is what came out. */
function leadsToResult(path: readonly string[]): boolean {
	const [parent, name] = [path.at(-2), path.at(-1)];
	if (name === undefined) return true;
	if (holdsResults.test(name) || name === 'data') return true;
	if (!plainNames.has(name.toLowerCase())) return false;
	return parent === undefined || parent === 'data' || holdsResults.test(parent);
}

/** What is no whole address may be anything, unless its names say what it is. */
const leadsToVideo = (path: readonly string[]): boolean =>
	leadsToResult(path) && path.slice(-2).some((name) => /video|output|result/i.test(name));

/**
 * The addresses in an answer that can be the video's, when it does not stand where it should: those
 * whose names say so, or, without any, those that stand where results do.
 */
export function videoAddressesIn(answer: unknown): string[] {
	const surely = new Set<string>();
	const maybe = new Set<string>();
	for (const { path, value, kind } of partsOf(answer)) {
		if (typeof value !== 'string' || path.some((name) => notTheResult.test(name))) continue;
		const address = value.trim();
		if (!maybeVideo(address) || notTheKind.test(kind)) continue;
		if (videoName.test(pathIn(address)) || /video/i.test(kind)) surely.add(address);
		else if (isWebAddress(address) ? leadsToResult(path) : leadsToVideo(path)) maybe.add(address);
	}
	return [...(surely.size > 0 ? surely : maybe)];
}

const wordNames =
	/err|reason|message|msg|detail|fail|moderat|nsfw|flag|block|safety|censor|warn|polic|violat|sensitiv|refus|reject/i;

/** Names that add nothing to what they hold. */
const saidPlainly = /^(error|message|msg|detail|reason|fail_?msg|failMsg|status_?message)$/i;

const emptyWords = /^(success|succeeded|succeed|completed?|ok|none|null|false|no|0|200)?$/i;

const MAX_WORDS_LENGTH = 300;

/** What an answer says about why there is no video; empty when it says nothing. */
export function wordsIn(answer: unknown): string {
	const words = partsOf(answer).flatMap(({ path, value }) => {
		const isOrdered = path.some((name) => /param|input|prompt|request/i.test(name));
		const name = path.findLast((one) => !/^\d*$/.test(one)) ?? '';
		const text = typeof value === 'object' ? '' : String(value ?? '').trim();
		const isWord = path.some((one) => wordNames.test(one)) && !isWebAddress(text);
		if (isOrdered || !isWord || emptyWords.test(text)) return [];
		return saidPlainly.test(name) ? text : `${name}: ${text}`;
	});
	return [...new Set(words)].join('; ').slice(0, MAX_WORDS_LENGTH);
}

/**
 * A whole address of the web from one that leaves out its scheme or its host; undefined for one that
 * is no address of the web.
 */
export function wholeAddress(address: string, baseUrl: string): string | undefined {
	if (isWebAddress(address)) return address;
	if (!isAddress(address)) return undefined;
	const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}\//i.test(address);
	const written = isHost ? `https://${address}` : address;
	return URL.canParse(written, baseUrl) ? new URL(written, baseUrl).toString() : undefined;
}

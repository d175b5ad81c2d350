import { parseJson, writtenIn } from './json';

/** Whether it is a whole address of the web, with http or https. */
export const isWebAddress = (url: string): boolean =>
	URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** Names that only mean something within one network. */
const privateNames =
	/(^|\.)(localhost|local|internal|intranet|lan|home|corp|test|invalid|home\.arpa)$/;

/** First bits of the IPv4 ranges that are not routed on the internet (RFC 1918, 1122, 3927, 6598). */
const privateRanges: ReadonlyArray<readonly [string, number]> = [
	['0.0.0.0', 8],
	['10.0.0.0', 8],
	['100.64.0.0', 10],
	['127.0.0.0', 8],
	['169.254.0.0', 16],
	['172.16.0.0', 12],
	['192.168.0.0', 16],
];

const ipv4Pattern = /^\d+\.\d+\.\d+\.\d+$/;

const toNumber = (address: string): number =>
	address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

function isPrivateIpv4(address: string): boolean {
	return privateRanges.some(([network, bits]) => {
		const blockSize = 2 ** (32 - bits);
		return Math.floor(toNumber(address) / blockSize) === Math.floor(toNumber(network) / blockSize);
	});
}

/** An IPv4 address written as an IPv6 one, as URLs spell it: `[::ffff:7f00:1]` is 127.0.0.1. */
const embeddedIpv4 = /^\[(?:::ffff:|::|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/;

function isPrivateIpv6(hostname: string): boolean {
	const [, high, low] = embeddedIpv4.exec(hostname) ?? [];
	if (high === undefined || low === undefined) return privateIpv6.test(hostname);
	const value = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
	const bytes = [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256);
	return isPrivateIpv4(bytes.join('.'));
}

/** `::`, `::1`, unique local (fc00::/7) and link-local (fe80::/10) addresses. */
const privateIpv6 = /^\[(::1?\]|f[cd]|fe[89ab])/;

/**
 * Whether a web address can be meant for somebody outside this network. Only its name is looked at:
 * whether anybody answers there, nobody can tell from inside.
 */
export function isPublicAddress(url: string): boolean {
	if (!isWebAddress(url)) return false;
	const { hostname } = new URL(url);
	if (hostname.startsWith('[')) return !isPrivateIpv6(hostname);
	if (ipv4Pattern.test(hostname)) return !isPrivateIpv4(hostname);
	const name = hostname.replace(/\.$/, '');
	return name.includes('.') && !privateNames.test(name);
}

/** Where one address ends and the next one begins, in lists as people and sheets write them. */
const betweenAddresses = /(?:\s*[,;|]\s*|\s+)(?=(?:https?:\/\/|asset:\/\/|data:[a-z]+\/))/i;

/** The addresses of a text that holds one or several: a JSON list, or commas or lines between them. */
export function addressesIn(text: string): string[] {
	const trimmed = text.trim();
	const listed = trimmed.startsWith('[') ? parseJson(trimmed) : undefined;
	const parts = Array.isArray(listed)
		? listed.map((one) => writtenIn(one))
		: trimmed.split(betweenAddresses);
	return parts.map((one) => one.trim().replace(/^[,;|]+|[,;|]+$/g, '')).filter((one) => one !== '');
}

interface SharePage {
	name: string;
	isIt: RegExp;
	/** What leads to the file itself. */
	instead: string;
}

/** Pages about a file, which look like its address: a vendor finds HTML there. */
const sharePages: readonly SharePage[] = [
	{
		name: 'Google Drive',
		isIt: /^https?:\/\/(drive|docs)\.google\.com\/(?!uc\b|thumbnail\b)/i,
		instead:
			'Download it with the node Google Drive and give it as a file, or write https://drive.google.com/uc?export=download&id=ID for a file that is shared with everyone.',
	},
	{
		name: 'Dropbox',
		isIt: /^https?:\/\/(www\.)?dropbox\.com\/(?!.*[?&](dl=1|raw=1)\b)/i,
		instead: "End the address with 'dl=1' instead of 'dl=0', or use the node Dropbox.",
	},
	{
		name: 'OneDrive',
		isIt: /^https?:\/\/(1drv\.ms|onedrive\.live\.com)\/(?!.*download)/i,
		instead: 'Download it with the node Microsoft OneDrive and give it as a file.',
	},
	{
		name: 'Google Photos',
		isIt: /^https?:\/\/(photos\.google\.com|photos\.app\.goo\.gl)\//i,
		instead: 'Download it and give it as a file.',
	},
	{
		name: 'YouTube',
		isIt: /^https?:\/\/((www\.|m\.)?youtube\.com|youtu\.be)\//i,
		instead: 'Give the address of the file itself.',
	},
];

/** The service whose page about a file an address is; undefined for another address. */
export const sharePageOf = (url: string): Pick<SharePage, 'name' | 'instead'> | undefined =>
	sharePages.find(({ isIt }) => isIt.test(url));

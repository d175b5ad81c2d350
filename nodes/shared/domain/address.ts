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

/** `::`, `::1`, unique local (fc00::/7) and link-local (fe80::/10) addresses. */
const privateIpv6 = /^\[(::1?\]|f[cd]|fe[89ab])/;

/**
 * Whether a web address can be meant for somebody outside this network. Only its name is looked at:
 * whether anybody answers there, nobody can tell from inside.
 */
export function isPublicAddress(url: string): boolean {
	if (!isWebAddress(url)) return false;
	const { hostname } = new URL(url);
	if (hostname.startsWith('[')) return !privateIpv6.test(hostname);
	if (ipv4Pattern.test(hostname)) return !isPrivateIpv4(hostname);
	const name = hostname.replace(/\.$/, '');
	return name.includes('.') && !privateNames.test(name);
}

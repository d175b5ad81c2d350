/**
 * Loaded into an n8n before itself: what it asks of some hosts, by HTTPS, goes to their stand-ins. n8n's
 * nodes for them have no setting for another address.
 */
const http = require('node:http');
const https = require('node:https');
const { urlToHttpOptions } = require('node:url');

/** Origins by the hosts for which they stand in. */
const standIns = JSON.parse(process.env.SEEDANCE_STAND_INS ?? '{}');
const { request } = https;

https.request = (first, ...rest) => {
	const isAddress = typeof first === 'string' || first instanceof URL;
	const address = isAddress ? urlToHttpOptions(new URL(first)) : first;
	const [options, ...others] = isAddress && typeof rest[0] === 'object' ? rest : [{}, ...rest];
	const wanted = { ...address, ...options };
	const origin = standIns[wanted.hostname ?? wanted.host];
	if (origin === undefined) return request(first, ...rest);
	const { hostname, port } = new URL(origin);
	return http.request(
		{ ...wanted, protocol: 'http:', host: hostname, hostname, port, agent: undefined },
		...others,
	);
};

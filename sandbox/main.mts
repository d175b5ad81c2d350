import { startSandbox } from './index.mts';
import { forEachVendor, vendorApis, vendors } from './vendors/index.mts';

const { SANDBOX_PORT = '4010', SANDBOX_GENERATION_SECONDS = '8' } = process.env;

const sandbox = await startSandbox({
	port: Number(SANDBOX_PORT),
	generationMs: Number(SANDBOX_GENERATION_SECONDS) * 1000,
	webhookKeys: forEachVendor(
		(vendor) => process.env[`SANDBOX_${vendor.toUpperCase()}_WEBHOOK_KEY`] ?? '',
	),
}).catch((error: Error) => {
	console.error(`The sandbox cannot start: ${error.message} (see SANDBOX_PORT in its README)`);
	process.exit(1);
});

const { url, baseUrls, apiKeys } = sandbox;
const accounts = vendors.map(
	(vendor) => vendorApis[vendor].label.padEnd(13) + baseUrls[vendor].padEnd(37) + apiKeys[vendor],
);
console.log(`Seedance sandbox: no video is generated, nothing is paid.

             Base URL                             API key
${accounts.join('\n')}

A video takes ${SANDBOX_GENERATION_SECONDS} s; try a prompt with [fail], [flagged], [credits], [slow], [empty] or [other words].
Sample image  ${url}/media/sample.png
State         ${url}/control/state
Ctrl+C ends it.`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
	process.once(signal, () => void sandbox.close());
}

/**
 * Prints what each vendor costs of an unpacked package, as JSON: by how many bytes the descriptions of
 * all nodes are shorter without it, and how long its own files are when they are packed.
 * `vendor-costs.cjs <package directory>`
 */
const { existsSync, readdirSync, readFileSync, realpathSync } = require('node:fs');
const path = require('node:path');
const { gzipSync } = require('node:zlib');

// As Node names the files that it has loaded.
const dir = realpathSync(process.argv[2]);
const { nodes, credentials } = require(path.join(dir, 'package.json')).n8n;
const providersDir = path.join(dir, 'dist/nodes/shared/providers');

/** The package as it is when this vendor is not in its catalogue. */
function loadWithout(id) {
	for (const file of Object.keys(require.cache)) {
		if (file.startsWith(`${dir}${path.sep}`)) delete require.cache[file];
	}
	const { providers } = require(path.join(providersDir, 'catalogue.js'));
	const all = { ...providers };
	delete providers[id];
	const descriptions = nodes.flatMap((file) => {
		const Class = require(path.join(dir, file))[path.basename(file).split('.')[0]];
		const { description, nodeVersions = {} } = new Class();
		return [description, ...Object.values(nodeVersions).map((version) => version.description)];
	});
	return { all, bytes: Buffer.byteLength(JSON.stringify(descriptions)) };
}

function packedBytesOf(id, { credentialType }) {
	const folder = path.join(providersDir, id);
	const own = existsSync(folder) ? readdirSync(folder).map((file) => path.join(folder, file)) : [];
	const wanted = `/${credentialType}.credentials.js`.toLowerCase();
	const keys = credentials.filter((file) => file.toLowerCase().endsWith(wanted));
	const files = [...own, ...keys.map((file) => path.join(dir, file))];
	return gzipSync(Buffer.concat(files.map((file) => readFileSync(file)))).length;
}

const whole = loadWithout(undefined);
const costs = Object.entries(whole.all).map(([id, provider]) => ({
	id,
	descriptionBytes: whole.bytes - loadWithout(id).bytes,
	packedBytes: packedBytesOf(id, provider),
}));
process.stdout.write(JSON.stringify(costs));

/**
 * Loads an unpacked package the way n8n does at its start and prints what it found as JSON. Its own
 * process, so that the time is a cold start and the modules come from NODE_PATH, as in n8n:
 * `load-nodes.cjs <package directory> [module that is there already …]`
 */
const { createRequire } = require('node:module');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const [dir, ...loadedBefore] = process.argv.slice(2);
const manifest = path.join(dir, 'package.json');
const { nodes, credentials } = require(manifest).n8n;

// As the package resolves it: a second copy, loaded later, would count as the nodes' own time.
for (const name of loadedBefore) createRequire(manifest)(name);

const start = performance.now();
const instances = new Map([...nodes, ...credentials].map((file) => [file, instantiate(file)]));
const milliseconds = performance.now() - start;

function instantiate(file) {
	const className = path.basename(file).split('.')[0];
	const Class = require(path.join(dir, file))[className];
	if (typeof Class !== 'function') throw new Error(`${file} does not export ${className}`);
	return new Class();
}

const iconsOf = ({ icon }) => (typeof icon === 'object' ? Object.values(icon) : icon ? [icon] : []);

/** One description, or one for each version. */
function descriptionsOf(file) {
	const { description, nodeVersions = {} } = instances.get(file);
	return [description, ...Object.values(nodeVersions).map((version) => version.description)];
}

const describeNode = (file) => ({
	file,
	hidden: descriptionsOf(file)[0].hidden === true,
	icons: [...new Set(descriptionsOf(file).flatMap(iconsOf))],
});

process.stdout.write(
	JSON.stringify({
		milliseconds,
		descriptionBytes: Buffer.byteLength(JSON.stringify(nodes.flatMap(descriptionsOf))),
		nodes: nodes.map(describeNode),
		credentials: credentials.map((file) => ({ file, icons: iconsOf(instances.get(file)) })),
	}),
);

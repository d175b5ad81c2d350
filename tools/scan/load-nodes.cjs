/**
 * Loads an unpacked package the way n8n does and prints what it found as JSON. Its own process, so
 * that the time is a cold start and the modules come from NODE_PATH, as in n8n.
 */
const { createRequire } = require('node:module');
const path = require('node:path');
const { performance } = require('node:perf_hooks');

const dir = process.argv[2];
const manifest = path.join(dir, 'package.json');
const { nodes, credentials } = require(manifest).n8n;

// As the package resolves it: a second copy, loaded later, would count as the nodes' own time.
createRequire(manifest)('n8n-workflow');

const start = performance.now();
const modules = new Map(
	[...nodes, ...credentials].map((file) => [file, require(path.join(dir, file))]),
);
const milliseconds = performance.now() - start;

const iconsOf = ({ icon }) => (typeof icon === 'object' ? Object.values(icon) : icon ? [icon] : []);

function instantiate(file) {
	const className = path.basename(file).split('.')[0];
	const Class = modules.get(file)[className];
	if (typeof Class !== 'function') throw new Error(`${file} does not export ${className}`);
	return new Class();
}

function loadNode(file) {
	const { description, nodeVersions = {} } = instantiate(file);
	const descriptions = [description, ...Object.values(nodeVersions).map((v) => v.description)];
	const icons = [...new Set(descriptions.flatMap(iconsOf))];
	return { file, hidden: description.hidden === true, icons };
}

const loadCredential = (file) => ({ file, icons: iconsOf(instantiate(file)) });

process.stdout.write(
	JSON.stringify({
		milliseconds,
		nodes: nodes.map(loadNode),
		credentials: credentials.map(loadCredential),
	}),
);

const tsx = require('tsx/cjs/api');

/** Another n8n can be named instead. Jest's workers inherit the variable. */
module.exports = async () => {
	process.env.SEEDANCE_N8N_FOLDER ??= 'tools/n8n-oldest';
	const { startSharedN8n } = tsx.require('../e2e/shared/start.mts', __filename);
	globalThis.stopSharedN8n = await startSharedN8n();
};

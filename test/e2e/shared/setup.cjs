const tsx = require('tsx/cjs/api');

/** Jest itself runs no `.mts` here. */
module.exports = async () => {
	const { startSharedN8n } = tsx.require('./start.mts', __filename);
	globalThis.stopSharedN8n = await startSharedN8n();
};

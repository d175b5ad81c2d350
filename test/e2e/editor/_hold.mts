import { writeFileSync } from 'node:fs';
import { openStage } from '../stage.mts';
const stage = await openStage({ sandbox: { generationMs: 3000 } });
writeFileSync('/tmp/ex/stage.json', JSON.stringify({ url: stage.n8n.url, sandbox: stage.sandbox.url, baseUrls: stage.sandbox.baseUrls, keys: stage.sandbox.apiKeys, credentials: stage.credentials }));
process.on('SIGTERM', () => void stage.close().then(() => process.exit(0)));
setInterval(() => {}, 1000);

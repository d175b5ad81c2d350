import { withEd, ids, testId, client, s } from './_lib.mts';
const node = (parameters: any, type = 'seedanceTextToVideo', vendor?: string, name = 'Seedance') => ({ name, type: 'n8n-nodes-seedance.'+type, typeVersion: 1, position: [220,0] as [number, number], parameters, ...(vendor ? { credentials: { [({apikley:'apikleyApi',modellix:'modellixApi',aimlapi:'aimlApi'} as any)[vendor]]: { id: s.credentials[vendor].id, name: s.credentials[vendor].name } } } : {}) });
const start = { name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0,0] as [number, number], parameters: {} };
const conn = { Start: { main: [[{ node: 'Seedance', type: 'main', index: 0 }]] } };
await withEd([start, node({ prompt: 'x' })], conn, async (ed) => {
const p = ed.page; await ed.openNode('Seedance');
await p.locator(testId('parameter-input-aspectRatio')).click(); await p.waitForTimeout(400);
console.log(await p.locator(testId('parameter-input-item')+':visible').first().evaluate(e=>e.outerHTML));
await p.keyboard.press('Escape'); await p.waitForTimeout(300);
console.log('ndv still', await p.locator(testId('node-parameters')).first().isVisible());
await p.locator(testId('node-credentials-select')).click();
await p.locator(testId('node-credentials-select-item-new')).click();
await p.waitForTimeout(800);
console.log(await p.locator(testId('parameter-input-apiKey')).first().evaluate(e=>e.outerHTML.slice(0,800)));
await p.locator(testId('parameter-input-apiKey') + ' input').first().fill('wrong-key');
await p.locator(testId('parameter-input-baseUrl') + ' input').first().fill(s.baseUrls.apikley);
await p.locator(testId('credential-save-button')).click();
await p.waitForTimeout(2500);
await ed.screenshot('/tmp/ex/40-wrongkey.png');
await ids(ed);
});
await withEd([start, node({ prompt: 'A boat [fail]', options: { pollInterval: 1 } }, 'seedanceTextToVideo', 'apikley')], conn, async (ed) => {
const p = ed.page; await ed.openNode('Seedance');
await p.locator(testId('node-execute-button')).click(); await p.waitForTimeout(6500);
await ed.screenshot('/tmp/ex/41-failed.png');
await ed.closeNode(); await p.waitForTimeout(800);
await ed.screenshot('/tmp/ex/42-canvas.png');
});

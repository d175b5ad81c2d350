import { readFileSync } from 'node:fs';
import { launchBrowser, EditorPage, testId } from '../../../scripts/lib/browser.mts';
import { N8nClient } from '../../../scripts/lib/n8nClient.mts';
import { account, manualTrigger } from '../stage.mts';
const s = JSON.parse(readFileSync('/tmp/ex/stage.json','utf8'));
const client = new N8nClient(s.url); await client.signInAsOwner(account);
const wf = await client.createWorkflow({ name: 'Paper boats', nodes: [manualTrigger], connections: {} });
const browser = await launchBrowser();
const ed = await EditorPage.signIn(browser, s.url, account);
await ed.openWorkflow(wf.id);
const p = ed.page; p.setDefaultTimeout(8000);
try {
await ed.screenshot('/tmp/ex/1-canvas.png');
await p.locator(testId('node-creator-plus-button')).first().click();
await p.waitForTimeout(800);
await p.locator(testId('node-creator-search-bar')).first().fill('seedance');
await p.waitForTimeout(1200);
await ed.screenshot('/tmp/ex/2-search.png');
console.log(await p.locator(testId('node-creator-item-name')).allInnerTexts());
await p.locator(testId('node-creator-search-bar')).first().fill('video');
await p.waitForTimeout(1200);
await ed.screenshot('/tmp/ex/3-video.png');
console.log(await p.locator(testId('node-creator-item-name')).allInnerTexts());
console.log((await p.locator(testId('node-creator')).first().innerHTML()).slice(0,6000));
} catch (e) { console.log(String(e)); await ed.screenshot('/tmp/ex/fail.png'); }
console.log(wf.id);
await browser.close();

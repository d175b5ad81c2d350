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
const ids = async () => console.log([...new Set(await p.locator('[data-test-id]').evaluateAll(e => e.map(x => x.getAttribute('data-test-id'))))].join(' '));
try {
await p.locator(testId('canvas-handle-plus')).first().click();
await p.waitForTimeout(800);
await p.locator(testId('node-creator-search-bar')).first().fill('seedance text');
await p.waitForTimeout(1000);
await p.locator(testId('node-creator-item-name'), { hasText: 'Seedance Text to Video' }).first().click();
await p.waitForTimeout(1500);
await ed.screenshot('/tmp/ex/4-click.png');
await ids();
} catch (e) { console.log(String(e)); await ids(); await ed.screenshot('/tmp/ex/fail.png'); }
await browser.close();

import { readFileSync } from 'node:fs';
import { launchBrowser, EditorPage, testId } from '../../../scripts/lib/browser.mts';
import { N8nClient } from '../../../scripts/lib/n8nClient.mts';
import { account, manualTrigger } from '../stage.mts';
export const s = JSON.parse(readFileSync('/tmp/ex/stage.json','utf8'));
export const client = new N8nClient(s.url); await client.signInAsOwner(account);
export async function withEd(nodes: any[], connections: any, f: (ed: EditorPage, wfId: string) => Promise<void>) {
const wf = await client.createWorkflow({ name: 'Paper boats', nodes: nodes.length? nodes : [manualTrigger], connections });
const browser = await launchBrowser();
const ed = await EditorPage.signIn(browser, s.url, account);
await ed.openWorkflow(wf.id);
ed.page.setDefaultTimeout(8000);
try { await f(ed, wf.id); } catch (e) { console.log(String(e)); await ids(ed); await ed.screenshot('/tmp/ex/fail.png'); }
await browser.close();
}
export const ids = async (ed: EditorPage) => console.log([...new Set(await ed.page.locator('[data-test-id]').evaluateAll(e => e.map(x => x.getAttribute('data-test-id'))))].join(' '));
export { testId };

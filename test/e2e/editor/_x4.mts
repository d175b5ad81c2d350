import { withEd, ids, testId, client } from './_lib.mts';
await withEd([{ name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0,0], parameters: {} },
 { name: 'Seedance Text to Video', type: 'n8n-nodes-seedance.seedanceTextToVideo', typeVersion: 1, position: [220,0], parameters: {} }], { Start: { main: [[{ node: 'Seedance Text to Video', type: 'main', index: 0 }]] } }, async (ed, wf) => {
const p = ed.page;
await ed.openNode('Seedance Text to Video');
const choose = async (name: string, label: string) => {
  await p.locator(testId(`parameter-input-${name}`)).click();
  await p.locator('.el-select-dropdown:visible ' + testId('parameter-input-item'), { hasText: new RegExp(`^${label}`) }).first().click();
  await p.waitForTimeout(600);
};
const state = async () => {
  const out: any = {};
  for (const row of await p.locator(testId('node-parameters') + ' ' + testId('parameter-item')).all()) {
    const label = (await row.locator(testId('input-label')).first().innerText().catch(() => '')).trim();
    const v = await row.locator('input, textarea').first().inputValue().catch(() => '');
    const t = (await row.innerText()).replace(/\n/g, '|');
    out[label] = v + ' :: ' + t;
  }
  console.log(out, 'issues', await p.locator(testId('parameter-issues')).count());
};
await state();
await choose('aspectRatio', '9:21');
await choose('duration', '10');
await choose('provider', 'Modellix');
await state();
await ed.screenshot('/tmp/ex/7-modellix.png');
await choose('provider', 'AI/ML API');
await state();
await ed.screenshot('/tmp/ex/8-aiml.png');
const w = await p.locator(testId('collection-parameter-add')).innerText(); console.log('add', w);
await p.locator(testId('collection-parameter-add')).click();
await p.waitForTimeout(600);
await ed.screenshot('/tmp/ex/9-aiml-options.png');
console.log(await p.locator(testId('collection-parameter-option')).allInnerTexts());
await ids(ed);
});

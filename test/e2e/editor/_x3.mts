import { withEd, ids, testId } from './_lib.mts';
await withEd([], {}, async (ed) => {
const p = ed.page;
await p.locator(testId('canvas-handle-plus')).first().click();
await p.waitForTimeout(800);
await p.locator(testId('node-creator-search-bar')).first().fill('seedance text');
await p.waitForTimeout(1000);
await p.locator(testId('node-creator-item-name'), { hasText: 'Seedance Text to Video' }).first().click();
await p.locator('a', { hasText: 'Docs' }).first().getAttribute('href').then(console.log);
await p.getByText('Add to workflow').click();
await p.waitForTimeout(1500);
await ed.screenshot('/tmp/ex/5-ndv.png');
await ids(ed);
console.log(await p.locator(testId('node-parameters')).first().evaluate(e => [...e.querySelectorAll('[data-test-id]')].map(x => x.tagName + ':' + x.getAttribute('data-test-id')).join(' ')));
await p.locator(testId('parameter-input-provider')).click();
await p.waitForTimeout(500);
await ed.screenshot('/tmp/ex/6-provider.png');
});

// The styleguide: every element in every state, by day and by night, as narrow as a page may be and at a desk. A town that
// is not built upon does not have it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, visit } from './browser.mjs';
import { startTown } from './town.mjs';

const NARROW = { name: 'narrow', viewport: { width: 320, height: 700 } };
const PARTS = ['bases', 'formulaires', 'ecrire', 'messages', 'personnes'];

let town;
let browser;

before(async () => {
  town = await startTown({ PARVIS_STYLEGUIDE: 'on' });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const size of [NARROW, DESK]) {
  test(`every element of the pages is fit to be seen, ${size.name}`, async () => {
    const visitor = await visit(browser, town, { javaScript: true, size });
    const { page } = visitor;
    try {
      for (const part of PARTS) {
        await page.goto(`/styleguide/${part}`);
        await picturesHaveCome(page);
        await visitor.inspect(`styleguide-${part}`);
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await visitor.picture(`styleguide-${part}-dark`);
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
      }
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

test('its first page is found without its name, and it is read in English, too', async () => {
  const led = await fetch(`${town.origin}/styleguide`, { headers: { 'accept-language': 'en' } });
  assert.equal(led.url, `${town.origin}/styleguide/bases`);
  assert.match(await led.text(), /<h1>Styleguide<\/h1>/);
  assert.equal((await fetch(`${town.origin}/styleguide/autre`)).status, 404);
});

test('a town that nobody builds upon has no styleguide', async () => {
  const plain = await startTown();
  try {
    for (const path of ['/styleguide', '/styleguide/bases']) {
      assert.equal((await fetch(plain.origin + path)).status, 404, path);
    }
  } finally {
    await plain.stop();
  }
});

/** They come when they are scrolled to; here all are to be seen at once. */
async function picturesHaveCome(page) {
  await page.evaluate(() => {
    for (const picture of document.images) picture.loading = 'eager';
  });
  await page.waitForFunction(() => [...document.images].every((picture) => picture.complete));
  // Where a file would be shown once it is chosen, there is a hidden one without an address.
  const broken = await page.evaluate(() =>
    [...document.images]
      .filter((picture) => !picture.hidden && picture.naturalWidth === 0)
      .map((picture) => picture.src),
  );
  assert.deepEqual(broken, [], 'pictures that did not come');
}

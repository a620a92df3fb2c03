// How the town looks: its colour, arms and banner, set by its administrator, on the pages by day and by night.

import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PICTURES = path.resolve(import.meta.dirname, '../../frontend/pictures');

let town;
let browser;
let maire;

before(async () => {
  town = await startTown();
  await settle(town, ['maire'], '--role', 'admin');
  maire = await Resident.of(town.origin, 'maire');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const [size, javaScript, colour, note] of [
  [PHONE, true, '#ffe600', 'look-darkened'],
  [DESK, true, '#0b2f6b', 'look-lightened'],
  [DESK, false, '#e2007a', ''],
  [PHONE, false, '#7a4b00', ''],
]) {
  const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
  test(`the town takes the colour ${colour}, arms and a banner, ${how}`, async () => {
    const visitor = await visit(browser, town, { javaScript, size });
    const { page } = visitor;
    try {
      await page.context().addCookies(maire.cookies());
      await page.goto('/mairie/apparence');
      await visitor.inspect('look-before');
      await page.getByLabel(t('look-own'), { exact: true }).check();
      await page.getByLabel(t('look-own-which')).fill(colour);
      await page.getByLabel(t('look-arms'), { exact: true }).setInputFiles(path.join(PICTURES, 'icon-192.png'));
      await page.getByLabel(t('look-banner'), { exact: true }).setInputFiles(path.join(PICTURES, 'thumbnail-default.png'));
      await Promise.all([
        page.waitForURL('/mairie/apparence'),
        page.getByRole('button', { name: t('save') }).click(),
      ]);
      await page.getByRole('status').waitFor();
      if (note) assert.ok(await page.getByText(t(note)).isVisible());
      assert.equal(await page.locator('link[rel="stylesheet"]').last().getAttribute('href'), `/theme/${colour.slice(1)}.css`);
      assert.ok(await areShown(page, 'img.arms'), 'the arms stand beside the name');
      await visitor.inspect('look-settings');
      for (const where of ['/', '/a-propos', '/reglages/profil', '/mairie/inscriptions']) {
        await page.goto(where);
        await visitor.inspect(`look-${where.slice(1).replaceAll('/', '-') || 'home'}`);
      }
      await page.context().clearCookies();
      await page.goto('/');
      assert.ok(await areShown(page, '.welcome img.banner'), 'visitors are met by the banner');
      await visitor.inspect('look-landing');
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

/** Has each of these pictures arrived? */
function areShown(page, pictures) {
  return page.locator(pictures).evaluateAll((all) => all.length > 0 && all.every((it) => it.complete && it.naturalWidth > 0));
}

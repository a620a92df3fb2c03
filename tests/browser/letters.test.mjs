// What concerns e-mails: a forgotten password, an address, of what one is told and where. Letters themselves are read in
// tests/src/letters.rs; here nobody takes them.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { HOWS, launch, visit } from './browser.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');

let town;
let browser;

before(async () => {
  town = await startTown({
    PARVIS_MAIL__HOST: '127.0.0.1',
    PARVIS_MAIL__PORT: '9',
    PARVIS_MAIL__SECURITY: 'none',
    PARVIS_MAIL__FROM: 'parvis@valmont.example',
  });
  await settle(town, ['julie'], '--role', 'moderator');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const { javaScript, size } of HOWS) {
  const how = `${size.name}, ${javaScript ? 'with' : 'without'} scripts`;

  test(`a link for a new password can be asked for (${how})`, async () => {
    const visitor = await visit(browser, town, { javaScript, size });
    try {
      const { page } = visitor;
      await page.goto('/mot-de-passe-oublie');
      await visitor.inspect(`letters-forgotten-${size.name}`);
      await page.locator('#f-who').fill('julie');
      await page.getByRole('button', { name: t('recover-letter-go') }).click();
      await page.getByRole('status').getByText(t('done-letter-asked')).waitFor();
      await page.goto('/adresse/confirmer?cle=rien');
      await page.getByRole('heading', { name: t('from-letter-over') }).waitFor();
      await visitor.inspect(`letters-over-${size.name}`);
    } finally {
      await visitor.leave();
    }
  });

  test(`one chooses of what to be told, and where (${how})`, async () => {
    const julie = await visit(browser, town, { javaScript, size });
    try {
      const { page } = julie;
      const resident = await Resident.of(town.origin, 'julie');
      await page.context().addCookies(resident.cookies());
      await page.goto('/reglages/avis');
      const box = page.getByRole('checkbox', { name: `${t('choice-mention')} ${t('choices-letter')}` });
      const ticked = await box.isChecked();
      await box.setChecked(!ticked);
      await julie.inspect(`letters-choices-${size.name}`);
      await page.locator('form[action="/reglages/avis/choix"] button.primary').click();
      await page.getByRole('status').waitFor();
      assert.equal(await box.isChecked(), !ticked);
      await page.goto('/reglages/adresse');
      await julie.inspect(`letters-address-${size.name}`);
      julie.checkManners();
    } finally {
      await julie.leave();
    }
  });
}

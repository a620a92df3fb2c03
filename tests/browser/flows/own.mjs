// What a resident does with the account: describes it, chooses a language, filters, invites, takes data along and brings some,
// logs devices out, changes the password.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

import { submit, until } from '../pressing.mjs';
import { PASSWORD, Resident } from '../resident.mjs';
import { button, isTold, link, looks, says, t } from './acts.mjs';

export async function describes({ page, marie }) {
  await page.goto('/reglages/profil');
  await page.getByLabel(t('display-name'), { exact: true }).fill('Marie du moulin');
  await page.getByLabel(t('bio'), { exact: true }).fill('Meunière, et fière de l’être.');
  await page.locator('[name="field-name-1"]').fill('Quartier');
  await page.locator('[name="field-value-1"]').fill('Le lavoir');
  await submit(page, button(page, 'save'));
  await isTold(page, 'done-saved');
  await page.goto(`/@${marie.name}`);
  await page.getByRole('heading', { name: 'Marie du moulin' }).waitFor();
  for (const said of ['Meunière', 'Quartier', 'Le lavoir']) assert.ok(await page.getByText(said).first().isVisible(), said);
}

export async function choosesALanguage({ visitor, page }) {
  const chooses = async (language) => {
    await page.goto('/reglages/compte');
    const form = page.locator('form[action="/reglages/langue"]');
    await form.locator('select').selectOption(language);
    await submit(page, form.locator('button.primary'));
    await page.goto('/reglages/compte');
    return page.locator('html').getAttribute('lang');
  };
  assert.equal(await chooses('en'), 'en');
  await looks(visitor, 'flows-in-english');
  assert.equal(await chooses('fr'), 'fr');
}

export async function filters({ visitor, page, jean }) {
  const word = `facteur${jean.mark}`;
  const { text } = await says(jean, `Le ${word} savait tout.`);
  await page.goto('/reglages/filtres');
  await submit(page, link(page, 'filter-new'));
  await page.locator('input[name="mot-nouveau-1"]').fill(word.toUpperCase());
  await page.getByLabel(t('filter-how-long')).selectOption({ label: t('filter-week') });
  await submit(page, button(page, 'save'));
  await looks(visitor, 'flows-filters');
  await page.goto('/ville');
  assert.ok(!(await page.getByText(text).isVisible()), 'it is folded');
  await page.locator('details.filtered', { hasText: text }).locator('> summary').click();
  assert.ok(await page.getByText(text).isVisible(), 'and unfolded');
  await page.goto('/reglages/filtres');
  await submit(page, page.getByRole('link', { name: `${t('edit')} ` }));
  await page.getByLabel(t('filter-hides')).check();
  await submit(page, button(page, 'save'));
  await page.goto('/ville');
  assert.equal(await page.getByText(text).count(), 0, 'it is hidden');
  await page.goto('/reglages/filtres');
  await submit(page, page.getByRole('link', { name: `${t('delete')} ` }));
  await submit(page, button(page, 'delete'));
  await isTold(page, 'done-filter-deleted');
  await page.goto('/ville');
  await page.getByText(text).waitFor();
}

/** Makes a link for one person, and gives it. */
async function linkFor(page, note) {
  await page.goto('/reglages/invitations');
  await page.getByLabel(t('invite-note')).fill(note);
  await submit(page, button(page, 'invite-make'));
  await isTold(page, 'done-invitation');
  return page.locator('code.link').first().innerText();
}

/** What a link answers to whoever follows it. */
async function answerOf(address, town) {
  return (await fetch(new URL(new URL(address).pathname, town.origin))).status;
}

export async function invites({ page, town }) {
  const address = await linkFor(page, 'Le club de judo');
  assert.equal(await answerOf(address, town), 200);
  await submit(page, page.locator('button[value="reprendre"]'));
  await isTold(page, 'done-invitation-taken-back');
  assert.equal(await answerOf(address, town), 410);
}

export async function letsSomebodyIn({ page, guest, marie, town }) {
  const address = await linkFor(page, 'La famille de Lyon');
  const name = `nadia_${marie.mark}`;
  const nadia = await guest();
  try {
    await nadia.page.goto(address);
    await nadia.fitsItsWidth();
    await nadia.page.getByLabel(t('username')).fill(name);
    await nadia.page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
    await nadia.page.getByLabel(t('agree')).check();
    await submit(nadia.page, button(nadia.page, 'join'));
    await nadia.page.goto(`/@${name}`);
    await nadia.page.locator('form[action="/deconnexion"]').first().waitFor({ state: 'attached' });
    nadia.checkManners();
  } finally {
    await nadia.leave();
  }
  assert.equal(await answerOf(address, town), 410, 'it was for one');
  await page.goto('/reglages/invitations');
  await page.locator('.invitations').getByRole('link', { name }).waitFor();
}

export async function takesAlongAndBrings({ visitor, page, marie, jean, town }) {
  await page.goto('/reglages/exporter');
  const [table] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText(t('exports-get'), { exact: true }).first().click(),
  ]);
  assert.match(await readFile(await table.path(), 'utf8'), /^Account address,/);

  const buffer = Buffer.from(`Account address\n@${jean.name}@${new URL(town.origin).host}\n`);
  await page.goto('/reglages/importer');
  const file = { name: 'following_accounts.csv', mimeType: 'text/csv', buffer };
  await page.getByLabel(t('imports-file'), { exact: true }).setInputFiles(file);
  await submit(page, button(page, 'imports-do'));
  await until(page, '/reglages/importer', page.getByText(t('imports-finished')));
  await looks(visitor, 'flows-brought');
  await page.goto(`/@${marie.name}/abonnements`);
  await page.locator('main .people').getByText(`@${jean.name}`).waitFor();
}

/** The last of all: the device that helps her is logged out. */
export async function keepsOthersOut({ page, marie, town }) {
  const other = await Resident.of(town.origin, marie.name);
  const isIn = async () => (await other.get('/')).includes('/deconnexion');
  await page.goto('/reglages/sessions');
  assert.ok(await isIn());
  await submit(page, button(page, 'session-close').first());
  await isTold(page, 'done-session-closed');
  assert.ok(!(await isIn()), 'the other device is logged out');

  await page.goto('/reglages/compte');
  await page.getByLabel(t('password-old')).fill(PASSWORD);
  await page.getByLabel(t('password-new')).fill('cinq assiettes en fer');
  await submit(page, button(page, 'password-change'));
  await isTold(page, 'done-password');
  await page.goto('/reglages/sessions');
  assert.equal(await page.locator('main ul.rows li').count(), 1);
}

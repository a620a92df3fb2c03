// Writing: drafts, scheduled posts, files, polls, names while they are typed, an ended session, a post written anew.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { PNG } from './picture.mjs';
import { submit } from './pressing.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';

let town;
let browser;

before(async () => {
  town = await startTown();
  for (const name of ['mairie', 'lucie']) {
    const role = name === 'mairie' ? 'admin' : 'resident';
    const account = ['account', 'create', name, '--role', role, '--email', `${name}@ville.example`];
    await town.cli([...account, '--password-stdin'], `${PASSWORD}\n`);
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const [size, javaScript] of [
  [PHONE, true],
  [DESK, false],
]) {
  const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
  test(`a post is begun, kept, gone on with and published with its picture, ${how}`, async () => {
    await visiting({ size, javaScript }, async (visitor) => {
      const { page } = visitor;
      await page.goto('/ecrire');
      await writing(page).fill('La fête du lavoir');
      await page.getByLabel(t('audience-town', { town: await townName(page) })).check();
      await visitor.inspect('compose-1-form');
      await submit(page, page.getByRole('button', { name: t('draft-save') }));
      await page.getByText('La fête du lavoir').waitFor();
      await visitor.inspect('compose-2-drafts');
      await submit(page, page.getByRole('link', { name: t('draft-go-on') }));
      assert.equal(await writing(page).inputValue(), 'La fête du lavoir');

      await page.getByText(t('pictures'), { exact: true }).click();
      const file = { name: 'point.png', mimeType: 'image/png', buffer: PNG };
      await page.locator('input[type="file"]').first().setInputFiles(file);
      if (!javaScript) await submit(page, page.getByRole('button', { name: t('pictures-send') }));
      const described = page.locator('[data-attached]').getByLabel(t('picture-description'));
      await described.fill('Le lavoir');
      await visitor.inspect('compose-3-picture');
      await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
      await page.goto('/ville');
      await page.getByRole('article').filter({ hasText: 'La fête du lavoir' }).first().waitFor();
      assert.ok((await page.getByAltText('Le lavoir').count()) > 0, 'the picture is described');
      await page.goto('/brouillons');
      assert.equal(await page.getByText('La fête du lavoir').count(), 0, 'the draft is gone');
    });
  });

  test(`a post is edited, its history read, and it is written anew, ${how}`, async () => {
    await visiting({ size, javaScript }, async (visitor) => {
      const { page } = visitor;
      await publish(page, 'Rendez-vous samedi');
      await page.goto('/ville');
      const post = page.getByRole('article').filter({ hasText: 'Rendez-vous samedi' }).first();
      await post.locator('a.when').click();
      await page.waitForURL(/\/@lucie\/\d+/);
      const path = new URL(page.url()).pathname;
      await page.goto(`${path}/modifier`);
      await writing(page).fill('Rendez-vous dimanche');
      await submit(page, page.getByRole('button', { name: t('save') }));
      await visitor.inspect('compose-4-thread');
      await submit(page, page.getByRole('link', { name: t('revisions-see') }));
      assert.ok(await page.getByText('Rendez-vous samedi').isVisible());
      await visitor.inspect('compose-5-history');
      await page.goto(`${path}/supprimer`);
      await visitor.inspect('compose-6-delete');
      await submit(page, page.getByRole('button', { name: t('delete-anew') }));
      assert.equal(await writing(page).inputValue(), 'Rendez-vous dimanche');
      await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
    });
  });

  test(`a picture without a description is spoken of once, and nothing is lost, ${how}`, async () => {
    await visiting({ size, javaScript }, async (visitor) => {
      const { page } = visitor;
      const words = `Le lavoir ce matin, ${how}`;
      await page.goto('/reglages/compte');
      const setting = page.getByLabel(t('reminder'));
      assert.ok(await setting.isChecked(), 'it is on unless somebody turns it off');

      await write(page, words, javaScript);
      await submit(page, publishing(page));
      await page.getByText(t('reminder-why')).waitFor();
      await visitor.inspect('compose-reminder');
      assert.equal(await writing(page).inputValue(), words);
      assert.equal(await page.locator('[data-attached] img').count(), 1);
      await page.getByRole('link', { name: t('reminder-describe') }).click();
      await page.locator('[data-attached]').getByLabel(t('picture-description')).fill(`Vu du pont, ${how}`);
      await submit(page, publishing(page));
      await page.goto('/ville');
      assert.ok((await page.getByAltText(`Vu du pont, ${how}`).count()) > 0, 'it is published as described');

      await write(page, `${words}, encore`, javaScript);
      await submit(page, publishing(page));
      await submit(page, page.getByRole('button', { name: t('reminder-publish') }));
      await page.goto('/ville');
      await page.getByRole('article').filter({ hasText: `${words}, encore` }).first().waitFor();

      await page.goto('/reglages/compte');
      await setting.uncheck();
      const form = page.locator('form[action="/reglages/citations"]');
      await submit(page, form.getByRole('button', { name: t('save') }));
      assert.ok(!(await setting.isChecked()), 'it stays off');
      await write(page, `${words}, sans rappel`, javaScript);
      await submit(page, publishing(page));
      assert.equal(await page.getByText(t('reminder-why')).count(), 0);
      await page.goto('/ville');
      await page.getByRole('article').filter({ hasText: `${words}, sans rappel` }).first().waitFor();

      await page.goto('/reglages/compte');
      await setting.check();
      await submit(page, form.getByRole('button', { name: t('save') }));
    });
  });
}

let pictures = 0;

/** What was said of the same file before would stand there again. */
function anotherPicture() {
  pictures += 1;
  return Buffer.concat([PNG, Buffer.from(String(pictures))]);
}

/** A post with a picture of which nothing is said. */
async function write(page, words, javaScript) {
  await page.goto('/ecrire');
  await writing(page).fill(words);
  await page.getByText(t('pictures'), { exact: true }).click();
  const file = { name: 'point.png', mimeType: 'image/png', buffer: anotherPicture() };
  await page.locator('input[type="file"]').first().setInputFiles(file);
  if (javaScript) await page.locator('[data-attached] img').waitFor();
}

function publishing(page) {
  return page.getByRole('button', { name: t('publish'), exact: true });
}

test('what was typed is found again after the session has ended', async () => {
  await visiting({ size: PHONE, javaScript: true }, async (visitor) => {
    const { page } = visitor;
    await page.goto('/ecrire');
    await writing(page).fill('Une lettre que personne ne veut récrire');
    await page.context().clearCookies();
    await page.getByRole('button', { name: t('publish'), exact: true }).click();
    await page.getByText(t('log-in-text-kept')).waitFor();
    await visitor.inspect('compose-7-ended');
    await enter(page, 'lucie');
    await page.waitForURL(/brouillon=/);
    assert.equal(await writing(page).inputValue(), 'Une lettre que personne ne veut récrire');
    // The browser itself reports the page that asks to log in.
  }, { complaints: true });
});

test('a question for later, in the time of the town', async () => {
  await visiting({ size: DESK, javaScript: true }, async (visitor) => {
    const { page } = visitor;
    await page.goto('/ecrire');
    await writing(page).fill('Quel jour pour le marché ?');
    for (const part of ['poll', 'compose-warning', 'schedule', 'formatting']) {
      await page.locator('summary', { hasText: t(part) }).first().click();
    }
    await page.locator('[name="reponse-1"]').fill('Samedi');
    await page.locator('[name="reponse-2"]').fill('Dimanche');
    await page.getByLabel(t('schedule-when')).fill('2099-03-01T09:30');
    await visitor.inspect('compose-8-everything');
    await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
    await page.getByText('1er mars 2099 à 9 h 30').waitFor();
    await submit(page, page.getByRole('link', { name: t('scheduled-change') }));
    assert.equal(await page.getByLabel(t('schedule-when')).inputValue(), '2099-03-01T09:30');
    assert.equal(await page.locator('[name="reponse-2"]').inputValue(), 'Dimanche');
  });
});

test('names are completed, pictures pasted and put in order', async () => {
  await visiting({ size: DESK, javaScript: true }, async (visitor) => {
    const { page } = visitor;
    await page.goto('/ecrire');
    await writing(page).pressSequentially('Merci @mai');
    await page.getByRole('option', { name: /@mairie/ }).waitFor();
    await visitor.inspect('compose-9-names');
    await writing(page).press('Enter');
    assert.equal(await writing(page).inputValue(), 'Merci @mairie ');

    for (const name of ['un', 'deux']) {
      await page.evaluate(paste, { bytes: [...PNG], name });
      await page.locator(`[data-file]:nth-child(${name === 'un' ? 1 : 2})`).waitFor();
    }
    const order = () => page.locator('[name="garde"]').evaluateAll((all) => all.map((it) => it.value));
    const before = await order();
    await page.getByRole('button', { name: t('attached-earlier') }).filter({ visible: true }).click();
    assert.deepEqual(await order(), before.reverse());
    await page.locator('.focal summary').first().click();
    await page.locator('[data-focal]').first().click({ position: { x: 4, y: 4 } });
    await visitor.inspect('compose-10-focal');
    await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
  });
});

test('what could not be sent is not left out of the post, and nobody is interrupted', async () => {
  await visiting({ size: DESK, javaScript: true }, async (visitor) => {
    const { page } = visitor;
    await page.goto('/ecrire');
    await writing(page).fill('Regardez cette photo');
    let release;
    const held = new Promise((resolve) => { release = resolve; });
    await page.route('**/ecrire/fichiers', async (route) => {
      await held;
      await route.fulfill({ status: 500, body: '' });
    });
    await page.evaluate(paste, { bytes: [...PNG], name: 'perdue' });
    await page.locator('[data-uploads] progress').waitFor();
    await page.getByRole('button', { name: t('publish'), exact: true }).click();
    release();
    await page.getByText(t('upload-failed')).waitFor();
    await page.unroute('**/ecrire/fichiers');

    await writing(page).focus();
    for (const n of [1, 2, 3, 4]) {
      await page.evaluate(paste, { bytes: [...PNG], name: `photo-${n}` });
      await page.locator(`[data-file]:nth-child(${n})`).waitFor();
    }
    await page.locator('[data-uploads]').getByText(t('upload-added')).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('name'));
    assert.equal(await focused(), 'text');
    assert.equal(new URL(page.url()).pathname, '/ecrire', 'it did not go out');

    const removals = page.getByRole('button', { name: t('attached-remove') });
    await removals.first().click();
    assert.equal(await removals.count(), 3);
    assert.equal(await focused(), 'retirer');
    await page.evaluate(paste, { bytes: [...PNG], name: 'photo-5' });
    await page.locator('[data-file]:nth-child(4)').waitFor();
    await submit(page, page.getByRole('button', { name: t('draft-save') }));
    await submit(page, page.getByRole('link', { name: t('draft-go-on') }).first());
    assert.equal(await page.locator('input[type="file"]').count(), 0, 'it is full');
    await submit(page, removals.first());
    assert.equal(await removals.count(), 3);
    assert.equal(await page.locator('input[type="file"]').count(), 1);
    // The browser itself reports the answer that fails.
  }, { complaints: true });
});

/** As if a picture came from the clipboard. */
function paste({ bytes, name }) {
  const files = new DataTransfer();
  files.items.add(new File([new Uint8Array(bytes)], `${name}.png`, { type: 'image/png' }));
  const event = new ClipboardEvent('paste', { clipboardData: files, bubbles: true, cancelable: true });
  document.querySelector('textarea[name="text"]').dispatchEvent(event);
}

async function visiting(how, story, { complaints = false } = {}) {
  const visitor = await visit(browser, town, how);
  try {
    await visitor.page.goto('/connexion');
    await enter(visitor.page, 'lucie');
    await visitor.page.waitForURL('/');
    await story(visitor);
    if (!complaints) visitor.checkManners();
  } finally {
    await visitor.leave();
  }
}

async function enter(page, name) {
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t('log-in') }).click();
}

async function publish(page, text) {
  await page.goto('/ecrire');
  await writing(page).fill(text);
  await page.locator('[name="audience"][value="town"]').check();
  await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
}

function writing(page) {
  return page.getByLabel(t('compose-text'), { exact: true });
}

async function townName(page) {
  return (await page.locator('.brand b').first().textContent()).trim();
}

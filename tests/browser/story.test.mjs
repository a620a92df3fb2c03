// The main story of a town: somebody joins, says something, and finds it where neighbours look.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { submit } from './pressing.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';

let town;
let browser;

before(async () => {
  town = await startTown();
  const hall = ['account', 'create', 'mairie', '--role', 'admin', '--email', 'mairie@ville.example'];
  await town.cli([...hall, '--password-stdin'], `${PASSWORD}\n`);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

test('the town hall opens its doors to everybody', async () => {
  const mayor = await visit(browser, town, { javaScript: true, size: DESK });
  try {
    const { page } = mayor;
    await logIn(mayor, 'mairie');
    await page.goto('/mairie/reglages');
    await page.getByLabel(t('town-name'), { exact: true }).fill('Valmont');
    await page.getByLabel(t('registration-open')).check();
    await mayor.inspect('0-town-hall');
    await submit(page, page.getByRole('button', { name: t('save') }));
    mayor.checkManners();
  } finally {
    await mayor.leave();
  }
});

for (const size of [PHONE, DESK]) {
  for (const javaScript of [true, false]) {
    const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
    test(`a new resident signs up, posts and is read, ${how}`, async () => {
      const visitor = await visit(browser, town, { javaScript, size });
      try {
        await story(visitor, `marie_${size.name}_${javaScript ? 'js' : 'nojs'}`);
        visitor.checkManners();
      } finally {
        await visitor.leave();
      }
    });
  }
}

async function story(visitor, name) {
  const { page } = visitor;
  const news = `Le four du quartier rallume samedi matin. (${name})`;

  await page.goto('/');
  await visitor.inspect('1-landing');
  await signUp(visitor, name);
  // Another day, in a browser that has forgotten everything.
  await page.context().clearCookies();
  await logIn(visitor, name);
  await publish(visitor, news);

  await page.goto('/ville');
  await expectPost(page, news, name);
  await visitor.inspect('6-town');
  await page.goto(`/@${name}`);
  await expectPost(page, news, name);
  await visitor.inspect('7-profile');

  await logOut(page);
  await page.goto('/ville');
  await expectPost(page, news, name);
  assert.equal(await writing(page).count(), 0, 'a stranger cannot write');
}

async function signUp(visitor, name) {
  const { page } = visitor;
  await page.goto('/inscription');
  await page.getByLabel(t('username')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await page.getByLabel(t('agree')).check();
  await visitor.inspect('2-sign-up');
  await submit(page, page.getByRole('button', { name: t('join') }));
  assert.ok((await page.locator('code').count()) > 0, 'who gave no address gets recovery codes');
  await visitor.inspect('3-welcome');
}

async function logIn(visitor, name) {
  const { page } = visitor;
  await page.goto('/connexion');
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await visitor.inspect('4-log-in');
  await submit(page, page.getByRole('button', { name: t('log-in') }));
  assert.equal(new URL(page.url()).pathname, '/');
}

async function publish(visitor, news) {
  const { page } = visitor;
  await writing(page).fill(news);
  await page.getByLabel(t('compose-audience')).selectOption('public');
  await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
  await page.goto('/');
  await visitor.inspect('5-home');
}

function writing(page) {
  return page.getByLabel(t('compose-text'), { exact: true });
}

/** On a phone the way out is in the menu, elsewhere among the settings. */
async function logOut(page) {
  await page.goto('/reglages/compte');
  const menu = page.getByLabel(t('menu'), { exact: true });
  if (await menu.isVisible()) await menu.click();
  const out = page.getByRole('button', { name: t('log-out') }).filter({ visible: true });
  await submit(page, out.first());
  await page.goto('/');
  assert.ok(await page.locator('a[href="/connexion"]').first().isVisible(), 'nobody is logged in');
}

async function expectPost(page, news, name) {
  const post = page.getByRole('article').filter({ hasText: news });
  await post.waitFor();
  const author = post.locator(`header a[href="/@${name}"]`);
  assert.ok((await author.count()) > 0, 'its author is named');
}

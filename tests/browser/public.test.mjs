// What people meet who have no account here, and those who keep the town as an app on their phone.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';
const NEWS = 'Le four du quartier rallume samedi matin.';
const NEAR = { PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32' };

let town;
let other;
let browser;

before(async () => {
  [town, other] = await Promise.all([startTown(NEAR), startTown(NEAR)]);
  await Promise.all([settle(town, 'mairie', '--role', 'admin'), settle(other, 'paul')]);
  await settle(town, 'marie');
  browser = await launch();
  const marie = await visit(browser, town, { javaScript: false, size: DESK });
  await logIn(marie.page, 'marie');
  await marie.page.getByLabel(t('compose-text'), { exact: true }).fill(NEWS);
  await marie.page.getByRole('button', { name: t('publish'), exact: true }).click();
  await marie.page.goto('/reglages/profil');
  await marie.page.getByLabel(t('discoverable')).check();
  await marie.page.getByRole('button', { name: t('save') }).click();
  await marie.page.goto('/ville');
  await marie.page.getByText(NEWS).waitFor();
  await marie.leave();
});

after(async () => {
  await browser?.close();
  await Promise.all([town?.stop(), other?.stop()]);
});

for (const size of [PHONE, DESK]) {
  for (const javaScript of [true, false]) {
    const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
    test(`someone from another town follows and answers from home, ${how}`, async () => {
      const visitor = await visit(browser, town, { javaScript, size });
      try {
        await fromElsewhere(visitor);
      } finally {
        await visitor.leave();
      }
    });
    test(`who just came is shown around, ${how}`, async () => {
      const name = `lise_${size.name}_${javaScript ? 'js' : 'nojs'}`;
      await settle(town, name);
      const visitor = await visit(browser, town, { javaScript, size });
      try {
        await firstSteps(visitor, name);
        visitor.checkManners();
      } finally {
        await visitor.leave();
      }
    });
  }
}

async function fromElsewhere(visitor) {
  const { page } = visitor;
  await page.goto('/@marie');
  assert.equal(await page.locator('script[type="application/ld+json"]').count(), 1);
  await visitor.inspect('20-profile-of-a-visitor');
  visitor.checkManners();
  await page.getByRole('link', { name: t('follow-from-elsewhere'), exact: true }).click();
  await page.getByLabel(t('elsewhere-address'), { exact: true }).fill('paul');
  await page.getByRole('button', { name: t('elsewhere-go') }).click();
  await page.getByText(t('refusal-address-incomplete')).waitFor();
  await visitor.inspect('21-follow-from-elsewhere');
  await goHome(page);

  await page.goto('/ville');
  const post = page.getByRole('article').filter({ hasText: NEWS });
  await post.getByRole('link', { name: t('reply-from-elsewhere') }).click();
  await visitor.inspect('22-reply-from-elsewhere');
  await goHome(page);
}

/** The browser lets itself be led to the other server, which asks who one is. */
async function goHome(page) {
  const host = new URL(other.origin).host;
  await page.getByLabel(t('elsewhere-address'), { exact: true }).fill(`@paul@${host}`);
  await page.getByRole('button', { name: t('elsewhere-go') }).click();
  await page.waitForURL((url) => url.origin === other.origin);
  assert.equal(new URL(page.url()).pathname, '/connexion');
  assert.match(decodeURIComponent(page.url()), /suite=\/authorize_interaction/);
}

async function firstSteps(visitor, name) {
  const { page } = visitor;
  await logIn(page, name);
  await page.goto('/premiers-pas/1');
  await page.getByLabel(t('display-name'), { exact: true }).fill('Lise du moulin');
  await visitor.inspect('23-first-steps-who');
  await page.getByRole('button', { name: t('first-steps-next') }).click();
  await page.getByRole('heading', { name: t('first-steps-people') }).waitFor();
  await visitor.inspect('24-first-steps-people');
  const hall = page.getByRole('listitem').filter({ hasText: '@mairie' });
  await hall.getByRole('button', { name: t('follow'), exact: true }).click();
  await hall.getByRole('button', { name: t('unfollow'), exact: true }).waitFor();
  await page.getByRole('link', { name: t('first-steps-next') }).click();
  await page.getByRole('heading', { name: t('first-steps-how') }).waitFor();
  await visitor.inspect('25-first-steps-how');
  await page.getByRole('link', { name: t('first-steps-done') }).click();
  assert.equal(new URL(page.url()).pathname, '/');
  await page.goto(`/@${name}`);
  await page.getByRole('heading', { name: 'Lise du moulin' }).waitFor();
}

test('a piece of the town stands on another site, the rest of it does not', async () => {
  const commune = await anotherSite();
  const visitor = await visit(browser, town, { javaScript: true, size: DESK });
  try {
    const { page } = visitor;
    await page.goto('/integrer');
    await visitor.inspect('26-embedding');
    const line = await page.getByLabel(t('embedding-line'), { exact: true }).inputValue();
    await page.goto('/integrer/ville');
    await visitor.inspect('27-embed');
    visitor.checkManners();
    await page.goto(`${commune.origin}/?${encodeURIComponent(line)}`);
    await page.frameLocator('iframe').getByText(NEWS).waitFor();
    const refused = page.waitForEvent('console', (said) => said.text().includes('frame-ancestors'));
    await page.goto(`${commune.origin}/?${encodeURIComponent(line.replace('/integrer/', '/'))}`);
    await refused;
    assert.equal(await page.frameLocator('iframe').getByText(NEWS).count(), 0);
  } finally {
    commune.close();
    await visitor.leave();
  }
});

test('without a network the last home page is shown, until one has logged out', async () => {
  const visitor = await visit(browser, town, { javaScript: true, size: PHONE });
  try {
    const { page } = visitor;
    const context = page.context();
    await logIn(page, 'marie');
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await page.goto('/');
    await keptHome(page, true);
    await page.goto('/?vu=1');
    await page.goto('/ville');
    await keptHome(page, true);
    visitor.checkManners();

    await context.setOffline(true);
    await page.goto('/');
    await page.getByText(t('offline-kept')).waitFor();
    await page.getByText(NEWS).first().waitFor();
    await visitor.inspect('28-home-offline');
    await page.goto('/avis');
    await page.getByRole('heading', { name: t('offline') }).waitFor();
    await visitor.inspect('29-offline');
    await page.goto('/');
    const like = page.locator('article button[formaction$="/aimer"]').first();
    const isLost = (request) => request.isNavigationRequest() && request.method() === 'POST';
    await Promise.all([page.waitForEvent('requestfailed', isLost), like.click({ noWaitAfter: true })]);
    while (!page.url().startsWith('chrome-error:')) await sleep(50);
    await page.goto('/');
    await page.getByText(t('offline-kept')).waitFor();

    await context.setOffline(false);
    await context.clearCookies();
    await logIn(page, 'marie', '/ville');
    await keptHome(page, false);
    await page.goto('/');
    await keptHome(page, true);
    assert.equal(await page.getByText(t('offline-kept')).isVisible(), false);
    await page.getByLabel(t('menu'), { exact: true }).click();
    const out = page.getByRole('button', { name: t('log-out') }).filter({ visible: true });
    await Promise.all([page.waitForEvent('load'), out.first().click()]);
    await keptHome(page, false);
    await context.setOffline(true);
    await page.goto('/');
    await page.getByRole('heading', { name: t('offline') }).waitFor();
    assert.equal(await page.getByText(NEWS).count(), 0, 'nothing of her is left');
  } finally {
    await visitor.leave();
  }
});

/** The website of the town hall: shows whatever stands in its address. */
async function anotherSite() {
  const server = createServer((request, answer) => {
    const line = decodeURIComponent(request.url?.split('?')[1] ?? '');
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(`<h1>Commune</h1>${line}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { origin: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Waits until the home page is kept on this device, or is not. */
function keptHome(page, wanted) {
  return page.waitForFunction(async (kept) => {
    const cache = (await caches.has('home')) ? await caches.open('home') : undefined;
    return Boolean(await cache?.match('/')) === kept;
  }, wanted);
}

function settle(place, name, ...more) {
  const account = ['account', 'create', name, ...more, '--email', `${name}@ville.example`];
  return place.cli([...account, '--password-stdin'], `${PASSWORD}\n`);
}

async function logIn(page, name, next = '/') {
  await page.goto(`/connexion?suite=${encodeURIComponent(next)}`);
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: t('log-in') }).click();
  await page.waitForURL((url) => url.pathname === next);
}

// Coming in: with a key that the device keeps, and by a link that a resident gave.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { answered } from './pressing.mjs';
import { PASSWORD, Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');

let town;
let browser;

before(async () => {
  town = await startTown();
  await settle(town, ['chef'], '--role', 'admin');
  await settle(town, ['marie', 'jean']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const [name, size] of [['marie', PHONE], ['jean', DESK]]) {
  test(`a resident takes on a key, comes in by it and gives it up, on a ${size.name}`, async () => {
    const visitor = await visit(browser, town, { javaScript: true, size });
    const { page } = visitor;
    try {
      const device = await withDevice(page);
      await comesAs(page, name);
      await page.goto('/reglages/compte');
      await page.locator('a[href="/reglages/cles"]').click();
      await visitor.inspect('passkeys-none');
      await begin(page);
      await visitor.inspect('passkeys-make');
      await submit(page, page.getByRole('button', { name: t('passkey-make') }));
      assert.ok(await page.getByText(t('done-passkey'), { exact: true }).isVisible());
      const { credentials } = await device.send('WebAuthn.getCredentials', device.which);
      assert.equal(credentials.length, 1);
      await visitor.inspect('passkeys');

      await begin(page);
      await page.getByRole('button', { name: t('passkey-make') }).click();
      await page.getByText(t('passkey-is-known')).waitFor();

      await page.context().clearCookies();
      await page.goto('/connexion?suite=/reglages/cles');
      await visitor.inspect('passkeys-log-in');
      await submit(page, page.getByRole('button', { name: t('passkey-log-in') }));
      assert.equal(new URL(page.url()).pathname, '/reglages/cles', 'in, and where one wanted to go');

      await page.getByRole('link', { name: t('passkey-remove') }).click();
      await visitor.inspect('passkeys-remove');
      await page.getByLabel(t('password-old')).fill(PASSWORD);
      await submit(page, page.getByRole('button', { name: t('passkey-remove') }));
      assert.ok(await page.getByText(t('done-passkey-removed')).isVisible());
      await page.context().clearCookies();
      await page.goto('/connexion');
      await submit(page, page.getByRole('button', { name: t('passkey-log-in') }), 422);
      assert.ok(await page.getByText(t('refusal-passkey-unknown')).isVisible());
      visitor.forgive(422);
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

test('who dismisses the question of the device is told, and the password still works', async () => {
  const visitor = await visit(browser, town, { javaScript: true, size: PHONE });
  const { page } = visitor;
  try {
    await withDevice(page);
    await page.goto('/connexion');
    await page.getByRole('button', { name: t('passkey-log-in') }).click();
    await page.getByText(t('passkey-not-used')).waitFor();
    await logIn(page, 'marie');
    assert.equal(new URL(page.url()).pathname, '/');
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
});

test('without JavaScript nothing is offered that would not work', async () => {
  const visitor = await visit(browser, town, { javaScript: false, size: DESK });
  const { page } = visitor;
  try {
    await page.goto('/connexion');
    assert.ok(!(await page.getByRole('button', { name: t('passkey-log-in') }).isVisible()));
    await comesAs(page, 'marie');
    await page.goto('/reglages/cles');
    assert.ok(await page.getByText(t('passkey-no-script')).isVisible());
    await visitor.inspect('passkeys-none');
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
});

for (const [size, javaScript] of [[PHONE, true], [DESK, false]]) {
  const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
  test(`a link lets a neighbour in, ${how}`, async () => {
    const host = await visit(browser, town, { javaScript, size });
    const guest = await visit(browser, town, { javaScript, size });
    try {
      await comesAs(host.page, 'chef');
      await openUp(host);
      const link = await invite(host);
      await guest.page.goto(link);
      assert.ok(await guest.page.getByText(t('invited-by', { name: 'chef' })).isVisible());
      await guest.inspect('invitation-arrive');
      const name = `nadia_${size.name}`;
      await guest.page.getByLabel(t('username')).fill(name);
      await guest.page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
      await guest.page.getByLabel(t('agree')).check();
      await submit(guest.page, guest.page.getByRole('button', { name: t('join') }));
      await guest.page.context().clearCookies();
      await guest.page.goto(link);
      assert.ok(await guest.page.getByText(t('invitation-no-more-what')).isVisible());
      await guest.inspect('invitation-over');

      await host.page.goto('/reglages/invitations');
      assert.ok(await host.page.getByRole('link', { name }).isVisible(), 'who came is listed');
      await invite(host);
      await host.inspect('invitations');
      await submit(host.page, takeBack(host.page));
      assert.ok(await host.page.getByText(t('done-invitation-taken-back')).isVisible());
      guest.forgive(410);
      for (const visitor of [host, guest]) visitor.checkManners();
    } finally {
      await host.leave();
      await guest.leave();
    }
  });
}

async function openUp(visitor) {
  const { page } = visitor;
  await page.goto('/mairie/reglages');
  await page.getByLabel(t('registration-invitation')).check();
  await page.getByLabel(t('inviters-residents')).check();
  await submit(page, page.getByRole('button', { name: t('save') }));
  await visitor.inspect('invitation-rule');
}

/** Makes a link for one person, and gives it. */
async function invite({ page }) {
  await page.goto('/reglages/compte');
  await page.locator('a[href="/reglages/invitations"]').click();
  await page.getByLabel(t('invite-note')).fill('La famille de Lyon');
  await submit(page, page.getByRole('button', { name: t('invite-make') }));
  return page.locator('code.link').first().innerText();
}

function takeBack(page) {
  return page.locator('button[value="reprendre"]').first();
}

/** A device with a sensor for fingers, which always sees the right one. */
async function withDevice(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const which = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return { which, send: (...question) => session.send(...question) };
}

async function begin(page) {
  await page.goto('/reglages/cles');
  await page.getByLabel(t('password-old')).fill(PASSWORD);
  await submit(page, page.getByRole('button', { name: t('passkey-begin') }));
}

/** Without the page for log-in. */
async function comesAs(page, name) {
  const resident = await Resident.of(town.origin, name);
  await page.context().addCookies(resident.cookies());
}

async function logIn(page, name) {
  await page.goto('/connexion');
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await submit(page, page.getByRole('button', { name: t('log-in'), exact: true }));
}

/** Presses a button and waits until the town has answered with a page of this status. */
async function submit(page, button, status = 200) {
  const response = await answered(page, button);
  assert.equal(response.status(), status, response.url());
}

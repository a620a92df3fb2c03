// One's own account: two steps to log in, taking data along and bringing some, moving, leaving.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';

import { HOWS, launch, visit } from './browser.mjs';
import { submit } from './pressing.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';

let town;
let browser;

before(async () => {
  town = await startTown();
  await create('jean');
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

for (const { size, javaScript } of HOWS) {
  const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;
  test(`a resident keeps the account safe, takes it along and leaves, ${how}`, async () => {
    const name = `marie_${size.name}_${javaScript ? 'js' : 'nojs'}`;
    await create(name);
    const visitor = await visit(browser, town, { javaScript, size });
    try {
      await logIn(visitor.page, name);
      const secret = await setUpTwoSteps(visitor);
      await comeInWithTwoSteps(visitor, name, secret);
      await takeAlong(visitor);
      await bring(visitor);
      await move(visitor);
      await leaveAndStay(visitor, name, secret);
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

async function setUpTwoSteps(visitor) {
  const { page } = visitor;
  await page.goto('/reglages/compte');
  await visitor.inspect('account-settings');
  await page.locator('a[href="/reglages/deux-etapes"]').click();
  await visitor.inspect('account-two-step-off');
  await page.getByLabel(t('password-old')).fill(PASSWORD);
  await submit(page, page.getByRole('button', { name: t('two-step-begin') }));
  assert.ok(await page.getByRole('img', { name: t('two-step-picture') }).isVisible());
  await visitor.inspect('account-two-step-begun');
  const secret = (await page.locator('.key code').innerText()).replaceAll(' ', '');
  await awayFromTheEndOfAStep();
  await page.getByLabel(t('two-step-first-code')).fill(code(secret, -1));
  await submit(page, page.getByRole('button', { name: t('two-step-confirm') }));
  assert.equal(await page.locator('.codes li').count(), 8, 'codes for paper');
  await visitor.inspect('account-two-step-codes');
  await page.goto('/reglages/deux-etapes');
  await visitor.inspect('account-two-step-on');
  return secret;
}

async function comeInWithTwoSteps(visitor, name, secret) {
  const { page } = visitor;
  await page.context().clearCookies();
  await logIn(page, name);
  await visitor.inspect('account-second-step');
  await page.getByLabel(t('two-step-code'), { exact: true }).fill(code(secret, 0));
  await submit(page, page.getByRole('button', { name: t('two-step-go') }));
  assert.equal(new URL(page.url()).pathname, '/');
}

async function takeAlong(visitor) {
  const { page } = visitor;
  await page.goto('/reglages/exporter');
  await visitor.inspect('account-exports');
  const [table] = await Promise.all([
    page.waitForEvent('download'),
    page.getByText(t('exports-get'), { exact: true }).first().click(),
  ]);
  assert.equal(table.suggestedFilename(), 'following_accounts.csv');
  assert.match(await readFile(await table.path(), 'utf8'), /^Account address,/);
  const [archive] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: t('exports-posts-do') }).click(),
  ]);
  assert.equal(await archive.failure(), null);
}

async function bring(visitor) {
  const { page } = visitor;
  const host = new URL(town.origin).host;
  const table = `Account address\n@jean@${host}\npersonne@${host}\n`;
  await page.goto('/reglages/importer');
  await page.getByLabel(t('imports-file'), { exact: true }).setInputFiles({
    name: 'following_accounts.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(table),
  });
  await submit(page, page.getByRole('button', { name: t('imports-do'), exact: true }));
  const deadline = Date.now() + 15_000;
  while (!(await page.getByText(t('imports-finished')).isVisible())) {
    assert.ok(Date.now() < deadline, 'the table is worked off');
    await page.reload();
  }
  assert.ok(await page.getByText(`personne@${host}`).isVisible(), 'what failed is listed');
  await visitor.inspect('account-imports');
}

async function move(visitor) {
  const { page } = visitor;
  await page.goto('/reglages/demenager');
  await page.getByLabel(t('moves-in-add')).fill('@jean');
  await submit(page, page.getByRole('button', { name: t('moves-in-do') }));
  await visitor.inspect('account-moves');
  await page.goto('/reglages/adresse');
  await visitor.inspect('account-email');
}

async function leaveAndStay(visitor, name, secret) {
  const { page } = visitor;
  await page.goto('/reglages/supprimer');
  await visitor.inspect('account-leaving');
  await page.getByLabel(t('leaving-password')).fill(PASSWORD);
  await page.getByLabel(t('leaving-sure')).check();
  await submit(page, page.getByRole('button', { name: t('leaving-do') }));
  assert.ok(await page.getByText(t('done-leaving')).isVisible());
  await visitor.inspect('account-left');
  await logIn(page, name);
  await page.getByLabel(t('two-step-code'), { exact: true }).fill(code(secret, 1));
  await submit(page, page.getByRole('button', { name: t('two-step-go') }));
  assert.ok(await page.getByText(t('done-staying')).isVisible());
}

function create(name) {
  return town.cli(['account', 'create', name, '--password-stdin'], `${PASSWORD}\n`);
}

async function logIn(page, name) {
  await page.goto('/connexion');
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await submit(page, page.getByRole('button', { name: t('log-in') }));
}

const STEP_MS = 30_000;

/** The code of the step before this one counts until this one ends: enough of it must be left to send that in. */
async function awayFromTheEndOfAStep() {
  const left = STEP_MS - (Date.now() % STEP_MS);
  if (left < 10_000) await setTimeout(left);
}

/** What a phone shows (RFC 6238), `steps` of half a minute from now. */
function code(secret, steps) {
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
    .map((place) => place.toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((eight) => parseInt(eight, 2)));
  const moment = Buffer.alloc(8);
  moment.writeBigInt64BE(BigInt(Math.floor(Date.now() / STEP_MS) + steps));
  const tag = createHmac('sha1', key).update(moment).digest();
  const number = tag.readUInt32BE(tag[19] & 0xf) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

// What strangers of another town add to one's posts, looked at on a page before anybody else sees it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const NEIGHBOURS = { PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32,::1/128' };
const PATIENCE_MS = 10_000;
const HOWS = [
  { javaScript: true, size: PHONE },
  { javaScript: false, size: DESK },
];

let here;
let there;
let browser;

before(async () => {
  [here, there] = await Promise.all([startTown(NEIGHBOURS), startTown(NEIGHBOURS)]);
  await settle(here, HOWS.map(named));
  await settle(there, ['paul']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await here?.stop();
  await there?.stop();
});

function named({ size }) {
  return `marie_${size.name}`;
}

for (const how of HOWS) {
  const label = `on a ${how.size.name} ${how.javaScript ? 'with' : 'without'} JavaScript`;
  test(`an answer from another town is looked at and agreed to, ${label}`, async () => {
    const visitor = await visit(browser, here, how);
    try {
      await looks(visitor, how);
      visitor.checkManners();
    } finally {
      await visitor.leave();
    }
  });
}

async function looks(visitor, how) {
  const { page } = visitor;
  const marie = await Resident.of(here.origin, named(how));
  await page.context().addCookies(marie.cookies());

  await page.goto('/avis/a-voir');
  await visitor.inspect('looked-at-0-empty');
  await page.goto('/reglages/compte');
  await page.getByLabel(t('looks-at')).selectOption('shown');
  const form = page.locator('form[action="/reglages/citations"]');
  await form.getByRole('button', { name: t('save') }).click();
  await page.goto('/reglages/compte');
  await visitor.inspect('looked-at-1-settings');

  await marie.says(`Le puits est à sec. (${how.size.name})`);
  const [post] = /\/@\w+\/\d+/.exec(await marie.get(`/@${named(how)}`));
  const paul = await Resident.of(there.origin, 'paul');
  const address = await found(paul, new URL(post, here.origin).href);
  const words = `Chez nous aussi, depuis mardi ! (${how.size.name})`;
  await paul.says(words, { reponse: address });

  const answer = page.getByText(words);
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    await page.goto('/avis/a-voir');
    if ((await answer.count()) > 0) break;
    assert.ok(Date.now() < until, 'the answer never came');
    await sleep(200);
  }
  await visitor.inspect('looked-at-2-waiting');
  await page.goto(post);
  assert.equal(await answer.count(), 0, 'nobody sees it yet');
  await page.goto('/avis');
  await page.getByRole('link', { name: t('waiting-see') }).click();
  await page.getByRole('button', { name: t('waiting-agree') }).click();
  await page.getByText(t('done-waiting-agreed')).waitFor();
  await page.goto(post);
  assert.ok((await answer.count()) > 0, 'now everyone sees it');
}

/** The number of a post of elsewhere in the resident's own town. */
async function found(resident, address) {
  const page = await resident.get(`/recherche?q=${encodeURIComponent(address)}`);
  const id = /\/actions\/message\/(\d+)\//.exec(page)?.[1];
  assert.ok(id, `${address} is not found`);
  return id;
}

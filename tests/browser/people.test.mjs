// What residents do with each other: private messages, notices, filters, what one sets up about
// somebody, whom one keeps away.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { answered, submit, until } from './pressing.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';
const HOWS = [
  { javaScript: true, size: PHONE },
  { javaScript: false, size: DESK },
];

let town;
let browser;

before(async () => {
  town = await startTown();
  const names = HOWS.flatMap((how) => ['marie', 'jean', 'lise'].map((name) => named(name, how)));
  for (const name of ['mairie', ...names]) {
    const role = name === 'mairie' ? 'admin' : 'resident';
    const who = ['account', 'create', name, '--role', role, '--email', `${name}@ville.example`];
    await town.cli([...who, '--password-stdin'], `${PASSWORD}\n`);
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

/** Each way of looking has its own people, so that none finds what another did. */
function named(name, { javaScript }) {
  return `${name}_${javaScript ? 'js' : 'nojs'}`;
}

for (const how of HOWS) {
  const label = `on a ${how.size.name} ${how.javaScript ? 'with' : 'without'} JavaScript`;

  test(`two neighbours write to each other in private, ${label}`, () =>
    together(how, ['marie', 'jean'], privately));

  test(`notices are told together, sorted, held back and cleared, ${label}`, () =>
    together(how, ['marie', 'jean', 'lise'], toldOf));

  test(`a filtered word folds a post or hides it, ${label}`, () =>
    together(how, ['marie', 'jean'], filtered));

  test(`a profile is followed, noted, hidden for a day and found in the settings, ${label}`, () =>
    together(how, ['marie', 'jean'], arranged));
}

/** Each with a browser of their own, logged in. */
async function together(how, names, story) {
  const people = [];
  try {
    for (const name of names) people.push(await enter(how, named(name, how)));
    await story(...people);
    for (const who of people) who.checkManners();
  } finally {
    for (const who of people) await who.leave();
  }
}

async function enter(how, name) {
  const visitor = await visit(browser, town, how);
  visitor.name = name;
  const { page } = visitor;
  await page.goto('/connexion');
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await submit(page, page.getByRole('button', { name: t('log-in') }));
  return visitor;
}

async function privately(marie, jean) {
  await marie.page.goto(`/@${jean.name}`);
  await marie.page.getByLabel(t('more-about', { name: jean.name })).click();
  await marie.page.getByRole('link', { name: t('write-to') }).click();
  assert.equal(await marie.page.getByLabel(t('chat-to')).inputValue(), `@${jean.name}`);
  await marie.inspect('people-1-new-message');

  await marie.page.getByLabel(t('chat-to')).fill('@personne');
  await marie.page.getByLabel(t('chat-text')).fill('Bonjour, le four est chaud !');
  await refused(marie, marie.page.getByRole('button', { name: t('chat-send') }));
  assert.ok(await marie.page.getByText('@personne').isVisible(), 'it says who is unknown');
  assert.equal(
    await marie.page.getByLabel(t('chat-text')).inputValue(),
    'Bonjour, le four est chaud !',
  );
  await marie.page.getByLabel(t('chat-to')).fill(`@${jean.name}`);
  await submit(marie.page, marie.page.getByRole('button', { name: t('chat-send') }));
  await bubble(marie.page, 'Bonjour, le four est chaud !').waitFor();

  await jean.page.goto('/messages');
  assert.ok(await jean.page.getByText(t('chat-new-mark'), { exact: true }).isVisible(), 'unread');
  await jean.inspect('people-2-messages');
  await jean.page.getByRole('link', { name: marie.name }).first().click();
  await bubble(jean.page, 'Bonjour, le four est chaud !').waitFor();
  assert.ok(await jean.page.getByText(t('chat-open')).isVisible(), 'who may read it is said');
  await jean.page.getByLabel(t('compose-answer')).fill('J’arrive avec la pâte.');
  await submit(jean.page, jean.page.getByRole('button', { name: t('chat-send') }));
  const order = await jean.page.locator('.bubble .text').allInnerTexts();
  assert.deepEqual(order.map((text) => text.trim()), [
    'Bonjour, le four est chaud !',
    'J’arrive avec la pâte.',
  ]);
  await jean.inspect('people-3-conversation');
  const conversation = new URL(jean.page.url()).pathname;
  await jean.page.goto('/messages');
  assert.equal(await jean.page.getByText(t('chat-new-mark'), { exact: true }).count(), 0, 'read');

  await chatMenu(jean.page, conversation, 'button', t('chat-mute'));
  await jean.page.getByText(t('chat-muted-what')).waitFor();
  await chatMenu(jean.page, conversation, 'button', t('chat-mark-unread'));
  await jean.page.getByText(t('chat-new-mark'), { exact: true }).waitFor();
  await chatMenu(jean.page, conversation, 'link', t('chat-delete'));
  await submit(jean.page, jean.page.getByRole('button', { name: t('chat-delete-yes') }));
  await jean.page.getByText(t('chats-empty'), { exact: true }).waitFor();
  await marie.page.goto('/messages');
  await marie.page.getByRole('link', { name: jean.name }).first().waitFor();
}

function bubble(page, text) {
  return page.locator('.bubble').filter({ hasText: text });
}

async function chatMenu(page, conversation, role, name) {
  await page.goto(conversation);
  await page.getByLabel(t('chat-menu')).click();
  await submit(page, page.getByRole(role, { name }));
}

async function toldOf(marie, jean, lise) {
  const news = `Le four rallume samedi. (${marie.name})`;
  await publish(marie.page, news);
  for (const who of [jean, lise]) {
    await who.page.goto(`/@${marie.name}`);
    await submit(who.page, post(who.page, news).getByRole('button', { name: t('favourite') }));
  }
  await submit(jean.page, jean.page.getByRole('button', { name: t('follow'), exact: true }));
  await until(marie.page, '/avis', marie.page.locator('.happening').nth(1));
  const together = marie.page.locator('.happening').filter({ hasText: news });
  assert.equal(await together.count(), 1, 'two who like the same are told of together');
  for (const who of [jean, lise]) {
    assert.ok(await together.getByText(who.name).first().isVisible(), who.name);
  }
  await marie.inspect('people-4-notices');
  await marie.page.getByRole('link', { name: t('notices-followers'), exact: true }).click();
  await marie.page.waitForURL('**/avis?voir=abonnes');
  assert.equal(await marie.page.locator('.happening').count(), 1);

  await marie.page.goto('/reglages/avis');
  await marie.page.getByLabel(t('notices-not-following')).selectOption('filter');
  await marie.inspect('people-5-notice-settings');
  const strangers = marie.page.locator('form').filter({ has: marie.page.getByLabel(t('notices-not-following')) });
  await submit(marie.page, strangers.getByRole('button', { name: t('save') }));
  await publish(lise.page, `@${marie.name} on se voit au four ?`);
  await until(marie.page, '/avis/demandes', marie.page.getByText('on se voit au four ?'));
  await marie.inspect('people-6-held-back');
  await submit(marie.page, marie.page.getByRole('button', { name: t('accept') }));
  await until(marie.page, '/avis', marie.page.getByText('on se voit au four ?'));

  await marie.page.getByLabel(t('notices-menu')).click();
  await marie.page.getByRole('link', { name: t('notices-clear') }).click();
  await submit(marie.page, marie.page.getByRole('button', { name: t('notices-clear-yes') }));
  await marie.page.getByText(t('notices-empty'), { exact: true }).waitFor();
}

async function filtered(marie, jean) {
  const said = `Le facteur savait tout. (${jean.name})`;
  await publish(jean.page, said);
  await marie.page.goto('/reglages/filtres');
  await marie.page.getByRole('link', { name: t('filter-new') }).click();
  await marie.page.waitForURL('**/nouveau');
  await refused(marie, marie.page.getByRole('button', { name: t('save') }));
  await marie.page.locator('input[name="mot-nouveau-1"]').fill('FACTEUR');
  await marie.inspect('people-7-filter');
  await submit(marie.page, marie.page.getByRole('button', { name: t('save') }));
  await marie.page.getByText('FACTEUR').first().waitFor();
  await marie.inspect('people-8-filters');

  await marie.page.goto('/ville');
  assert.ok(!(await marie.page.getByText(said).isVisible()), 'it is folded');
  await marie.inspect('people-9-folded');
  await fold(marie.page, said).locator('> summary').click();
  await marie.page.getByText(said).waitFor();
  await marie.page.goto(`/@${jean.name}`);
  assert.ok(await marie.page.getByText(said).isVisible(), 'not here');
  await jean.page.goto('/ville');
  assert.ok(await jean.page.getByText(said).isVisible(), 'nor for others');

  await marie.page.goto('/reglages/filtres');
  await marie.page.getByRole('link', { name: t('edit') }).last().click();
  await marie.page.getByLabel(t('filter-hides')).check();
  await submit(marie.page, marie.page.getByRole('button', { name: t('save') }));
  await marie.page.goto('/ville');
  assert.equal(await marie.page.getByText(said).count(), 0, 'it is not there at all');
  await marie.page.goto('/reglages/filtres');
  await marie.page.getByRole('link', { name: t('delete') }).click();
  await submit(marie.page, marie.page.getByRole('button', { name: t('delete') }));
  await marie.page.goto('/ville');
  await marie.page.getByText(said).waitFor();
}

function fold(page, text) {
  return page.locator('details.filtered').filter({ hasText: text });
}

async function arranged(marie, jean) {
  const { page } = marie;
  await page.goto(`/@${jean.name}`);
  const follow = page.getByRole('button', { name: t('follow'), exact: true });
  if (await follow.count()) await submit(page, follow);
  await page.getByText(t('follow-options')).click();
  await page.getByLabel(t('follow-shares')).uncheck();
  await page.getByLabel(t('follow-told')).check();
  await submit(page, page.locator('.tune').first().getByRole('button', { name: t('save') }));
  await page.getByText(t('follow-options')).click();
  assert.ok(!(await page.getByLabel(t('follow-shares')).isChecked()), 'it is kept');
  assert.ok(await page.getByLabel(t('follow-told')).isChecked(), 'it is kept');
  await page.getByText(t('note-add')).click();
  await page.getByLabel(t('note'), { exact: true }).fill('Il fait un bon pain.');
  await submit(page, page.locator('.tune').last().getByRole('button', { name: t('save') }));
  assert.equal(await page.getByLabel(t('note'), { exact: true }).inputValue(), 'Il fait un bon pain.');
  await marie.inspect('people-10-profile');
  await page.locator('.tabs').getByRole('link', { name: t('tab-about') }).click();
  await page.getByText(t('about-more')).waitFor();
  await marie.inspect('people-11-about');

  await page.goto(`/@${jean.name}/masquer`);
  await page.getByLabel(t('mute-day'), { exact: true }).check();
  await submit(page, page.getByRole('button', { name: t('mute-yes'), exact: true }));
  await page.goto('/reglages/personnes');
  const muted = page.locator('#masques li').filter({ hasText: jean.name });
  await muted.waitFor();
  assert.match(await muted.innerText(), /jusqu’au/);

  await page.getByLabel(t('server-to-block')).fill('pas un serveur');
  await refused(marie, page.getByRole('button', { name: t('server-block') }));
  await page.getByLabel(t('server-to-block')).fill('loin.example');
  await submit(page, page.getByRole('button', { name: t('server-block') }));
  const server = page.locator('#serveurs li').filter({ hasText: 'loin.example' });
  await server.waitFor();
  await marie.inspect('people-12-kept-away');
  await submit(page, server.getByRole('button', { name: t('unblock') }));
  assert.equal(await server.count(), 0);
  await submit(page, muted.getByRole('button', { name: t('unmute') }));
  assert.equal(await muted.count(), 0);
}

async function publish(page, text) {
  await page.goto('/');
  await page.getByLabel(t('compose-text'), { exact: true }).fill(text);
  await submit(page, page.getByRole('button', { name: t('publish'), exact: true }));
}

function post(page, text) {
  return page.getByRole('article').filter({ hasText: text });
}

/** Presses a button where the town asks to mend the form. */
async function refused(visitor, button) {
  const response = await answered(visitor.page, button);
  assert.equal(response.status(), 422, response.url());
  visitor.forgive(422);
}

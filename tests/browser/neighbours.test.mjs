// The purpose of it all: somebody in one town finds somebody in the other, follows, reads and answers them, and the answer is
// read at the other end. Once each way, each person before a browser of their own.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { submit, until } from './pressing.mjs';
import { Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const NEIGHBOURS = { PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32,::1/128' };

let here;
let there;
let browser;

before(async () => {
  [here, there] = await Promise.all([startTown(NEIGHBOURS), startTown(NEIGHBOURS)]);
  await settle(here, ['marie', 'odile']);
  await settle(there, ['paul', 'henri']);
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await here?.stop();
  await there?.stop();
});

test('a post crosses over and the answer comes back, on a phone with JavaScript', () =>
  between({ javaScript: true, size: PHONE }, [here, 'marie'], [there, 'paul']));

test('the same the other way round, on a desk without JavaScript', () =>
  between({ javaScript: false, size: DESK }, [there, 'paul'], [here, 'marie']));

test('on a phone without JavaScript', () => between({ javaScript: false, size: PHONE }, [here, 'odile'], [there, 'henri']));

test('and at a desk with it', () => between({ javaScript: true, size: DESK }, [there, 'henri'], [here, 'odile']));

async function between(how, reads, writes) {
  const people = [];
  try {
    for (const [town, name] of [reads, writes]) people.push(await enter(how, town, name));
    await crosses(...people);
    for (const who of people) who.checkManners();
  } finally {
    for (const who of people) await who.leave();
  }
}

async function enter(how, town, name) {
  const visitor = await visit(browser, town, how);
  const resident = await Resident.of(town.origin, name);
  await visitor.page.context().addCookies(resident.cookies());
  visitor.name = name;
  visitor.handle = `@${name}@${new URL(town.origin).host}`;
  return visitor;
}

async function crosses(reader, writer) {
  await finds(reader, writer);
  await reader.inspect('neighbours-1-followed');

  const news = `Le pont est rouvert, dit ${writer.name}.`;
  await writer.page.goto('/');
  await writing(writer.page).fill(news);
  await submit(writer.page, writer.page.getByRole('button', { name: t('publish'), exact: true }));
  const arrived = post(reader.page, news);
  await until(reader.page, '/', arrived);
  const author = arrived.getByRole('link', { name: writer.name, exact: true });
  assert.ok(await author.first().isVisible(), 'its author is named');
  await reader.inspect('neighbours-2-home');

  const answer = `Merci, dit ${reader.name}.`;
  await opensThread(reader.page, news);
  const box = writing(reader.page);
  await box.fill(`${await box.inputValue()} ${answer}`.trim());
  await submit(reader.page, reader.page.getByRole('button', { name: t('reply'), exact: true }));

  await until(writer.page, '/avis', writer.page.getByText(answer));
  await writer.page.goto(`/@${writer.name}`);
  await opensThread(writer.page, news);
  await post(writer.page, answer).waitFor();
  const answerer = post(writer.page, answer).getByRole('link', { name: reader.name, exact: true });
  assert.ok(await answerer.first().isVisible(), 'who answers is named');
  await writer.inspect('neighbours-3-answer');
}

/** Searches the handle, follows, and waits for the other town's yes. */
async function finds(reader, writer) {
  const { page } = reader;
  await page.goto('/recherche');
  await page.getByLabel(t('search-label')).fill(writer.handle);
  await submit(page, page.getByRole('button', { name: t('search-go'), exact: true }));
  const found = page.getByRole('main').getByRole('listitem').filter({ hasText: writer.handle });
  await submit(page, found.getByRole('button', { name: t('follow'), exact: true }));
  const search = `/recherche?q=${encodeURIComponent(writer.handle)}`;
  await until(page, search, found.getByRole('button', { name: t('unfollow'), exact: true }));
}

/** The way to a post's own page is the moment it was written. */
async function opensThread(page, text) {
  const moment = post(page, text).locator('header').getByRole('link').filter({ has: page.locator('time') });
  await Promise.all([page.waitForURL(/\/\d+$/), moment.click()]);
}

function post(page, text) {
  return page.getByRole('article').filter({ hasText: text });
}

function writing(page) {
  return page.getByLabel(t('compose-text'), { exact: true });
}

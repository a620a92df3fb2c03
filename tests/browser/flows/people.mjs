// What a resident does about others: follows, notes, puts on lists, keeps away, reports; groups, private messages, notices.

import assert from 'node:assert/strict';

import { submit, until } from '../pressing.mjs';
import { button, fromMenu, isTold, link, looks, numberOf, post, says, t, writing } from './acts.mjs';

export async function follows({ visitor, page, jean }) {
  await page.goto(`/@${jean.name}`);
  await submit(page, button(page, 'follow'));
  await isTold(page, 'done-followed');
  await page.getByText(t('follow-options')).click();
  await page.getByLabel(t('follow-told')).check();
  await submit(page, page.locator('.tune').first().getByRole('button', { name: t('save') }));
  await page.getByText(t('note-add')).click();
  await page.getByLabel(t('note'), { exact: true }).fill('Il fait un bon pain.');
  await submit(page, page.locator('.tune').last().getByRole('button', { name: t('save') }));
  await isTold(page, 'done-note');
  await looks(visitor, 'flows-followed');
  const { text } = await says(jean, 'Du pain frais');
  await page.goto('/');
  await post(page, text).waitFor();
}

/** Afterwards she follows him no more. */
export async function lists({ visitor, page, jean }) {
  const title = `Famille ${jean.mark}`;
  const { text } = await says(jean, 'On dîne dehors');
  await page.goto('/listes');
  await page.getByLabel(t('list-title'), { exact: true }).fill(title);
  await submit(page, button(page, 'list-create'));
  await isTold(page, 'done-list-created');
  await page.goto(`/@${jean.name}`);
  await fromMenu(page, page.locator('.profile'), 'link', 'on-lists');
  await page.getByLabel(title).check();
  await submit(page, button(page, 'save'));
  await page.goto('/listes');
  await submit(page, page.getByRole('link', { name: title, exact: true }));
  await post(page, text).waitFor();
  await looks(visitor, 'flows-list');
  await submit(page, link(page, 'list-change'));
  await submit(page, page.getByRole('button', { name: `${t('list-remove')} ${jean.name}` }));
  await isTold(page, 'done-list-removed');
  await submit(page, link(page, 'list-delete'));
  await submit(page, button(page, 'list-delete'));
  await isTold(page, 'done-list-deleted');
  await page.goto(`/@${jean.name}`);
  await submit(page, button(page, 'unfollow'));
  await isTold(page, 'done-unfollowed');
}

export async function mutes({ page, jean }) {
  const { text } = await says(jean, 'Encore moi');
  await page.goto(`/@${jean.name}`);
  await fromMenu(page, page.locator('.profile'), 'link', 'mute');
  await page.getByLabel(t('mute-hour')).check();
  await submit(page, button(page, 'mute-yes'));
  await isTold(page, 'done-muted');
  const mark = page.locator('.marks .mark').filter({ hasText: t('mark-muted-until', { when: '' }).trim() });
  assert.match(await mark.innerText(), /\d/, 'until when is said');
  await page.goto('/ville');
  assert.equal(await page.getByText(text).count(), 0, 'he is not heard');
  await page.goto(`/@${jean.name}`);
  await fromMenu(page, page.locator('.profile'), 'button', 'unmute');
  await isTold(page, 'done-unmuted');
  await page.goto('/ville');
  await post(page, text).waitFor();
}

export async function blocks({ visitor, page, jean }) {
  await page.goto(`/@${jean.name}`);
  await fromMenu(page, page.locator('.profile'), 'link', 'block');
  await submit(page, button(page, 'block'));
  await isTold(page, 'done-blocked');
  await page.locator('.marks').getByText(t('mark-blocked'), { exact: true }).waitFor();
  await looks(visitor, 'flows-blocked');
  await page.goto('/reglages/personnes');
  await submit(page, page.locator('#bloques').getByRole('button', { name: `${t('unblock')} ${jean.name}` }));
  await isTold(page, 'done-unblocked');
  assert.equal(await page.locator('#bloques li').count(), 0);
}

export async function reports({ page, jean, hall }) {
  const { text, path } = await says(jean, 'Achetez mes montres');
  await page.goto(path);
  await fromMenu(page, post(page, text), 'link', 'report');
  await page.getByLabel(t('report-spam')).check();
  const why = `Tous les jours ! (${jean.mark})`;
  await page.getByLabel(t('report-words'), { exact: true }).fill(why);
  await submit(page, button(page, 'report-send'));
  await isTold(page, 'done-reported');
  assert.ok((await hall.get('/mairie/signalements')).includes(why), 'the town hall reads it');
}

export async function choosesFollowers({ visitor, page, marie, jean }) {
  await chooses(page, true);
  await page.goto(`/@${marie.name}`);
  await page.locator('.marks').getByText(t('mark-locked')).waitFor();
  const id = await numberOf(marie.name, jean);
  for (const [answer, done] of [['accept', 'done-accepted'], ['refuse', 'done-refused']]) {
    await jean.resident.post(`/actions/compte/${id}/ne-plus-suivre`, {});
    await jean.resident.post(`/actions/compte/${id}/suivre`, {});
    await page.goto('/demandes');
    await page.locator('main .people').getByText(`@${jean.name}`).waitFor();
    if (answer === 'accept') await looks(visitor, 'flows-requests');
    await submit(page, button(page, answer));
    await isTold(page, done);
    await page.getByText(t('requests-empty')).waitFor();
  }
  await chooses(page, false);
}

async function chooses(page, isOn) {
  await page.goto('/reglages/profil');
  await page.getByLabel(t('locked')).setChecked(isOn);
  await submit(page, button(page, 'save'));
  await isTold(page, 'done-saved');
}

export async function joinsAGroup({ visitor, page, marie, jean }) {
  await page.goto('/recherche?q=amap');
  await submit(page, page.locator('main .people li').filter({ hasText: '@amap' }).getByRole('button', { name: t('follow') }));
  await page.goto('/@amap');
  const words = `Qui a des poireaux ? (${marie.mark})`;
  await page.goto('/ecrire');
  await writing(page).fill(`@amap ${words}`);
  await submit(page, button(page, 'publish'));
  await until(page, '/groupes', post(page, words));
  await page.locator('.groups a.chip').first().waitFor();
  await looks(visitor, 'flows-groups');
  assert.ok(!(await jean.resident.get('/groupes')).includes(words), 'whoever is not in it has it not there');
  await page.goto('/@amap');
  await submit(page, button(page, 'unfollow'));
  await page.goto('/groupes');
  await page.getByText(t('groups-empty'), { exact: true }).waitFor();
}

export async function writesInPrivate({ visitor, page, marie, jean }) {
  const words = 'Le four est chaud, viens !';
  await page.goto(`/@${jean.name}`);
  await fromMenu(page, page.locator('.profile'), 'link', 'write-to');
  await page.getByLabel(t('chat-text')).fill(words);
  await submit(page, button(page, 'chat-send'));
  const [, chat] = /href="\/messages\/(\d+)/.exec(await jean.resident.get('/messages')) ?? [];
  const form = await jean.resident.get(`/messages/${chat}`);
  const hidden = (name) => new RegExp(`name="${name}" value="([^"]*)"`).exec(form)[1];
  await jean.resident.post(`/messages/${chat}`, { text: 'J’arrive.', reponse: hidden('reponse'), a: hidden('a') });
  await page.goto('/messages');
  await page.getByText(t('chat-new-mark'), { exact: true }).waitFor();
  await submit(page, page.getByRole('link', { name: jean.name }).first());
  const bubbles = page.locator('.bubble .text');
  assert.deepEqual((await bubbles.allInnerTexts()).map((text) => text.trim()), [words, 'J’arrive.']);
  await page.getByLabel(t('compose-answer')).fill('Parfait.');
  await submit(page, button(page, 'chat-send'));
  assert.equal(await bubbles.count(), 3);
  await looks(visitor, 'flows-chat');
  await fromMenu(page, page.locator('main'), 'button', 'chat-mute');
  await page.getByText(t('chat-muted-what')).waitFor();
  await fromMenu(page, page.locator('main'), 'link', 'chat-delete');
  await submit(page, button(page, 'chat-delete-yes'));
  await isTold(page, 'done-conversation-deleted');
  assert.equal(await page.locator('main').getByText(jean.name).count(), 0, `${marie.name} sees it no more`);
}

export async function isNotified({ page, marie, jean }) {
  await page.goto('/avis/effacer');
  await submit(page, button(page, 'notices-clear-yes'));
  await isTold(page, 'done-notices-cleared');
  const { text } = await says(jean, `@${marie.name} tu viens ?`);
  await until(page, '/avis?voir=mentions', page.locator('.happening').filter({ hasText: 'tu viens' }));
  await page.locator('.happening a.quote').first().click();
  await page.waitForURL(/\/\d+$/);
  await post(page, text).waitFor();
  await page.goto('/avis');
  await fromMenu(page, page.locator('main'), 'link', 'notices-clear');
  await submit(page, button(page, 'notices-clear-yes'));
  await page.getByText(t('notices-empty'), { exact: true }).waitFor();
}

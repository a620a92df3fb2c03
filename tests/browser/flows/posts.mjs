// What a resident does with posts: shows a picture, answers a question, shares, keeps, pins, quotes, changes and deletes, puts
// off, searches.

import assert from 'node:assert/strict';

import { FILE } from '../picture.mjs';
import { submit, until } from '../pressing.mjs';
import { button, fromMenu, isTold, link, looks, post, says, t, writing } from './acts.mjs';

export async function publishesAPicture({ visitor, page, marie }) {
  const words = `Le lavoir ce matin (${marie.mark})`;
  const seen = `Le lavoir vu du pont (${marie.mark})`;
  await page.goto('/ecrire');
  await writing(page).fill(words);
  await page.getByText(t('pictures'), { exact: true }).click();
  await page.locator('input[type="file"]').first().setInputFiles(FILE);
  if (!visitor.javaScript) await submit(page, button(page, 'pictures-send'));
  await page.locator('[data-attached]').getByLabel(t('picture-description')).fill(seen);
  await visitor.fitsItsWidth();
  await submit(page, button(page, 'publish'));
  await isTold(page, 'done-published');
  await page.goto(`/@${marie.name}`);
  const picture = post(page, words).getByAltText(seen);
  const answer = await page.request.get(await picture.getAttribute('src'));
  assert.match(answer.headers()['content-type'], /^image\//);
}

export async function votes({ visitor, page, jean }) {
  const { path } = await says(jean, 'Quel jour ?', { 'reponse-1': 'Samedi', 'reponse-2': 'Dimanche', duree: '1j' });
  await page.goto(path);
  await page.getByRole('radio', { name: 'Samedi' }).check();
  await submit(page, button(page, 'poll-vote'));
  await isTold(page, 'done-voted');
  const answer = page.locator('.poll .result li').filter({ hasText: 'Samedi' });
  assert.match(await answer.innerText(), /100/);
  assert.equal(await button(page, 'poll-vote').count(), 0, 'nobody votes twice');
  await looks(visitor, 'flows-voted');
}

export async function reacts({ visitor, page, jean }) {
  const { text } = await says(jean, 'Le four est chaud.');
  const of = (deed) => post(page, text).getByRole('button', { name: t(deed) });
  await page.goto('/ville');
  for (const deed of ['share', 'favourite', 'bookmark']) {
    await submit(page, of(deed));
    assert.equal(await of(deed).getAttribute('aria-pressed'), 'true', deed);
  }
  await looks(visitor, 'flows-reacted');
  for (const [list, deed] of [['/favoris', 'favourite'], ['/signets', 'bookmark']]) {
    await page.goto(list);
    await submit(page, of(deed));
    await page.goto(list);
    assert.equal(await page.getByText(text).count(), 0, `it is off ${list}`);
  }
  await page.goto('/ville');
  await submit(page, of('share'));
  for (const deed of ['share', 'favourite', 'bookmark']) {
    assert.equal(await of(deed).getAttribute('aria-pressed'), 'false', deed);
  }
}

export async function pins({ visitor, page, marie }) {
  const { text } = await says(marie, 'Qui je suis');
  await says(marie, 'Et ce matin');
  await page.goto(`/@${marie.name}`);
  await fromMenu(page, post(page, text), 'button', 'pin');
  await page.goto(`/@${marie.name}`);
  const first = page.getByRole('article').first();
  assert.ok(await first.getByText(t('pinned')).isVisible());
  assert.ok(await first.getByText(text).isVisible(), 'it stands first');
  await looks(visitor, 'flows-pinned');
  await fromMenu(page, first, 'button', 'unpin');
  await page.goto(`/@${marie.name}`);
  assert.equal(await page.getByText(t('pinned'), { exact: true }).count(), 0);
}

export async function quotes({ visitor, page, marie, jean }) {
  const his = await says(jean, 'Le pont rouvre');
  await page.goto(his.path);
  await fromMenu(page, post(page, his.text), 'link', 'quote');
  const words = `Enfin ! (${jean.mark})`;
  await writing(page).fill(words);
  await submit(page, button(page, 'publish'));
  await page.goto(`/@${marie.name}`);
  await post(page, words).locator('blockquote').getByText(his.text).waitFor();
  await looks(visitor, 'flows-quoting');

  const mine = await says(marie, 'Le lavoir est à sec');
  const by = await says(jean, 'Lisez ceci', { citation: String(mine.id) });
  await page.goto(by.path);
  await post(page, by.text).locator('blockquote').getByText(mine.text).waitFor();
  await fromMenu(page, post(page, by.text), 'button', 'quote-take-back');
  await isTold(page, 'done-quote-taken-back');
  assert.equal(await page.locator('blockquote').count(), 0);
}

export async function changes({ page, marie }) {
  const { text, path } = await says(marie, 'Rendez-vous samedi');
  await page.goto(path);
  await fromMenu(page, post(page, text), 'link', 'edit');
  await writing(page).fill('Rendez-vous dimanche');
  await submit(page, button(page, 'save'));
  await submit(page, link(page, 'revisions-see'));
  for (const said of [text, 'Rendez-vous dimanche']) assert.ok(await page.getByText(said).first().isVisible(), said);

  await page.goto(path);
  await fromMenu(page, post(page, 'Rendez-vous dimanche'), 'link', 'delete');
  await submit(page, button(page, 'delete-anew'));
  await isTold(page, 'done-anew');
  assert.equal(await writing(page).inputValue(), 'Rendez-vous dimanche');
  const anew = `Rendez-vous lundi (${marie.mark})`;
  await writing(page).fill(anew);
  await submit(page, button(page, 'publish'));
  await page.goto(`/@${marie.name}`);
  await fromMenu(page, post(page, anew), 'link', 'delete');
  await submit(page, button(page, 'delete-yes'));
  await isTold(page, 'done-deleted');
  await page.goto(`/@${marie.name}`);
  assert.equal(await page.getByText('Rendez-vous').count(), 0);
}

export async function answersUnderAFold({ visitor, page, jean }) {
  const { text, path } = await says(jean, 'La fin du film', { summary: 'Le film de samedi' });
  await page.goto(path);
  assert.ok(!(await page.getByText(text).isVisible()), 'it is folded');
  await page.locator('details.warning > summary').click();
  assert.ok(await page.getByText(text).isVisible());
  const answer = `Je ne voulais pas savoir ! (${jean.mark})`;
  await writing(page).fill(answer);
  await submit(page, button(page, 'reply'));
  await page.goto(path);
  await post(page, answer).waitFor();
  await fromMenu(page, page.locator('article.chosen'), 'button', 'thread-mute');
  await page.getByText(t('thread-muted')).waitFor();
  await looks(visitor, 'flows-thread');
  await fromMenu(page, page.locator('article.chosen'), 'button', 'thread-unmute');
  assert.equal(await page.getByText(t('thread-muted')).count(), 0);
}

export async function putsOff({ visitor, page, marie }) {
  const words = `À finir (${marie.mark})`;
  await page.goto('/ecrire');
  await writing(page).fill(words);
  await submit(page, button(page, 'draft-save'));
  await isTold(page, 'done-draft-saved');
  await submit(page, link(page, 'draft-go-on'));
  assert.equal(await writing(page).inputValue(), words);
  await page.locator('summary', { hasText: t('schedule') }).click();
  await page.getByLabel(t('schedule-when')).fill('2099-03-01T09:30');
  await submit(page, button(page, 'publish'));
  await isTold(page, 'done-scheduled');
  await page.getByText('1er mars 2099').waitFor();
  await page.goto('/ecrire');
  await writing(page).fill(`À jeter (${marie.mark})`);
  await submit(page, button(page, 'draft-save'));
  await looks(visitor, 'flows-put-off');
  for (const [yes, done] of [['scheduled-delete-yes', 'done-scheduled-cancelled'], ['draft-delete-yes', 'done-draft-deleted']]) {
    await page.locator('details.sure', { hasText: t(yes) }).locator('summary').click();
    await submit(page, button(page, yes));
    await isTold(page, done);
  }
  await page.getByText(t('drafts-none')).waitFor();
}

export async function searches({ page, marie, jean }) {
  const word = `hirondelle${marie.mark}`;
  await says(marie, `Une ${word} #Nid${marie.mark}`);
  await page.goto('/recherche');
  const asks = async (words) => {
    await page.getByLabel(t('search-label')).fill(words);
    await submit(page, button(page, 'search-go'));
  };
  await asks(jean.name);
  await page.locator('main .people').getByText(`@${jean.name}`).first().waitFor();
  await asks('zzzz');
  await page.getByText(t('search-nothing', { query: 'zzzz' })).waitFor();
  await asks(`nid${marie.mark}`);
  await page.locator('main a.tag').first().waitFor();
  await until(page, `/recherche?q=${word}`, post(page, word));
}

export async function followsATag({ page, jean }) {
  const tag = `Soupe${jean.mark}`;
  const { text } = await says(jean, `Ce soir #${tag}`);
  await page.goto(`/tags/${tag.toLowerCase()}`);
  await submit(page, button(page, 'tag-follow'));
  await isTold(page, 'done-tag-followed');
  await page.goto('/');
  await post(page, text).getByText(t('brought-by-tag')).waitFor();
  await page.goto('/tags');
  await submit(page, page.getByRole('button', { name: `${t('unfollow')} #${tag}` }));
  await isTold(page, 'done-tag-unfollowed');
}

/** Where readers of news find what is written: named on the page, and there. */
export async function feeds({ page, jean, town }) {
  await says(jean, 'Pour le fil #fil');
  for (const [where, text] of [['/ville', 'feed-town'], [`/@${jean.name}`, 'feed-person'], ['/tags/fil', 'feed-tag']]) {
    await page.goto(where);
    const feed = await link(page.locator('main'), text).getAttribute('href');
    const answer = await fetch(new URL(feed, town.origin));
    assert.match(answer.headers.get('content-type'), /^application\/atom\+xml/, where);
    assert.match(await answer.text(), new RegExp(`Pour le fil[^]*${jean.mark}`), where);
  }
}

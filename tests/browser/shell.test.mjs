// The frame around the pages and the lists of posts: how it looks for whom, news, groups, tags, lists of people.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const PASSWORD = 'quatre cuillères en bois';
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJAAAAXklEQVR4nO3PMQ0AMAzAsMIe/ILYYVWKESTzjhsd8KsBrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BrQGtAa0BbQEAUIFLEXM/vwAAAABJRU5ErkJggg==',
  'base64',
);

let town;
let browser;

before(async () => {
  town = await startTown();
  for (const [name, ...more] of [['mairie', '--role', 'admin'], ['bruno'], ['lucie'], ['marie'], ['jeanne']]) {
    await town.cli(['account', 'create', name, ...more, '--password-stdin'], `${PASSWORD}\n`);
  }
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

async function withBrowser(how, doing) {
  const visitor = await visit(browser, town, how);
  try {
    await doing(visitor, visitor.page);
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
}

async function logIn(page, name) {
  await page.goto('/connexion');
  await page.getByLabel(t('name-or-email')).fill(name);
  await page.getByLabel(t('password'), { exact: true }).fill(PASSWORD);
  await press(page, page.getByRole('button', { name: t('log-in') }));
}

/** Presses something that leads to a page, and waits for that. */
async function press(page, target) {
  const isPage = (response) =>
    response.request().isNavigationRequest() && Math.floor(response.status() / 100) !== 3;
  const [response] = await Promise.all([
    page.waitForResponse(isPage),
    page.waitForEvent('load'),
    target.click(),
  ]);
  assert.ok(response.ok(), `${response.url()} answered ${response.status()}`);
}

function button(page, name) {
  return page.getByRole('button', { name, exact: true });
}

async function says(name, text, picture) {
  await withBrowser({ javaScript: false, size: DESK }, async (_, page) => {
    await logIn(page, name);
    await page.goto('/ecrire');
    await page.locator('textarea[name="text"]').fill(text);
    if (picture) {
      const open = page.locator('details:has(input[type="file"]) > summary').first();
      if (await open.count()) await open.click();
      const file = { name: 'four.png', mimeType: 'image/png', buffer: PICTURE };
      await page.locator('input[type="file"]').first().setInputFiles(file);
      await page.locator('[name^="description"]').first().fill(picture);
    }
    await press(page, button(page, t('publish')));
  });
}

/** Opens home and waits until it has asked for news for the first time. */
async function looksAtHome(page) {
  await page.goto('/ville');
  const isAsked = (response) => new URL(response.url()).pathname === '/nouveautes';
  await Promise.all([page.waitForResponse(isAsked), page.goto('/')]);
}

async function follow(page, name) {
  await page.goto(`/@${name}`);
  await press(page, button(page, t('follow')));
}

async function set(page, wishes) {
  await page.goto('/reglages/affichage');
  for (const wish of wishes) await page.getByLabel(t(wish)).check();
  await press(page, button(page, t('save')));
}

function background(page) {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

for (const size of [PHONE, DESK]) {
  for (const javaScript of [true, false]) {
    const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;

    test(`somebody without an account chooses how the pages look, ${how}`, async () => {
      await withBrowser({ javaScript, size }, async (visitor, page) => {
        await page.goto('/a-propos');
        const usual = javaScript ? await background(page) : '';
        await press(page, page.locator('.foot').getByRole('link', { name: t('appearance') }));
        await visitor.inspect('shell-appearance');
        await set(page, ['theme-dark', 'larger-text', 'more-contrast', 'less-motion']);
        await page.goto('/a-propos');
        const html = page.locator('html');
        assert.equal(await html.getAttribute('data-theme'), 'dark');
        assert.equal(await html.getAttribute('data-text'), 'large');
        await visitor.inspect('shell-chosen');
        if (javaScript) {
          assert.notEqual(await background(page), usual, 'the page is dark on a light device');
          const root = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
          assert.equal(root, '20px');
        }
      });
    });
  }
}

test('what a resident chose waits on every device, and pictures wait until they are asked for', async () => {
  await says('bruno', 'Le four rallume samedi.', 'Le four du quartier, porte ouverte');
  await withBrowser({ javaScript: false, size: PHONE }, async (_, page) => {
    await logIn(page, 'marie');
    await follow(page, 'bruno');
    await set(page, ['theme-dark', 'no-pictures']);
  });
  for (const javaScript of [true, false]) {
    await withBrowser({ javaScript, size: DESK }, async (visitor, page) => {
      await logIn(page, 'marie');
      assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
      const loaded = [];
      page.on('response', (answer) => answer.url().includes('/media/') && loaded.push(answer.url()));
      await page.goto('/');
      const post = page.getByRole('article').filter({ hasText: 'Le four rallume' });
      await post.getByText('Le four du quartier, porte ouverte').waitFor();
      await visitor.inspect('shell-sparing');
      assert.deepEqual(loaded, [], 'nothing is loaded unasked');
      assert.equal(await post.getByRole('img').count(), 0);
      const ask = post.getByRole('link', { name: 'Voir l’image' });
      const before = page.url();
      await (javaScript ? ask.click() : press(page, ask));
      await post.getByRole('img', { name: 'Le four du quartier, porte ouverte' }).waitFor();
      assert.equal(page.url() === before, javaScript, 'a script shows it in its place');
    });
  }
});

for (const [javaScript, size] of [
  [true, PHONE],
  [false, DESK],
]) {
  const how = javaScript ? 'with' : 'without';

  test(`a resident reads a few people apart, ${how} JavaScript`, async () => {
    const title = `Famille ${how}`;
    await says('lucie', `On dîne dehors (${how})`);
    await withBrowser({ javaScript, size }, async (visitor, page) => {
      await logIn(page, 'jeanne');
      if (!javaScript) {
        await page.goto('/listes');
        await press(page, page.getByRole('link', { name: 'Famille with', exact: true }));
      } else {
        await follow(page, 'lucie');
        await follow(page, 'bruno');
      }
      await page.goto('/listes');
      await visitor.inspect('shell-lists');
      await page.getByLabel(t('list-title'), { exact: true }).fill(title);
      await press(page, button(page, t('list-create')));
      await page.getByText(t('done-list-created')).waitFor();

      await page.getByLabel(t('list-add-address')).fill('@lucie');
      await press(page, button(page, t('list-add')).first());
      await press(page, button(page, `${t('list-add')} bruno`));
      await visitor.inspect('shell-list-change');
      await press(page, button(page, `${t('list-remove')} bruno`));

      await press(page, page.getByRole('link', { name: t('list-back') }));
      await page.getByRole('article').filter({ hasText: `On dîne dehors (${how})` }).waitFor();
      await visitor.inspect('shell-list');
      await press(page, page.getByRole('link', { name: t('list-change') }));
      await page.getByLabel(t('list-title'), { exact: true }).fill(`Cousins ${how}`);
      await press(page, button(page, t('save')));
      await page.getByRole('heading', { name: `Cousins ${how}` }).waitFor();
      if (!javaScript) {
        await press(page, page.getByRole('link', { name: t('list-change') }));
        await press(page, page.getByRole('link', { name: t('list-delete') }));
        await press(page, button(page, t('list-delete')));
        assert.equal(await page.getByText(`Cousins ${how}`).count(), 0);
      } else {
        await press(page, page.getByRole('link', { name: t('list-change') }));
        await page.getByLabel(t('list-title'), { exact: true }).fill(title);
        await press(page, button(page, t('save')));
      }
    });
  });

  test(`a followed tag brings posts home and says so, ${how} JavaScript`, async () => {
    const tag = `Soupe${how}`;
    await says('lucie', `Ce soir #${tag}`);
    await withBrowser({ javaScript, size }, async (visitor, page) => {
      await logIn(page, 'mairie');
      await page.goto(`/tags/${tag.toLowerCase()}`);
      await visitor.inspect('shell-tag');
      await press(page, button(page, t('tag-follow')));
      await page.getByText(t('done-tag-followed')).waitFor();
      await page.goto('/');
      const post = page.getByRole('article').filter({ hasText: 'Ce soir' }).first();
      await post.getByText(t('brought-by-tag')).waitFor();
      await visitor.inspect('shell-home');
      await page.goto('/tags');
      await visitor.inspect('shell-tags');
      await press(page, button(page, `${t('unfollow')} #${tag}`));
      await page.goto('/');
      assert.equal(await page.getByRole('article').filter({ hasText: `#${tag}` }).count(), 0);
      await page.goto('/groupes');
      await visitor.inspect('shell-groups');
      await page.goto('/ailleurs');
      await visitor.inspect('shell-elsewhere');
    });
  });
}

test('whoever is not followed is not put on a list, and the page says so', async () => {
  const visitor = await visit(browser, town, { javaScript: false, size: PHONE });
  try {
    const { page } = visitor;
    await logIn(page, 'bruno');
    await page.goto('/listes');
    await page.getByLabel(t('list-title'), { exact: true }).fill('Voisins');
    await press(page, button(page, t('list-create')));
    await page.getByLabel(t('list-add-address')).fill('@lucie');
    await Promise.all([page.waitForEvent('load'), button(page, t('list-add')).first().click()]);
    await page.getByText(t('list-add-unknown')).waitFor();
    assert.equal(await page.getByLabel(t('list-add-address')).inputValue(), '@lucie');
  } finally {
    await visitor.leave();
  }
});

test('new posts announce themselves without moving the page', async () => {
  await withBrowser({ javaScript: true, size: DESK }, async (visitor, page) => {
    await logIn(page, 'marie');
    // It asks when it begins to listen. By itself it would ask again a minute later, and nobody waits for that here.
    await looksAtHome(page);
    const pill = page.locator('.news .pill');
    assert.equal(await pill.isVisible(), false, 'nothing is new yet');
    const place = () => page.getByRole('article').first().boundingBox();
    const before = await place();
    await says('bruno', 'Le four est chaud.');
    await pill.waitFor({ state: 'visible' });
    assert.equal(await pill.textContent(), '1 nouveau message');
    assert.equal((await place()).y, before.y, 'what one reads stays where it is');
    await visitor.inspect('shell-news');
    await press(page, pill);
    await page.getByRole('article').filter({ hasText: 'Le four est chaud.' }).waitFor();
    await page.getByText(t('seen-from')).waitFor();
    await visitor.inspect('shell-seen');
  });
});

test('a page that the town cannot speak to asks by itself', async () => {
  await withBrowser({ javaScript: true, size: PHONE }, async (_, page) => {
    await logIn(page, 'marie');
    await page.route('**/nouveautes/flux', (route) => route.fulfill({ status: 204 }));
    await page.clock.install();
    await looksAtHome(page);
    await says('bruno', 'Le four refroidit.');
    await page.clock.fastForward(60_000);
    await page.locator('.news .pill').waitFor({ state: 'visible' });
  });
});

test('a page that nobody looks at listens to nothing', async () => {
  await withBrowser({ javaScript: true, size: PHONE }, async (_, page) => {
    await page.addInitScript(() => {
      const lines = [];
      globalThis.openLines = () => lines.filter((line) => line.readyState !== EventSource.CLOSED).length;
      globalThis.EventSource = class extends EventSource {
        constructor(address) {
          super(address);
          lines.push(this);
        }
      };
    });
    await logIn(page, 'marie');
    await looksAtHome(page);
    for (const [isHidden, expected] of [[true, 0], [false, 1]]) {
      const lines = await page.evaluate((hidden) => {
        Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
        document.dispatchEvent(new Event('visibilitychange'));
        return globalThis.openLines();
      }, isHidden);
      assert.equal(lines, expected, `hidden: ${isHidden}`);
    }
  });
});

test('without JavaScript a link looks for new posts', async () => {
  await withBrowser({ javaScript: false, size: PHONE }, async (_, page) => {
    await logIn(page, 'marie');
    await press(page, page.getByRole('link', { name: t('new-posts-look') }));
    await page.getByText(t('nothing-new')).waitFor();
    await says('bruno', 'Le pain est cuit.');
    await press(page, page.getByRole('link', { name: t('new-posts-look') }));
    await page.getByRole('article').filter({ hasText: 'Le pain est cuit.' }).waitFor();
    await page.getByText(t('seen-from')).waitFor();
  });
});

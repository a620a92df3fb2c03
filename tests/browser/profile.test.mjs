// Somebody's groups on their page, the words about a file that is attached again, a device that is told at another place.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { DESK, launch, PHONE, visit } from './browser.mjs';
import { PNG } from './picture.mjs';
import { PASSWORD, Resident, settle } from './resident.mjs';
import { startTown } from './town.mjs';
import { words } from './words.mjs';

const t = words('fr');
const WORDS = 'Le lavoir sous la neige';

let town;
let browser;
let lea;

before(async () => {
  town = await startTown({ PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS: '127.0.0.1/32' });
  await settle(town, ['mairie'], '--role', 'admin');
  await settle(town, ['lea', 'marc']);
  for (const [name, owner] of [['amap', 'lea'], ['chorale', 'marc']]) {
    const group = ['account', 'create', name, '--group', '--owner', owner, '--password-stdin'];
    await town.cli(group, `${PASSWORD}\n`);
  }
  lea = await Resident.of(town.origin, 'lea');
  const [, chorale] = /actions\/compte\/(\d+)\/suivre/.exec(await lea.get('/@chorale'));
  await lea.post(`/actions/compte/${chorale}/suivre`, {});
  await lea.says('Le lavoir', { 'image-1': new Blob([PNG], { type: 'image/png' }), 'description-image-1': WORDS });
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await town?.stop();
});

async function visiting(how, doing) {
  const visitor = await visit(browser, town, how);
  try {
    await visitor.page.context().addCookies(lea.cookies());
    await doing(visitor, visitor.page);
    visitor.checkManners();
  } finally {
    await visitor.leave();
  }
}

for (const [size, javaScript] of [[PHONE, true], [PHONE, false], [DESK, true], [DESK, false]]) {
  const how = `on a ${size.name} ${javaScript ? 'with' : 'without'} JavaScript`;

  test(`one's own page shows all one's groups, others' those they look after, ${how}`, async () => {
    await visiting({ size, javaScript }, async (visitor, page) => {
      const people = page.locator('main a.person');
      await page.goto('/@lea');
      await page.locator('main').getByRole('link', { name: t('tab-groups'), exact: true }).click();
      await page.waitForURL('**/@lea/groupes');
      await page.getByText(t('groups-only-you')).waitFor();
      assert.equal(await people.count(), 2);
      await visitor.inspect('profile-1-groups-own');
      await page.goto('/@marc/groupes');
      await page.getByRole('heading', { name: t('groups-of', { name: 'marc' }) }).waitFor();
      assert.equal(await people.count(), 1);
      await visitor.inspect('profile-2-groups');
      await page.goto('/@mairie/groupes');
      await page.getByText(t('groups-of-none', { name: 'mairie' })).waitFor();
      await visitor.inspect('profile-3-no-groups');
    });
  });

  test(`what was written about a file stands there when it is attached again, ${how}`, async () => {
    await visiting({ size, javaScript }, async (visitor, page) => {
      await page.goto('/ecrire');
      await page.getByText(t('pictures'), { exact: true }).click();
      const file = { name: 'lavoir.png', mimeType: 'image/png', buffer: PNG };
      await page.locator('input[type="file"]').first().setInputFiles(file);
      if (!javaScript) await page.getByRole('button', { name: t('pictures-send') }).click();
      await page.getByText(t('description-recalled')).waitFor();
      const described = page.locator('[data-attached]').getByLabel(t('picture-description'));
      assert.equal(await described.inputValue(), WORDS);
      await visitor.inspect('profile-4-described');
    });
  });
}

test('a device that is told at another place says so to the town, and only where it is still to tell', async () => {
  await visiting({ size: PHONE, javaScript: true }, async (visitor, page) => {
    await page.goto('/');
    await page.evaluate(() => navigator.serviceWorker.register('/worker.js'));
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
    const [worker] = page.context().serviceWorkers();
    const renewed = (endpoint) =>
      worker.evaluate(async (endpoint) => {
        const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' };
        const sent = [];
        const honest = fetch;
        globalThis.fetch = async (asked, how) => {
          const answer = await honest(asked, how);
          if (how?.method === 'POST') sent.push([asked, how.body.get('endpoint'), answer.type]);
          return answer;
        };
        let ended = false;
        const newSubscription = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => (ended = true) };
        await renew({ newSubscription });
        globalThis.fetch = honest;
        return { sent, ended };
      }, endpoint);
    const place = (name) => `http://push.localhost:9/${name}`;
    assert.deepEqual(await renewed(place('one')), { sent: [], ended: true }, 'nobody asked to be told');

    const keys = { p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4', auth: 'BTBZMqHH6r4Tts7J_aSIgg' };
    await lea.get('/reglages/avis');
    const [status] = await lea.post('/reglages/avis/appareil', { endpoint: place('two'), ...keys });
    assert.equal(status, 303);
    const came = await renewed(place('three'));
    assert.deepEqual(came, { sent: [['/reglages/avis/appareil', place('three'), 'opaqueredirect']], ended: false });
    await page.goto('/reglages/avis');
    await page.getByText(t('device-told')).waitFor();
  });
});

// megalodon, the library under Whalebird and Fedistar: from its registration to its streams.

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';

import generator, { detector } from 'megalodon';

import { asked, eventually, jean, letIn, play } from './steps.mjs';

const SCOPES = ['read', 'write', 'follow'];
const BACK = 'http://localhost:1/back';
const ALT = 'a wooden bridge over a river';

let client;
let stream;
let mine;
let theirs;
const heard = { update: [], notification: [], delete: [] };

await play({
  'knows the server': async () => {
    assert.equal(await detector(asked.origin), 'mastodon');
  },
  'log in': async () => {
    const anyone = generator('mastodon', asked.origin);
    const app = await anyone.registerApp('megalodon', { scopes: SCOPES, redirect_uris: BACK });
    assert.ok(app.url, 'no address to log in');
    const back = await letIn(app.url);
    const code = back.searchParams.get('code');
    const token = await anyone.fetchAccessToken(app.client_id, app.client_secret, code, BACK);
    client = generator('mastodon', asked.origin, token.access_token);
    const me = await client.verifyAccountCredentials();
    assert.equal(me.data.username, 'marie');
    const instance = await client.getInstance();
    assert.ok(instance.data.configuration.statuses.max_characters > 0);
  },
  'streams': async () => {
    stream = await client.userStreaming();
    for (const kind of Object.keys(heard)) stream.on(kind, (told) => heard[kind].push(told));
    const connected = new Promise((done) => stream.once('connect', () => done(true)));
    assert.ok(await connected);
  },
  'read': async () => {
    const { data } = await client.searchAccount('jean', { resolve: false });
    await client.followAccount(data[0].id);
    theirs = await jean('POST', '/api/v1/statuses', { status: 'Le four est chaud.' });
    const home = await client.getHomeTimeline({ limit: 20 });
    assert.deepEqual(home.data.map(({ id }) => id), [theirs.id]);
    await eventually(() => heard.update.some(({ id }) => id === theirs.id), 'the post does not come live');
    assert.equal((await client.getStatusContext(theirs.id)).data.descendants.length, 0);
  },
  'post with picture': async () => {
    const file = await client.uploadMedia(createReadStream(asked.picture), { description: ALT });
    const posted = await client.postStatus('Le pont est ouvert.', { media_ids: [file.data.id] });
    mine = posted.data;
    assert.equal(mine.media_attachments[0].description, ALT);
    assert.equal((await jean('GET', `/api/v1/statuses/${mine.id}`)).media_attachments.length, 1);
  },
  'reply, boost, favourite': async () => {
    const reply = await client.postStatus('@jean J’arrive !', { in_reply_to_id: theirs.id });
    assert.equal(reply.data.in_reply_to_id, theirs.id);
    await client.reblogStatus(theirs.id);
    await client.favouriteStatus(theirs.id);
    const seen = await jean('GET', `/api/v1/statuses/${theirs.id}`);
    assert.deepEqual([seen.replies_count, seen.reblogs_count, seen.favourites_count], [1, 1, 1]);
  },
  'vote': async () => {
    const poll = { options: ['samedi', 'dimanche'], expires_in: 3600 };
    const question = await jean('POST', '/api/v1/statuses', { status: 'Quel jour ?', poll });
    const voted = await client.votePoll(question.poll.id, [1]);
    assert.deepEqual(voted.data.options.map(({ votes_count }) => votes_count), [0, 1]);
  },
  'notification, live': async () => {
    await jean('POST', `/api/v1/statuses/${mine.id}/favourite`, {});
    const is = ({ type, status }) => type === 'favourite' && status.id === mine.id;
    await eventually(() => heard.notification.some(is), 'it does not come live');
    const notices = await client.getNotifications({ limit: 20 });
    assert.ok(notices.data.some(is));
  },
  'edit': async () => {
    const edited = await client.editStatus(mine.id, { status: 'Le pont est fermé.' });
    assert.match(edited.data.content, /fermé/);
    assert.equal((await client.getStatusSource(mine.id)).data.text, 'Le pont est fermé.');
  },
  'search': async () => {
    const ids = async () => (await client.search('fermé', { type: 'statuses' })).data.statuses.map(({ id }) => id);
    await eventually(async () => (await ids()).includes(mine.id), 'the post is not found');
  },
  'lists, filters, markers, preferences': async () => {
    const list = await client.createList('Voisins');
    const { data } = await client.searchAccount('jean', { resolve: false });
    await client.addAccountsToList(list.data.id, [data[0].id]);
    assert.equal((await client.getListTimeline(list.data.id)).data[0].account.username, 'jean');
    await client.saveMarkers({ home: { last_read_id: theirs.id } });
    assert.equal((await client.getMarkers(['home'])).data.home.last_read_id, theirs.id);
    assert.ok((await client.getPreferences()).data);
    assert.deepEqual((await client.getFilters()).data, []);
    assert.deepEqual((await client.getConversationTimeline()).data, []);
  },
  'delete': async () => {
    await client.deleteStatus(mine.id);
    await assert.rejects(client.getStatus(mine.id), (error) => error.response.status === 404);
    await eventually(() => heard.delete.includes(mine.id), 'the end does not come live');
    stream.stop();
  },
});
process.exit(0);

// masto.js against a node: register, be let in, post, read, favourite, listen, leave.
// Usage: play_masto.mjs ORIGIN PASSWORD

import assert from 'node:assert/strict';

import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from 'masto';

const [origin, password] = process.argv.slice(2);
const REDIRECT = 'https://app.example/back';
const SCOPE = 'read write follow push';

/** A browser without scripts: cookies, and forms with their hidden fields. */
class Browser {
  cookies = new Map();

  async go(url, body) {
    const answer = await fetch(url, {
      method: body ? 'POST' : 'GET',
      body,
      redirect: 'manual',
      headers: { cookie: [...this.cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      this.cookies.set(name, value);
    }
    const next = answer.headers.get('location');
    if (next?.startsWith('/')) return this.go(new URL(next, origin));
    return { next, forms: readForms(await answer.text()) };
  }

  send(form, values = {}) {
    const body = new URLSearchParams({ ...form.values, ...values });
    return this.go(new URL(form.action, origin), body);
  }
}

function readForms(html) {
  const attribute = (tag, name) => decode(tag.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1] ?? '');
  return [...html.matchAll(/<form[^>]*method="post"[\s\S]*?<\/form>/g)].map(([form]) => ({
    action: attribute(form, 'action'),
    values: Object.fromEntries(
      [...form.matchAll(/<input[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]),
    ),
  }));
}

function decode(text) {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replaceAll('&amp;', '&');
}

/** A client for someone who lets the app in on the page. */
async function clientOf(name) {
  const anyone = createRestAPIClient({ url: origin });
  const app = await anyone.v1.apps.create({
    clientName: 'masto.js',
    redirectUris: REDIRECT,
    scopes: SCOPE,
    website: 'https://masto.example',
  });
  const question = new URL('/oauth/authorize', origin);
  question.search = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: SCOPE,
  });
  const browser = new Browser();
  const logIn = await browser.go(question);
  const form = logIn.forms.find((form) => 'password' in form.values);
  const asked = await browser.send(form, { name, password });
  const { next } = await browser.send(asked.forms.find((form) => form.values.decision === 'allow'));
  const place = new URL(next);
  assert.equal(place.origin + place.pathname, REDIRECT);
  const token = await createOAuthAPIClient({ url: origin }).token.create({
    clientId: app.clientId,
    clientSecret: app.clientSecret,
    redirectUri: REDIRECT,
    grantType: 'authorization_code',
    code: place.searchParams.get('code'),
    scope: SCOPE,
  });
  assert.equal(token.scope, SCOPE);
  const client = createRestAPIClient({ url: origin, accessToken: token.accessToken });
  const leave = () =>
    createOAuthAPIClient({ url: origin }).revoke({
      clientId: app.clientId,
      clientSecret: app.clientSecret,
      token: token.accessToken,
    });
  const { configuration } = await anyone.v2.instance.fetch();
  const listen = () =>
    createStreamingAPIClient({
      streamingApiUrl: configuration.urls.streaming,
      accessToken: token.accessToken,
    });
  return { client, listen, leave };
}

const marie = await clientOf('marie');
const jean = await clientOf('jean');
const me = await marie.client.v1.accounts.verifyCredentials();
assert.equal(me.acct, 'marie');
assert.equal((await marie.client.v1.apps.verifyCredentials()).name, 'masto.js');
const instance = await marie.client.v2.instance.fetch();
assert.ok(instance.configuration.statuses.maxCharacters > 0);

assert.equal((await jean.client.v1.accounts.$select(me.id).follow()).following, true);
const post = await marie.client.v1.statuses.create({ status: 'La crue baisse', visibility: 'public' });
const home = await jean.client.v1.timelines.home.list({ limit: 5 });
assert.equal(home[0].id, post.id);
const streams = marie.listen();
await streams.prepare();
const heardFirst = streams.user.notification.subscribe().values().next();
const liked = await jean.client.v1.statuses.$select(post.id).favourite();
assert.deepEqual([liked.favourited, liked.favouritesCount], [true, 1]);
const { value: told } = await heardFirst;
assert.deepEqual(told.stream, ['user:notification']);
assert.deepEqual([told.event, told.payload.type, told.payload.status.id], ['notification', 'favourite', post.id]);
streams.close();
const boosted = await jean.client.v1.statuses.$select(post.id).reblog();
assert.equal(boosted.reblog.id, post.id);
const answer = await jean.client.v1.statuses.create({ status: 'Ouf', inReplyToId: post.id });
const context = await marie.client.v1.statuses.$select(post.id).context.fetch();
assert.deepEqual(context.descendants.map(({ id }) => id), [answer.id]);
const poll = await marie.client.v1.statuses.create({
  status: 'Qui aide à nettoyer ?',
  poll: { options: ['Moi', 'Pas moi'], expiresIn: 3600 },
});
const voted = await jean.client.v1.polls.$select(poll.poll.id).votes.create({ choices: [1] });
assert.deepEqual(voted.ownVotes, [1]);
const edited = await marie.client.v1.statuses.$select(post.id).update({ status: 'La crue a baissé' });
assert.ok(edited.editedAt && edited.content.includes('baissé'));
const pages = [];
for await (const page of jean.client.v1.timelines.home.list({ limit: 2 })) pages.push(page.length);
assert.ok(pages.length > 1, 'home goes on by its Link');
const found = await jean.client.v2.search.list({ q: 'marie', type: 'accounts' });
assert.ok(found.accounts.some(({ id }) => id === me.id));
await marie.client.v1.statuses.$select(poll.id).remove();
await assert.rejects(jean.client.v1.statuses.$select(poll.id).fetch(), { statusCode: 404 });

await marie.leave();
await assert.rejects(marie.client.v1.accounts.verifyCredentials(), { statusCode: 401 });
assert.equal((await jean.client.v1.accounts.verifyCredentials()).acct, 'jean');

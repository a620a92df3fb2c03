// A small server built on Fedify, with one person, that does what `POST /control/{verb}` says and
// tells by `GET /control/state` what has reached it. Knows nothing of the server it talks with.
//
// node app.mjs PORT PICTURE FIRST_KNOCK

import { readFileSync } from "node:fs";
import { Temporal } from "@js-temporal/polyfill";
import { serve } from "@hono/node-server";
import {
  createFederation,
  generateCryptoKeyPair,
  InProcessMessageQueue,
  MemoryKvStore,
} from "@fedify/fedify";
import {
  Accept,
  Announce,
  Collection,
  Create,
  Delete,
  Document,
  Endpoints,
  Follow,
  Like,
  Mention,
  Note,
  Person,
  PUBLIC_COLLECTION,
  Question,
  Tombstone,
  Undo,
  Update,
} from "@fedify/vocab";

const [port, picture, firstKnock] = process.argv.slice(2);
const origin = `http://localhost:${port}`;
const me = "ada";

const keys = [
  await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"),
  await generateCryptoKeyPair("Ed25519"),
];
const followers = new Map();
const following = new Set();
const follows = new Map();
const mine = new Map();
const objects = {};
const authors = {};
const likes = {};
const boosts = {};
const deeds = new Map();

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  allowPrivateAddress: true,
  firstKnock,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== me) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Ada",
      url: ctx.getActorUri(identifier),
      inbox: ctx.getInboxUri(identifier),
      outbox: ctx.getOutboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      endpoints: new Endpoints({ sharedInbox: ctx.getInboxUri() }),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher(() => keys);

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({
  items: [...followers.values()],
}));

federation.setOutboxDispatcher("/users/{identifier}/outbox", (ctx) => ({
  items: [...mine.values()].map((object) => created(ctx, object)),
}));

federation.setObjectDispatcher(Note, "/notes/{id}", (_, { id }) => mine.get(id) ?? null);
federation.setObjectDispatcher(Question, "/questions/{id}", (_, { id }) => mine.get(id) ?? null);

federation
  .setInboxListeners("/users/{identifier}/inbox", "/inbox")
  .on(Follow, async (ctx, follow) => {
    const follower = await follow.getActor(ctx);
    followers.set(follower.id.href, follower);
    const accept = new Accept({
      id: fresh("accepts"),
      actor: ctx.getActorUri(me),
      object: follow,
    });
    await ctx.sendActivity({ identifier: me }, follower, accept);
  })
  .on(Accept, async (ctx, accept) => {
    const follow = await accept.getObject({ ...ctx, crossOrigin: "trust" });
    const asked = follows.get(follow?.id?.href);
    if (asked && asked.objectId.href === accept.actorId.href) following.add(accept.actorId.href);
  })
  .on(Create, async (ctx, create) => {
    const object = await create.getObject(ctx);
    if (!(await voted(object, create.actorId.href))) await keep(ctx, object);
  })
  .on(Update, async (ctx, update) => {
    const object = await update.getObject(ctx);
    if (objects[object?.id?.href]) await keep(ctx, object);
  })
  .on(Delete, (_, gone) => {
    delete objects[gone.objectId.href];
  })
  .on(Like, (_, like) => add(likes, like))
  .on(Announce, (_, announce) => add(boosts, announce))
  .on(Undo, async (ctx, undo) => {
    const deed = await undo.getObject(ctx);
    if (deed?.actorId?.href !== undo.actorId.href) return;
    if (deed instanceof Follow) followers.delete(undo.actorId.href);
    if (deed instanceof Like) take(likes, deed);
    if (deed instanceof Announce) take(boosts, deed);
  });

function fresh(kind) {
  return new URL(`/${kind}/${crypto.randomUUID()}`, origin);
}

function add(where, activity) {
  (where[activity.objectId.href] ??= []).push(activity.actorId.href);
}

function take(where, activity) {
  const at = activity.objectId.href;
  where[at] = (where[at] ?? []).filter((actor) => actor !== activity.actorId.href);
}

// A note with a name that answers a question of ours is a vote.
async function voted(object, voter) {
  const question = [...mine.values()].find((it) => it.id.href === object?.replyTargetId?.href);
  if (!(question instanceof Question) || !object.name) return false;
  const choice = objects[question.id.href].choices.find((it) => it.title === `${object.name}`);
  if (!choice || question.attributionId.href === voter) return false;
  choice.votes += 1;
  return true;
}

async function keep(ctx, object) {
  if (!(object instanceof Note || object instanceof Question)) return;
  const pictures = [];
  for await (const it of object.getAttachments(ctx)) {
    if (it instanceof Document || "width" in it) {
      pictures.push({ url: it.url?.href?.href ?? it.url?.href, alt: it.name?.toString() ?? null });
    }
  }
  const choices = [];
  if (object instanceof Question) {
    for await (const it of object.getExclusiveOptions(ctx)) {
      const answers = await it.getReplies(ctx);
      choices.push({ title: `${it.name}`, votes: answers?.totalItems ?? 0 });
    }
  }
  authors[object.id.href] = object.attributionId.href;
  objects[object.id.href] = {
    text: `${object.content ?? object.name ?? ""}`,
    pictures,
    reply_to: object.replyTargetId?.href ?? null,
    choices,
  };
}

function created(ctx, object) {
  return new Create({
    id: new URL("#create", object.id),
    actor: ctx.getActorUri(me),
    object,
    to: PUBLIC_COLLECTION,
    ccs: object.ccIds,
  });
}

function written(ctx, text, others = {}) {
  const id = crypto.randomUUID();
  const { kind = Note, ccs = [], ...fields } = others;
  const object = new kind({
    id: ctx.getObjectUri(kind, { id }),
    attribution: ctx.getActorUri(me),
    content: `<p>${text}</p>`,
    to: PUBLIC_COLLECTION,
    ccs: [ctx.getFollowersUri(me), ...ccs],
    published: Temporal.Now.instant(),
    ...fields,
  });
  mine.set(id, object);
  return object;
}

const send = (ctx, to, activity) => ctx.sendActivity({ identifier: me }, to, activity);

async function person(ctx, actor) {
  const loader = await ctx.getDocumentLoader({ identifier: me });
  return await ctx.lookupObject(actor, { documentLoader: loader });
}

function ours(uri) {
  const id = uri.split("/").at(-1);
  if (!mine.has(id)) throw new Error(`no post ${uri}`);
  return [id, mine.get(id)];
}

async function publish(ctx, object, ...others) {
  await keep(ctx, object);
  await send(ctx, "followers", created(ctx, object));
  for (const other of others) await send(ctx, other, created(ctx, object));
  return { uri: object.id.href };
}

// Likes and boosts: to the author, and undone by the same activity embedded.
async function does(ctx, kind, name, uri) {
  if (!authors[uri]) throw new Error(`no post ${uri}`);
  const author = await person(ctx, authors[uri]);
  const fields = kind === Announce ? { to: PUBLIC_COLLECTION, cc: author.id } : { to: author.id };
  const deed = new kind({
    id: fresh(name),
    actor: ctx.getActorUri(me),
    object: new URL(uri),
    ...fields,
  });
  deeds.set(`${name} ${uri}`, [author, deed]);
  await send(ctx, author, deed);
}

async function undoes(ctx, name, uri) {
  const [to, deed] = deeds.get(`${name} ${uri}`);
  await send(ctx, to, new Undo({ id: fresh("undos"), actor: deed.actorId, object: deed, to: to.id }));
}

const verbs = {
  async follow(ctx, { actor }) {
    const to = await person(ctx, actor);
    const follow = new Follow({ id: fresh("follows"), actor: ctx.getActorUri(me), object: to.id });
    follows.set(follow.id.href, follow);
    deeds.set(`follows ${actor}`, [to, follow]);
    await send(ctx, to, follow);
  },
  async unfollow(ctx, { actor }) {
    following.delete(actor);
    await undoes(ctx, "follows", actor);
  },
  async post(ctx, { text, alt, choices }) {
    if (choices) {
      const exclusiveOptions = choices.map(
        (name) => new Note({ name, replies: new Collection({ totalItems: 0 }) }),
      );
      const endTime = Temporal.Now.instant().add({ hours: 1 });
      return publish(ctx, written(ctx, text, { kind: Question, exclusiveOptions, endTime }));
    }
    const url = new URL("/picture.png", origin);
    const attachments = alt ? [new Document({ url, mediaType: "image/png", name: alt })] : [];
    return publish(ctx, written(ctx, text, { attachments }));
  },
  async reply(ctx, { uri, text, actor, handle }) {
    const to = await person(ctx, actor);
    const tags = [new Mention({ href: to.id, name: `@${handle}` })];
    const reply = written(ctx, text, { replyTarget: new URL(uri), tags, ccs: [to.id] });
    return publish(ctx, reply, to);
  },
  boost: (ctx, { uri }) => does(ctx, Announce, "boosts", uri),
  unboost: (ctx, { uri }) => undoes(ctx, "boosts", uri),
  favourite: (ctx, { uri }) => does(ctx, Like, "likes", uri),
  unfavourite: (ctx, { uri }) => undoes(ctx, "likes", uri),
  async edit(ctx, { uri, text }) {
    const [id, old] = ours(uri);
    const object = old.clone({ content: `<p>${text}</p>`, updated: Temporal.Now.instant() });
    mine.set(id, object);
    await keep(ctx, object);
    const actor = ctx.getActorUri(me);
    const update = new Update({ id: fresh("updates"), actor, object, to: PUBLIC_COLLECTION });
    await send(ctx, "followers", update);
  },
  async delete(ctx, { uri }) {
    const [id, old] = ours(uri);
    mine.delete(id);
    delete objects[uri];
    const actor = ctx.getActorUri(me);
    const object = new Tombstone({ id: old.id });
    await send(ctx, "followers", new Delete({ id: fresh("deletes"), actor, object }));
  },
  async vote(ctx, { uri, title }) {
    const to = await person(ctx, authors[uri]);
    const actor = ctx.getActorUri(me);
    const object = new Note({
      id: fresh("votes"),
      attribution: actor,
      name: title,
      replyTarget: new URL(uri),
      to: to.id,
    });
    await send(ctx, to, new Create({ id: fresh("creates"), actor, object, to: to.id }));
  },
};

function state(ctx) {
  return {
    actor: ctx.getActorUri(me).href,
    handle: `${me}@localhost:${port}`,
    followers: [...followers.keys()],
    following: [...following],
    objects,
    likes,
    boosts,
  };
}

async function answer(request) {
  const { pathname } = new URL(request.url);
  const ctx = federation.createContext(new URL(origin));
  if (pathname === "/picture.png") {
    return new Response(readFileSync(picture), { headers: { "Content-Type": "image/png" } });
  }
  if (pathname === "/control/state") return Response.json(state(ctx));
  const verb = pathname.match(/^\/control\/([a-z]+)$/)?.[1];
  if (!verb) return federation.fetch(request, { contextData: undefined });
  try {
    return Response.json((await verbs[verb](ctx, await request.json())) ?? {});
  } catch (error) {
    return new Response(error.stack, { status: 500 });
  }
}

serve({ fetch: answer, port: Number(port), hostname: "127.0.0.1" });

"""A bovine-herd server with one person, and a client of hers that does what `POST /control/{verb}`
says through her outbox and tells by `GET /control/state` what lies in her inbox and store.

The server is bovine's alone; what ActivityPub leaves to the client (answering a Follow, counting
votes) is done here. Knows nothing of the server it talks with.

    python app.py PORT PICTURE
"""

import asyncio
import pathlib
import sys
import time

import bovine
import quart
from bovine.crypto import generate_ed25519_private_key, private_key_to_did_key
from bovine.jsonld import jsonld_cache
from bovine_herd import BovineHerd
from bovine_store import BovineAdminStore
from bovine_store.models import CollectionItem
from hypercorn.asyncio import serve
from hypercorn.config import Config

PORT, PICTURE = int(sys.argv[1]), pathlib.Path(sys.argv[2])
ORIGIN = f"http://localhost:{PORT}"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

# bovine fetches contexts from the web; the part that matters here is given to it instead.
jsonld_cache.add(
    "https://w3id.org/security/v1",
    {
        "owner": {"@id": "https://w3id.org/security#owner", "@type": "@id"},
        "publicKey": {"@id": "https://w3id.org/security#publicKey", "@type": "@id"},
        "publicKeyPem": "https://w3id.org/security#publicKeyPem",
    },
)
for elsewhere in (
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/data-integrity/v1",
    "https://www.w3.org/ns/did/v1",
):
    jsonld_cache.add(elsewhere, {})

app = quart.Quart(__name__)
BovineHerd(app, db_url="sqlite://bovine.sqlite3")
her = {}
posts = set()
votes = {}
answered = set()
deeds = {}


@app.before_serving
async def register():
    store = BovineAdminStore(domain=ORIGIN)
    name = await store.register("ada")
    her["secret"] = generate_ed25519_private_key()
    await store.add_identity_string_to_actor(name, "key", private_key_to_did_key(her["secret"]))
    app.add_background_task(attend)


async def attend():
    """A client that is open answers Follows by itself."""
    while True:
        await asyncio.sleep(0.5)
        await look()


async def client():
    """Her client, once the server answers."""
    if "client" not in her:
        ada = bovine.BovineClient(domain=ORIGIN, secret=her["secret"])
        await ada.init(session=app.config["session"])
        her["client"] = ada
    return her["client"]


async def server_side():
    """Her as the server has her: its store, asked without fetching."""
    inbox = (await client()).information["inbox"]
    _, ada = await app.config["bovine_store"].resolve_endpoint(inbox)
    return ada


async def stored(uri):
    return await (await server_side()).retrieve(uri, skip_fetch=True)


async def send(activity):
    """Puts it into her outbox; the answer is the activity as bovine keeps it."""
    ada = await client()
    whole = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "actor": ada.actor_id,
        **activity,
    }
    answer = await ada.send_to_outbox(whole)
    answer.raise_for_status()
    return await stored(answer.headers["location"])


async def publish(note, to=None):
    """A Create of it; the answer is the id that bovine gave the object."""
    ada = await client()
    audience = {"to": to} if to else {"to": [PUBLIC], "cc": [ada.followers, *note.pop("cc", [])]}
    whole = {
        "type": "Note",
        "attributedTo": ada.actor_id,
        "published": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        **audience,
        **note,
    }
    return one_id((await send({"type": "Create", "object": whole, **audience}))["object"])


def many(value):
    return [] if value is None else value if isinstance(value, list) else [value]


def one_id(value):
    return value["id"] if isinstance(value, dict) else value


async def items(collection):
    found = await CollectionItem.filter(part_of=collection).order_by("id")
    return [item.object_id for item in found]


async def look():
    """Goes through the inbox: answers Follows, counts votes, tells which objects can be seen."""
    objects = set(posts)
    for activity_id in await items((await client()).information["inbox"]):
        activity = await stored(activity_id) or {}
        kind = activity.get("type")
        if kind == "Follow" and activity_id not in answered:
            answered.add(activity_id)
            await send({"type": "Accept", "object": activity_id, "to": [activity["actor"]]})
        elif kind == "Create":
            uri = one_id(activity["object"])
            if not is_vote(uri, await stored(uri)):
                objects.add(uri)
    return {uri: seen for uri in objects if (seen := shown(uri, await stored(uri)))}


def is_vote(uri, note):
    question = one_id((note or {}).get("inReplyTo"))
    if question not in votes or not note.get("name"):
        return False
    votes[question].setdefault(note["name"], set()).add(uri)
    return True


def shown(uri, note):
    if not note or note["type"] not in ("Note", "Question"):
        return None
    pictures = [{"url": url_of(it), "alt": it.get("name")} for it in many(note.get("attachment"))]
    choices = [
        {"title": it["name"], "votes": len(votes.get(uri, {}).get(it["name"], ()))}
        for it in many(note.get("oneOf"))
    ]
    return {
        "text": note.get("content") or "",
        "pictures": pictures,
        "reply_to": one_id(note.get("inReplyTo")),
        "choices": choices,
    }


def url_of(attachment):
    url = many(attachment.get("url"))[0]
    return url.get("href") if isinstance(url, dict) else url


async def author_of(uri):
    return one_id((await stored(uri))["attributedTo"])


async def follow(actor):
    deeds["follow", actor] = await send({"type": "Follow", "object": actor, "to": [actor]})


async def unfollow(actor):
    await take_back("follow", actor, actor)


async def post(text, alt=None, choices=None):
    note = {"content": f"<p>{text}</p>"}
    if alt:
        url = f"{ORIGIN}/picture.png"
        note["attachment"] = [
            {"type": "Document", "mediaType": "image/png", "url": url, "name": alt}
        ]
    if choices:
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
        replies = {"type": "Collection", "totalItems": 0}
        options = [{"type": "Note", "name": name, "replies": replies} for name in choices]
        note |= {"type": "Question", "oneOf": options, "endTime": end}
    uri = await publish(note)
    posts.add(uri)
    if choices:
        votes[uri] = {}
    return {"uri": uri}


async def reply(uri, text, actor, handle):
    mention = {"type": "Mention", "href": actor, "name": f"@{handle}"}
    note = {"content": f"<p>{text}</p>", "inReplyTo": uri, "tag": [mention], "cc": [actor]}
    return {"uri": await publish(note)}


async def boost(uri):
    ada = await client()
    author = await author_of(uri)
    activity = {"type": "Announce", "object": uri, "to": [PUBLIC], "cc": [ada.followers, author]}
    deeds["boost", uri] = await send(activity)


async def favourite(uri):
    activity = {"type": "Like", "object": uri, "to": [await author_of(uri)]}
    deeds["favourite", uri] = await send(activity)


async def unboost(uri):
    await take_back("boost", uri, await author_of(uri))


async def unfavourite(uri):
    await take_back("favourite", uri, await author_of(uri))


async def take_back(deed, what, to):
    await send({"type": "Undo", "object": deeds.pop((deed, what)), "to": [to]})


async def edit(uri, text):
    ada = await client()
    note = {**await stored(uri), "content": f"<p>{text}</p>"}
    note["updated"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    await send({"type": "Update", "object": note, "to": [PUBLIC], "cc": [ada.followers]})


async def delete(uri):
    ada = await client()
    await send({"type": "Delete", "object": uri, "to": [PUBLIC], "cc": [ada.followers]})


async def vote(uri, title):
    author = await author_of(uri)
    await publish({"name": title, "inReplyTo": uri}, to=[author])


VERBS = {
    it.__name__: it
    for it in (
        follow,
        unfollow,
        post,
        reply,
        boost,
        unboost,
        favourite,
        unfavourite,
        edit,
        delete,
        vote,
    )
}


@app.get("/picture.png")
async def picture():
    return await quart.send_file(PICTURE, mimetype="image/png")


@app.post("/control/<verb>")
async def control(verb):
    return await VERBS[verb](**await quart.request.get_json()) or {}


@app.get("/control/state")
async def state():
    ada = await client()
    objects = await look()
    return {
        "actor": ada.actor_id,
        "handle": f"ada@localhost:{PORT}",
        "objects": objects,
        "followers": await items(ada.information["followers"]),
        "following": await items(ada.information["following"]),
        "likes": {uri: await items(f"{uri}/likes") for uri in objects},
        "boosts": {uri: await items(f"{uri}/shares") for uri in objects},
    }


if __name__ == "__main__":
    settings = Config()
    settings.bind = [f"127.0.0.1:{PORT}"]
    asyncio.run(serve(app, settings))

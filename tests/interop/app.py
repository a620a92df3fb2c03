"""A person of a peer written for this test: an app that does what `POST /control/{verb}` says and
tells by `GET /control/state` what has reached it.

Knows nothing of the library behind the app.
"""

import json

from mastodon import Failed, plain, request


class AppPerson:
    """`state` holds what arrived: `following`, `followers`, `objects`, `likes` and `boosts`."""

    def __init__(self, origin):
        self.origin = origin
        state = self._state()
        self.actor = state["actor"]
        self.handle = state["handle"]
        self.host = self.handle.split("@")[1]

    def _state(self):
        status, _, body = request("GET", f"{self.origin}/control/state")
        if status != 200:
            raise Failed(f"the app's state answers {status}: {body[:200]!r}")
        return json.loads(body)

    def _do(self, verb, **fields):
        status, _, body = request(
            "POST",
            f"{self.origin}/control/{verb}",
            json.dumps(fields).encode(),
            {"Content-Type": "application/json"},
        )
        if status >= 300:
            raise Failed(f"{verb} at {self.host} answers {status}: {body[:300].decode()}")
        return json.loads(body)

    def follow(self, other):
        self._do("follow", actor=other.actor)

    def unfollow(self, other):
        self._do("unfollow", actor=other.actor)

    def post(self, text, picture=None, alt=None, choices=None):
        return self._do("post", text=text, alt=alt if picture else None, choices=choices)["uri"]

    def look_up(self, uri):
        raise NotImplementedError("it keeps what is sent to it, and no more")

    def reply(self, uri, text, to):
        if to is self:
            raise NotImplementedError("its posts have no list of answers")
        return self._do("reply", uri=uri, text=text, actor=to.actor, handle=to.handle)["uri"]

    def boost(self, uri):
        self._do("boost", uri=uri)

    def unboost(self, uri):
        self._do("unboost", uri=uri)

    def favourite(self, uri):
        self._do("favourite", uri=uri)

    def unfavourite(self, uri):
        self._do("unfavourite", uri=uri)

    def edit(self, uri, text):
        self._do("edit", uri=uri, text=text)

    def delete(self, uri):
        self._do("delete", uri=uri)

    def vote(self, uri, choice):
        seen = self.sees(uri)
        if not seen or not seen["choices"]:
            raise Failed(f"{self.host} shows no poll")
        self._do("vote", uri=uri, title=seen["choices"][choice]["title"])

    def follows(self, other):
        return other.actor in self._state()["following"]

    def followed_by(self, other):
        return other.actor in self._state()["followers"]

    def sees(self, uri, under=None):
        found = self._state()["objects"].get(uri)
        return {**found, "text": plain(found["text"])} if found else None

    def boosts(self, uri):
        return len(self._state()["boosts"].get(uri, []))

    def favourites(self, uri):
        return len(self._state()["likes"].get(uri, []))

"""A person on a server that speaks Mastodon's client API: a Parvis node, GoToSocial, snac and others.

Knows no peer in particular, and nothing of the matrix that is played.
"""

import html
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid


class Failed(Exception):
    """A step could not be done; the text says why."""


def request(method, url, body=None, headers=None, opener=None, timeout=20):
    """The status, headers and bytes of an answer, whatever the status is."""
    asked = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    opener = opener or urllib.request.build_opener()
    try:
        with opener.open(asked, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def plain(text):
    """The words of a piece of HTML."""
    return html.unescape(re.sub(r"<[^>]+>", "", text or ""))


def is_picture(url):
    """Whether a picture is really given at this address."""
    status, headers, body = request("GET", url)
    return status == 200 and headers.get_content_type().startswith("image/") and len(body) > 0


class Person:
    """Acts and looks with one access token."""

    def __init__(self, origin, token, name):
        self.origin = origin
        self.token = token
        self.name = name
        self.host = urllib.parse.urlsplit(origin).netloc
        self.handle = f"{name}@{self.host}"
        self.known = {}
        self.actor = self._actor()

    def _actor(self):
        resource = urllib.parse.quote(f"acct:{self.handle}", safe="")
        address = f"{self.origin}/.well-known/webfinger?resource={resource}"
        status, _, body = request("GET", address)
        if status != 200:
            raise Failed(f"WebFinger of {self.handle} answers {status}")
        return next(
            link["href"]
            for link in json.loads(body)["links"]
            if link["rel"] == "self" and "json" in link.get("type", "")
        )

    def call(self, method, path, body=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = kind
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        status, _, answer = request(method, self.origin + path, body, headers)
        if status >= 300:
            said = answer[:200].decode(errors="replace")
            raise Failed(f"{method} {path.split('?')[0]} at {self.host} answers {status}: {said}")
        return json.loads(answer or b"{}")

    # What this person does.

    def follow(self, other):
        self.call("POST", f"/api/v1/accounts/{self._account(other)}/follow", {})

    def unfollow(self, other):
        self.call("POST", f"/api/v1/accounts/{self._account(other)}/unfollow", {})

    def post(self, text, picture=None, alt=None, choices=None):
        fields = {"status": text, "visibility": "public"}
        if picture:
            fields["media_ids"] = [self._upload(picture, alt)]
        if choices:
            fields["poll"] = {"options": choices, "expires_in": 3600, "multiple": False}
        return self._posted(fields)

    def reply(self, uri, text, to):
        found = self._needed(uri)
        words = f"@{to.handle} {text}"
        return self._posted(
            {"status": words, "visibility": "public", "in_reply_to_id": found["id"]}
        )

    def boost(self, uri):
        self._act(uri, "reblog")

    def unboost(self, uri):
        self._act(uri, "unreblog")

    def favourite(self, uri):
        self._act(uri, "favourite")

    def unfavourite(self, uri):
        self._act(uri, "unfavourite")

    def edit(self, uri, text):
        found = self._needed(uri)
        media = [it["id"] for it in found["media_attachments"]]
        fields = {"status": text, "media_ids": media}
        self.call("PUT", f"/api/v1/statuses/{found['id']}", fields)

    def delete(self, uri):
        self.call("DELETE", f"/api/v1/statuses/{self._needed(uri)['id']}")

    def vote(self, uri, choice):
        poll = self._needed(uri).get("poll")
        if not poll:
            raise Failed(f"{self.host} shows no poll")
        self.call("POST", f"/api/v1/polls/{poll['id']}/votes", {"choices": [choice]})

    def look_up(self, uri):
        """The one way of seeing that makes the server fetch."""
        query = urllib.parse.urlencode({"q": uri, "resolve": "true", "type": "statuses"})
        found = self.call("GET", f"/api/v2/search?{query}")["statuses"]
        if not found:
            raise Failed(f"{self.host} does not find {uri}")
        self.known[uri] = found[0]["id"]

    # What this person sees. Nothing here makes the server fetch: what is seen was delivered.

    def follows(self, other):
        return self._relation(other)["following"]

    def followed_by(self, other):
        found = self._account(other)
        return self._relation(other)["followed_by"] if found else False

    def sees(self, uri, under=None):
        found = self._find(uri, under)
        if not found:
            return None
        poll = found.get("poll")
        pictures = found["media_attachments"]
        return {
            "text": plain(found["content"]),
            "pictures": [{"url": it["url"], "alt": it["description"]} for it in pictures],
            "reply_to": self._uri_of(found["in_reply_to_id"]),
            "choices": [
                {"title": it["title"], "votes": it["votes_count"] or 0} for it in poll["options"]
            ]
            if poll
            else [],
        }

    def boosts(self, uri):
        return self._needed(uri)["reblogs_count"]

    def favourites(self, uri):
        return self._needed(uri)["favourites_count"]

    # How it is found.

    def _posted(self, fields):
        made = self.call("POST", "/api/v1/statuses", fields)
        self.known[made["uri"]] = made["id"]
        return made["uri"]

    def _upload(self, picture, alt):
        edge = uuid.uuid4().hex
        parts = (
            f'--{edge}\r\nContent-Disposition: form-data; name="description"\r\n\r\n{alt}\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="bridge.png"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        body = parts.encode() + picture + f"\r\n--{edge}--\r\n".encode()
        return self.call("POST", "/api/v2/media", body, f"multipart/form-data; boundary={edge}")[
            "id"
        ]

    def _act(self, uri, deed):
        self.call("POST", f"/api/v1/statuses/{self._needed(uri)['id']}/{deed}", {})

    def _account(self, other):
        if other.handle not in self.known:
            query = urllib.parse.urlencode(
                {"q": f"@{other.handle}", "resolve": "true", "type": "accounts"}
            )
            accounts = self.call("GET", f"/api/v2/search?{query}")["accounts"]
            match = [it for it in accounts if it["acct"].lower() == other.handle.lower()]
            if not match:
                raise Failed(f"{self.host} does not find @{other.handle}")
            self.known[other.handle] = match[0]["id"]
        return self.known[other.handle]

    def _relation(self, other):
        return self.call("GET", f"/api/v1/accounts/relationships?id[]={self._account(other)}")[0]

    def _status(self, id):
        try:
            return self.call("GET", f"/api/v1/statuses/{id}")
        except Failed as failed:
            if " answers 404" in str(failed):
                return None
            raise

    def _needed(self, uri):
        found = self._find(uri)
        if not found:
            raise Failed(f"{self.host} does not have {uri}")
        return found

    def _find(self, uri, under=None):
        if uri not in self.known:
            for status in self._around(under):
                self.known.setdefault(status["uri"], status["id"])
        return self._status(self.known[uri]) if uri in self.known else None

    def _around(self, under):
        yield from self.call("GET", "/api/v1/timelines/home?limit=40")
        for notice in self.call("GET", "/api/v1/notifications?limit=40"):
            if notice.get("status"):
                yield notice["status"]
        if under in self.known:
            context = self.call("GET", f"/api/v1/statuses/{self.known[under]}/context")
            yield from context["descendants"]

    def _uri_of(self, id):
        found = self._status(id) if id else None
        return found["uri"] if found else None

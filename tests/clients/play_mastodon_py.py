"""Mastodon.py against a node: register, be let in, post, read, favourite, listen, search, leave."""

import queue
import time
import urllib.parse

import mastodon
from mastodon import Mastodon, StreamListener

from town import PASSWORD, let_in

REDIRECT = "https://app.example/back"
SCOPES = ["read", "write", "follow", "push"]


def app_of(origin, name):
    made = Mastodon.create_app(
        "Mastodon.py", api_base_url=origin, scopes=SCOPES, redirect_uris=[REDIRECT],
        website="https://mastodonpy.example",
    )
    app = Mastodon(*made, api_base_url=origin)
    question = app.auth_request_url(
        redirect_uris=REDIRECT, scopes=SCOPES, state="x/y z", allow_http=True
    )
    place = urllib.parse.urlsplit(let_in(question, name))
    assert f"{place.scheme}://{place.netloc}{place.path}" == REDIRECT, place
    given = urllib.parse.parse_qs(place.query)
    assert given["state"] == ["x/y z"], given
    app.log_in(code=given["code"][0], redirect_uri=REDIRECT, scopes=SCOPES, allow_http=True)
    return app


class Ear(StreamListener):
    """Keeps what is heard on a stream, the sign that it is open first."""

    def __init__(self):
        self.heard = queue.Queue()

    def handle_heartbeat(self):
        self.heard.put(("open", None))

    def on_update(self, status):
        self.heard.put(("update", status))

    def on_notification(self, notification):
        self.heard.put(("notification", notification))

    def next(self, name):
        """The next one of this name."""
        while True:
            found, what = self.heard.get(timeout=20)
            if found == name:
                return what


def refused(kind, deed, *arguments):
    try:
        deed(*arguments)
    except kind:
        return
    raise AssertionError(f"{deed.__name__} was not refused")


def play(origin):
    marie, jean = app_of(origin, "marie"), app_of(origin, "jean")
    assert marie.app_verify_credentials().name == "Mastodon.py"
    me = marie.account_verify_credentials()
    assert (me.username, me.acct) == ("marie", "marie"), me
    assert marie.instance_v2().configuration.statuses.max_characters > 0

    followed = jean.account_follow(me.id)
    assert followed.following and not followed.requested, followed
    post = marie.status_post("Le marché ouvre à 8 h #marché", visibility="public", idempotency_key="one")
    again = marie.status_post("Le marché ouvre à 8 h #marché", visibility="public", idempotency_key="one")
    assert again.id == post.id, "the same key, the same post"
    read = next(status for status in jean.timeline_home() if status.id == post.id)
    assert "marché" in read.content and read.tags[0].name.casefold() == "marché", read
    ear = Ear()
    stream = marie.stream_user(ear, run_async=True)
    ear.next("open")
    assert jean.status_favourite(post.id).favourited
    liked = ear.next("notification")
    assert (liked.type, liked.account.acct, liked.status.id) == ("favourite", "jean", post.id), liked
    live = marie.status_post("En direct")
    assert ear.next("update").id == live.id
    assert jean.status_reblog(post.id).reblog.reblogged
    assert jean.status_bookmark(post.id).bookmarked
    answer = jean.status_reply(post, "J’y serai")
    assert answer.in_reply_to_id == post.id
    context = marie.status_context(post.id)
    assert [status.id for status in context.descendants] == [answer.id], context
    asked = marie.status_post("Qui vient ?", poll=marie.make_poll(["Moi", "Pas moi"], expires_in=3600))
    assert jean.poll_vote(asked.poll.id, [0]).voted
    pages = [marie.status_post(f"Nouvelle {n}").id for n in range(3)]
    first = jean.timeline_home(limit=2)
    second = jean.fetch_next(first)
    assert [status.id for status in [*first, *second]][:3] == pages[::-1], (first, second)
    assert jean.search_v2("marie", result_type="accounts").accounts[0].id == me.id
    assert marie.status_delete(answer_free(marie)).id
    refused(mastodon.MastodonNotFoundError, jean.status, "1")

    newcomer = Mastodon(
        *Mastodon.create_app("Mastodon.py", api_base_url=origin, scopes=SCOPES), api_base_url=origin
    )
    token, error = newcomer.create_account(
        "marie", PASSWORD, "x", agreement=True, scopes=SCOPES, return_detailed_error=True
    )
    # A town that nobody has set up is closed to newcomers.
    assert token is None and error.error, error

    marie.revoke_access_token(allow_http=True)
    for _ in range(100):
        if not stream.is_alive():
            break
        time.sleep(0.1)
    assert not stream.is_alive(), "the stream ends with its token"
    token_gone = Mastodon(access_token="gone", api_base_url=origin)
    refused(mastodon.MastodonUnauthorizedError, token_gone.account_verify_credentials)
    assert jean.account_verify_credentials().username == "jean", "another's token lives on"


def answer_free(marie):
    return marie.status_post("Une coquille").id

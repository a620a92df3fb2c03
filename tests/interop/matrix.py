"""The matrix: what two people on two servers do to each other, one step after the other.

Knows only what a person can do and see, no server.
"""

import time

from mastodon import Failed, is_picture

PATIENCE = 20
PICTURE_ALT = "a wooden bridge over a river"


class Unseen(Exception):
    """The deed was done and did not show on the other side."""


def eventually(question, complaint):
    """Asks until the answer is true."""
    end = time.monotonic() + PATIENCE
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Unseen(complaint)
        time.sleep(0.4)


class Direction:
    """`doer` acts, `other` looks."""

    def __init__(self, doer, other, picture):
        self.doer = doer
        self.other = other
        self.picture = picture
        self.post_uri = None
        self.their_uri = None

    def old_thread(self):
        """A post and its answer, from before anybody followed, found by the post's address."""
        first = self.doer.post("Qui vient ?")
        answer = self.doer.reply(first, "Moi.", self.doer)
        self.other.look_up(first)
        self._arrives(self.other, answer, under=first)

    def follow(self):
        self.doer.follow(self.other)
        eventually(lambda: self.doer.follows(self.other), "no Accept came back")
        eventually(lambda: self.other.followed_by(self.doer), "the follower is not there")

    def post_with_picture(self):
        self.post_uri = self.doer.post("Le pont est ouvert.", self.picture, PICTURE_ALT)
        seen = self._arrives(self.other, self.post_uri)
        if "Le pont est ouvert." not in seen["text"]:
            raise Unseen(f"the text is {seen['text']!r}")
        if [it["alt"] for it in seen["pictures"]] != [PICTURE_ALT]:
            raise Unseen(f"the pictures are {seen['pictures']}")
        if not is_picture(seen["pictures"][0]["url"]):
            raise Unseen("the picture is not given")

    def reply(self):
        uri = self.doer.reply(self._theirs(), "Enfin !", self.other)
        seen = self._arrives(self.other, uri, under=self.their_uri)
        if "Enfin !" not in seen["text"] or seen["reply_to"] != self.their_uri:
            raise Unseen(f"what arrived is {seen}")

    def boost(self):
        self.doer.boost(self._theirs())
        eventually(lambda: self.other.boosts(self.their_uri) == 1, "the boost does not count")

    def favourite(self):
        self.doer.favourite(self._theirs())
        eventually(lambda: self.other.favourites(self.their_uri) == 1, "it does not count")

    def take_back(self):
        if (self.other.boosts(self._theirs()), self.other.favourites(self.their_uri)) != (1, 1):
            raise Unseen("there was nothing to take back")
        self.doer.unboost(self._theirs())
        self.doer.unfavourite(self._theirs())
        eventually(lambda: self.other.favourites(self.their_uri) == 0, "the favourite still counts")
        if getattr(self.other, "keeps_boosts", False):
            raise NotImplementedError("the favourite went; a boost stays there, as is meant")
        eventually(lambda: self.other.boosts(self.their_uri) == 0, "the boost still counts")

    def edit(self):
        self._must_have_posted()
        # Some servers tell versions apart by whole seconds.
        time.sleep(1.1)
        self.doer.edit(self.post_uri, "Le pont est ferme.")
        eventually(
            lambda: "est ferme" in (self.other.sees(self.post_uri) or {"text": ""})["text"],
            "the old text stays",
        )

    def poll_vote(self):
        uri = self.other.post("Quel jour ?", choices=["samedi", "dimanche"])
        seen = self._arrives(self.doer, uri)
        if [it["title"] for it in seen["choices"]] != ["samedi", "dimanche"]:
            raise Unseen(f"the choices are {seen['choices']}")
        self.doer.vote(uri, 1)
        eventually(
            lambda: [it["votes"] for it in self.other.sees(uri)["choices"]] == [0, 1],
            "the vote does not count",
        )

    def delete(self):
        self._must_have_posted()
        self._arrives(self.other, self.post_uri)
        self.doer.delete(self.post_uri)
        eventually(lambda: self.other.sees(self.post_uri) is None, "the post stays")

    def unfollow(self):
        if not self.other.followed_by(self.doer):
            raise Unseen("there was no follower")
        self.doer.unfollow(self.other)
        eventually(lambda: not self.other.followed_by(self.doer), "the follower stays")

    def _arrives(self, person, uri, under=None):
        return eventually(lambda: person.sees(uri, under), "it does not arrive")

    def _theirs(self):
        if not self.their_uri:
            uri = self.other.post("Que faites-vous dimanche ?")
            self._arrives(self.doer, uri)
            self.their_uri = uri
        return self.their_uri

    def _must_have_posted(self):
        if not self.post_uri:
            raise Unseen("there was no post")


STEPS = [
    "old_thread",
    "follow",
    "post_with_picture",
    "reply",
    "boost",
    "favourite",
    "take_back",
    "edit",
    "poll_vote",
    "delete",
    "unfollow",
]


def play(ours, theirs, picture):
    """The outcome of every step: `(step, what came of ours -> theirs, what of theirs -> ours)`."""
    directions = [Direction(ours, theirs, picture), Direction(theirs, ours, picture)]
    return [(step, *(_outcome(direction, step) for direction in directions)) for step in STEPS]


def _outcome(direction, step):
    try:
        getattr(direction, step)()
    except NotImplementedError as missing:
        return f"not offered: {missing}"
    except (Failed, Unseen, OSError) as why:
        return "no: " + " ".join(str(why).split())
    return "yes"

"""toot, a client for terminals, as marie uses it. Knows the commands of toot, and no page or entity beyond what it shows."""

import json
import os
import re
import subprocess

from matrix import PICTURE_ALT, Unseen, eventually
from mastodon import Failed, is_picture, plain
from pages import Browser


class Toot:
    def __init__(self, program, ground, marie, jean, password):
        self.program = program
        self.env = os.environ | {"XDG_CONFIG_HOME": str(ground.folder), "HOME": str(ground.folder)}
        self.ground = ground
        self.marie = marie
        self.jean = jean
        self.password = password

    def run(self, *words, said=""):
        done = subprocess.run(
            [self.program, *words],
            env=self.env, input=said, capture_output=True, text=True, timeout=60, cwd=self.ground.folder,
        )
        if done.returncode:
            raise Failed(f"toot {words[0]}: {done.stderr.strip()[-300:]}")
        return done.stdout

    def json(self, *words):
        return json.loads(self.run(*words, "--json"))

    def log_in(self):
        """It shows an address, and waits for the code that the page there gives."""
        with subprocess.Popen(
            [self.program, "login", "-i", self.marie.origin],
            env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        ) as toot:
            address = next((line.strip() for line in toot.stdout if line.startswith("http")), None)
            if not address:
                raise Failed("toot shows no address")
            _, page = Browser().let_in(address, "marie", self.password)
            code = re.search(r'<code class="whole">([^<]+)</code>', page)
            said, _ = toot.communicate(f"n\n{code[1] if code else ''}\n", timeout=60)
        if toot.returncode:
            raise Failed(f"toot login: {said.strip()[-300:]}")
        if "marie" not in self.run("whoami"):
            raise Unseen("toot does not know who it is")

    def read(self):
        self.run("follow", "jean")
        uri = self.jean.post("Le four est chaud.", self.ground.picture.read_bytes(), PICTURE_ALT)
        home = self.json("timelines", "home")
        self.theirs = next((it for it in home if it["uri"] == uri), None)
        if not self.theirs:
            raise Unseen("the post is not on the home page")
        self.run("timelines", "home", "--no-pager", "--no-clear")
        self.run("thread", self.theirs["id"])

    def post_with_picture(self):
        picture = ["--media", str(self.ground.picture), "--description", PICTURE_ALT]
        self.mine = self.json("post", "Le pont est ouvert.", *picture)
        shown = self.marie.call("GET", f"/api/v1/statuses/{self.mine['id']}")
        [file] = shown["media_attachments"]
        if file["description"] != PICTURE_ALT or not is_picture(file["url"]):
            raise Unseen(f"the picture is {file}")

    def reply(self):
        words = "@jean J'arrive !"
        reply = self.json("post", words, "--reply-to", self.theirs["id"])
        under = self.jean.call("GET", f"/api/v1/statuses/{self.theirs['id']}/context")["descendants"]
        if [it["id"] for it in under] != [reply["id"]] or "J'arrive" not in plain(under[0]["content"]):
            raise Unseen(f"under the post stands {under}")

    def boost_and_favourite(self):
        for deed in ("reblog", "favourite", "bookmark"):
            self.run(deed, self.theirs["id"])
        seen = self.jean.call("GET", f"/api/v1/statuses/{self.theirs['id']}")
        if (seen["reblogs_count"], seen["favourites_count"]) != (1, 1):
            raise Unseen(f"the counts are {seen}")

    def vote(self):
        uri = self.jean.post("Quel jour ?", choices=["samedi", "dimanche"])
        status = self.jean.call("GET", f"/api/v1/statuses/{self.jean.known[uri]}")
        self.run("polls", "vote", status["poll"]["id"], "1")
        seen = self.jean.call("GET", f"/api/v1/polls/{status['poll']['id']}")
        if [it["votes_count"] for it in seen["options"]] != [0, 1]:
            raise Unseen(f"the votes are {seen['options']}")

    def notification(self):
        self.jean.call("POST", f"/api/v1/statuses/{self.mine['id']}/favourite", {})
        def told():
            return [it for it in self.json("notifications") if it["type"] == "favourite"]
        [notice] = eventually(told, "no notification came")
        if notice["status"]["id"] != self.mine["id"] or notice["account"]["acct"] != "jean":
            raise Unseen(f"the notification is {notice}")
        self.run("notifications")

    def search(self):
        found = eventually(lambda: self.json("search", "pont")["statuses"], "nothing is found")
        if [it["id"] for it in found] != [self.mine["id"]]:
            raise Unseen(f"what is found is {found}")

    def delete(self):
        self.run("delete", self.mine["id"])
        if self.jean._status(self.mine["id"]):
            raise Unseen("the post stays")

    def steps(self):
        return [
            self.log_in, self.read, self.post_with_picture, self.reply, self.boost_and_favourite,
            self.vote, self.notification, self.search, self.delete,
        ]

"""snac: how it is started, and a person there, who uses the pages for what snac's client API has not.

Knows nothing of the matrix that is played.
"""

import base64
import json
import re
import subprocess
import urllib.parse

from mastodon import Failed, Person, request

NAME = "ada"


def cli(binary, *arguments, words=""):
    return subprocess.run(
        [binary, *arguments], input=words, capture_output=True, text=True, check=True
    ).stdout


def version(binary):
    """It tells its version with its usage."""
    said = subprocess.run([binary], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).split()[1]


def start(ground, binary, port):
    data = ground.folder / "snac"
    answers = ["127.0.0.1", str(port), f"localhost:{port}", "", ""]
    cli(binary, "init", data, words="\n".join(answers) + "\n")
    settings = json.loads((data / "server.json").read_text())
    (data / "server.json").write_text(json.dumps({**settings, "protocol": "http"}))
    password = re.search(r"password is (\S+)", cli(binary, "adduser", data, NAME))[1]
    origin = f"http://localhost:{port}"
    ground.start("snac", [binary, "httpd", data], {"DEBUG": "2"}, f"{origin}/nodeinfo_2_0")
    return SnacPerson(origin, password)


class SnacPerson(Person):
    # "if a followed user boosts something that is requested and then unboosts, the post remains here,
    # but with no apparent reason, and that is confusing" (its activitypub.c)
    keeps_boosts = True

    def __init__(self, origin, password):
        form = urllib.parse.urlencode({"login": NAME, "passwd": password}).encode()
        status, headers, token = request("POST", f"{origin}/oauth/x-snac-get-token", form)
        if status != 200 or headers.get_content_type() != "text/plain":
            raise Failed("snac gives no token")
        super().__init__(origin, token.decode().strip(), NAME)
        self.basic = base64.b64encode(f"{NAME}:{password}".encode()).decode()

    def _send(self, form, **fields):
        """Sends a form of its pages, which answer by showing the page."""
        status, _, _ = request(
            "POST",
            f"{self.origin}/{NAME}/admin/{form}",
            urllib.parse.urlencode(fields).encode(),
            {"Authorization": f"Basic {self.basic}"},
        )
        if status >= 400:
            raise Failed(f"its form {form} answers {status}")

    def post(self, text, picture=None, alt=None, choices=None):
        if not choices:
            return super().post(text, picture, alt)
        before = {it["uri"] for it in self._own()}
        options = "\n".join(choices)
        self._send("note", content=text, poll_options=options, poll_end_secs="3600")
        made = next((it for it in self._own() if it["uri"] not in before), None)
        if not made:
            raise Failed("snac did not post the poll")
        self.known[made["uri"]] = made["id"]
        return made["uri"]

    def _own(self):
        """The list of an account's posts leaves its polls out."""
        home = self.call("GET", "/api/v1/timelines/home?limit=40")
        return [it for it in home if it["uri"].startswith(f"{self.origin}/{NAME}/")]

    def reply(self, uri, text, to):
        if to is self:
            raise NotImplementedError("its posts have no list of answers")
        return super().reply(uri, text, to)

    def look_up(self, uri):
        raise NotImplementedError("it looks up https addresses only")

    def vote(self, uri, choice):
        # It reads a number as its digits only where it is written as a word.
        poll = self._needed(uri)["poll"]
        self.call("POST", f"/api/v1/polls/{poll['id']}/votes", {"choices": [str(choice)]})

    def delete(self, uri):
        self._send("action", action="Delete", id=uri)

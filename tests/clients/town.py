"""A town of its own for the clients: the real program on a free loopback port with a throwaway folder, and a browser
without scripts for its pages. Knows no client.
"""

import os
import re
import html
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse

import requests

PASSWORD = "le vieux pont de bois"
START_SECONDS = 30


class Town:
    """Use it with `with`; the process and the folder go with it."""

    def __init__(self, program):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.program = program
        self.origin = f"http://localhost:{port}"
        self.folder = tempfile.mkdtemp(prefix="parvis-clients-")
        own = {name: value for name, value in os.environ.items() if not name.startswith("PARVIS_")}
        self.environment = own | {
            "PARVIS_LISTEN": f"127.0.0.1:{port}",
            "PARVIS_PUBLIC_URL": self.origin,
            "PARVIS_DATA_DIR": os.path.join(self.folder, "data"),
        }

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "log"), "wb")
        self.server = subprocess.Popen(
            [self.program, "serve"],
            env=self.environment, cwd=self.folder, stdout=self.log, stderr=self.log,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.origin}/readyz", timeout=5).ok:
                    return self
            except requests.ConnectionError:
                time.sleep(0.05)
        self.__exit__()
        raise RuntimeError("the town was not ready in time")

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(15)
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def resident(self, name):
        """Opens an account that logs in with PASSWORD."""
        words = ["account", "create", name, "--email", f"{name}@courriel.example", "--password-stdin"]
        subprocess.run(
            [self.program, *words],
            env=self.environment, cwd=self.folder, input=f"{PASSWORD}\n".encode(),
            check=True, capture_output=True,
        )


class Form:
    """A form of a page, with its fields filled as the page gives them."""

    def __init__(self, mark_up, page):
        opening = re.match(r"<form[^>]*>", mark_up).group()
        self.address = urllib.parse.urljoin(page, _attribute(opening, "action") or page)
        inputs = re.findall(r"<input[^>]*>", mark_up)
        self.values = {_attribute(field, "name"): _attribute(field, "value") or "" for field in inputs}

    def send(self, session, follow=True, **values):
        body = self.values | values
        return session.post(self.address, data=body, allow_redirects=follow, timeout=20)


def _attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found.group(1)) if found else None


def forms(answer):
    """The forms of a page that are sent by POST."""
    found = re.findall(r'<form[^>]*method="post".*?</form>', answer.text, re.DOTALL)
    return [Form(mark_up, answer.url) for mark_up in found]


def let_in(question, name, decision="allow"):
    """Opens the address where a resident is asked, logs in, answers, and gives the address that the app is returned to."""
    session = requests.Session()
    page = session.get(question, timeout=20)
    page.raise_for_status()
    log_in = next(form for form in forms(page) if "password" in form.values)
    page = log_in.send(session, name=name, password=PASSWORD)
    page.raise_for_status()
    consent = next(form for form in forms(page) if form.values.get("decision") == decision)
    answer = consent.send(session, follow=False)
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]

"""How the node and each peer are started on loopback, and by whom they are acted for.

Knows nothing of the matrix. Everything a run writes lies in one folder and is made anew each time.
"""

import http.cookiejar
import json
import os
import pathlib
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request

import snac
from app import AppPerson
from mastodon import Failed, Person, request

HERE = pathlib.Path(__file__).resolve().parent
PASSWORD = "le vieux pont de bois"


class Absent(Exception):
    """The peer is not on this machine; the text says where to get it."""


def free_port():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return door.getsockname()[1]


def environment(settings):
    """Ours with these, and without what a shell may have set for another node."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PARVIS_")}
    return {**kept, **settings}


def version_of(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


class Ground:
    """The processes of one game; all are ended with it."""

    def __init__(self, folder, parvis, picture, name):
        self.installed = folder
        self.folder = folder / "runs" / name
        self.parvis = parvis
        self.picture = picture
        self.processes = []

    def __enter__(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()

    def start(self, name, command, env=None, ready=None, cwd=None):
        """Starts a process with its output in a file, and waits until `ready` answers."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command,
                env=environment(env or {}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=cwd or self.folder,
            )
        self.processes.append(process)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            try:
                if request("GET", ready)[0] < 500:
                    return
            except OSError:
                time.sleep(0.2)
        said = (self.folder / f"{name}.log").read_text(errors="replace")[-600:]
        raise Failed(f"{name} does not start: {said}")

    def node(self):
        """Our side: a fresh town with one resident."""
        self.start_node()
        return self.resident("marie")

    def start_node(self, public=None):
        """Starts a town, and gives the address where it listens, which is also its name if no other is given."""
        port = free_port()
        self.origin = f"http://localhost:{port}"
        env = {
            "PARVIS_LISTEN": f"127.0.0.1:{port}",
            "PARVIS_DATA_DIR": str(self.folder / "parvis"),
            "PARVIS_PUBLIC_URL": public or self.origin,
            "PARVIS_FEDERATION__ALLOW_PRIVATE_NETWORKS": "127.0.0.1/32",
            "PARVIS_LIMITS__RATE": "off",
        }
        self.start("parvis", [self.parvis, "serve"], env, f"{self.origin}/.well-known/nodeinfo")
        self.env = environment(env)
        return self.origin

    def resident(self, name):
        return Person(self.origin, self.token(name), name)

    def token(self, name):
        """Opens an account in our town, and gives what its API asks for."""
        email = f"{name}@courriel.example"
        self._cli(
            *["account", "create", name, "--email", email],
            *["--role", "resident", "--password-stdin"],
            words=PASSWORD + "\n",
        )
        return self._cli("token", "create", name, "--scopes", "read write follow push")

    def _cli(self, *arguments, words=""):
        done = subprocess.run(
            [self.parvis, *arguments],
            env=self.env,
            input=words,
            capture_output=True,
            text=True,
            cwd=self.folder,
        )
        if done.returncode:
            raise Failed(f"parvis {arguments[0]}: {done.stderr[-400:]}")
        return done.stdout.strip()


def fedify(first_knock):
    def start(ground):
        folder = ground.installed / "fedify"
        node = folder / "node_modules" / ".bin" / "node"
        if not node.exists():
            raise Absent("npm could not install tests/interop/fedify")
        port = free_port()
        origin = f"http://localhost:{port}"
        ground.start(
            "fedify",
            [node, "app.mjs", str(port), ground.picture, first_knock],
            ready=f"{origin}/control/state",
            cwd=folder,
        )
        package = folder / "node_modules" / "@fedify" / "fedify" / "package.json"
        version = json.loads(package.read_text())["version"]
        return f"Fedify {version}, {first_knock} first", AppPerson(origin)

    return start


def bovine(ground):
    folder = ground.installed / "bovine"
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        raise Absent("pip could not install tests/interop/bovine")
    port = free_port()
    origin = f"http://localhost:{port}"
    ground.start(
        "bovine",
        [python, HERE / "bovine" / "app.py", str(port), ground.picture],
        env={"BUTCHER_ALLOW_HTTP": "1"},
        ready=f"{origin}/control/state",
    )
    asked = "import importlib.metadata as m; print(m.version('bovine-herd'))"
    return f"bovine-herd {version_of([python, '-c', asked])}", AppPerson(origin)


def gotosocial(ground):
    """A binary the user has: INTEROP_GOTOSOCIAL, with its `web` folder beside it."""
    given = os.environ.get("INTEROP_GOTOSOCIAL") or shutil.which("gotosocial")
    if not given:
        raise Absent(
            "unpack a release of https://gotosocial.org and name its binary in"
            " INTEROP_GOTOSOCIAL"
        )
    binary = pathlib.Path(given).resolve()
    web = binary.parent / "web"
    port = free_port()
    origin = f"http://localhost:{port}"
    env = {
        "GTS_HOST": f"localhost:{port}",
        "GTS_PROTOCOL": "http",
        "GTS_BIND_ADDRESS": "127.0.0.1",
        "GTS_PORT": str(port),
        "GTS_DB_TYPE": "sqlite",
        "GTS_DB_ADDRESS": str(ground.folder / "gotosocial.db"),
        "GTS_STORAGE_LOCAL_BASE_PATH": str(ground.folder / "gotosocial"),
        "GTS_WEB_TEMPLATE_BASE_DIR": str(web / "template"),
        "GTS_WEB_ASSET_BASE_DIR": str(web / "assets"),
        "GTS_HTTP_CLIENT_ALLOW_IPS": "127.0.0.1/32",
        "GTS_HTTP_CLIENT_INSECURE_OUTGOING": "true",
        "GTS_LETSENCRYPT_ENABLED": "false",
        "GTS_ADVANCED_RATE_LIMIT_REQUESTS": "0",
        "GTS_LOG_LEVEL": "debug",
    }
    email = "ada@courriel.example"
    account = ["--username", "ada", "--email", email, "--password", PASSWORD]
    ground.start("gotosocial", [binary, "server", "start"], env, f"{origin}/nodeinfo/2.0")
    subprocess.run(
        [binary, "admin", "account", "create", *account],
        env=environment(env),
        check=True,
        capture_output=True,
    )
    ada = Person(origin, token_by_forms(origin, email), "ada")
    ada.call("PATCH", "/api/v1/accounts/update_credentials", {"locked": False})
    return f"GoToSocial {version_of([binary, '--version']).split()[-1]}", ada


def snac_server(ground):
    """Debian's package `snac2`, or the binary that INTEROP_SNAC names."""
    given = os.environ.get("INTEROP_SNAC") or shutil.which("snac")
    if not given:
        raise Absent("install Debian's package snac2, or name its binary in INTEROP_SNAC")
    binary = pathlib.Path(given).resolve()
    return f"snac {snac.version(binary)}", snac.start(ground, binary, free_port())


def token_by_forms(origin, email):
    """A token by the same pages that a person sees: sign in, agree, take the code."""
    oob = "urn:ietf:wg:oauth:2.0:oob"
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )

    def send(path, fields):
        body = urllib.parse.urlencode(fields).encode()
        asked = urllib.request.Request(origin + path, data=body)
        with browser.open(asked) as answer:
            return answer.url, answer.read()

    app = {"client_name": "interop", "redirect_uris": oob, "scopes": "read write"}
    app = json.loads(send("/api/v1/apps", app)[1])
    wanted = {
        "client_id": app["client_id"],
        "redirect_uri": oob,
        "response_type": "code",
        "scope": "read write",
    }
    browser.open(f"{origin}/oauth/authorize?{urllib.parse.urlencode(wanted)}").close()
    send("/auth/sign_in", {"username": email, "password": PASSWORD})
    landed, _ = send("/oauth/authorize", {})
    code = urllib.parse.parse_qs(urllib.parse.urlsplit(landed).query)["code"][0]
    fields = {
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": oob,
        "grant_type": "authorization_code",
        "code": code,
    }
    return json.loads(send("/oauth/token", fields)[1])["access_token"]


PEERS = {
    "gotosocial": gotosocial,
    "snac": snac_server,
    "fedify": fedify("rfc9421"),
    "fedify-cavage": fedify("draft-cavage-http-signatures-12"),
    "bovine": bovine,
}

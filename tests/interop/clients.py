"""How each client app that others wrote is started against a node, and what comes of its steps.

A client is used by marie; jean, a neighbour, does by the API what she is to see. Knows no server but ours.
"""

import json
import os
import pathlib
import shutil
import subprocess

from matrix import Unseen
from mastodon import Failed
from pages import Browser
from peers import PASSWORD, Absent, free_port
from toot_client import Toot


def toot(ground):
    marie, jean = ground.node(), ground.resident("jean")
    folder = ground.installed / "toot" / "venv" / "bin"
    if not (folder / "toot").exists():
        raise Absent("pip could not install tests/interop/toot")
    said = subprocess.run([folder / "toot", "--version"], capture_output=True, text=True, check=True)
    app = Toot(folder / "toot", ground, marie, jean, PASSWORD)
    outcomes = [(step.__name__, _outcome(step)) for step in app.steps()]
    return f"toot {said.stdout.split()[-1].removeprefix('v')}", outcomes


def _outcome(step):
    try:
        step()
    except (Failed, Unseen, OSError, ValueError, LookupError, AttributeError, subprocess.SubprocessError) as why:
        return "no: " + " ".join(f"{type(why).__name__}: {why}".split())
    return "yes"


def megalodon(ground):
    marie = ground.node()
    apps = _apps(ground)
    package = apps / "node_modules" / "megalodon" / "package.json"
    version = json.loads(package.read_text())["version"]
    return f"megalodon {version}", _script(ground, "megalodon.mjs", {"origin": marie.origin})


def phanpy(ground):
    """A built Phanpy: INTEROP_PHANPY, the folder with its index.html."""
    given = os.environ.get("INTEROP_PHANPY")
    if not given:
        raise Absent(
            "unpack a release of https://github.com/cheeaun/phanpy (phanpy-dist.zip) and name its folder"
            " in INTEROP_PHANPY"
        )
    folder = pathlib.Path(given).resolve()
    build = json.loads((folder / "version.json").read_text())
    public = f"https://valmont.localhost:{free_port()}"
    key, certificate = ground.folder / "key.pem", ground.folder / "certificate.pem"
    subprocess.run(
        [
            *["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=valmont.localhost"],
            *["-keyout", key, "-out", certificate],
        ],
        check=True, capture_output=True,
    )
    told = {
        "origin": ground.start_node(public),
        "public": public,
        "folder": str(folder),
        "key": str(key),
        "certificate": str(certificate),
    }
    ground.token("marie")
    return f"Phanpy {build['commitHash']}", _script(ground, "phanpy.mjs", told)


def _apps(ground):
    apps = ground.installed / "apps"
    if not (apps / "node_modules" / ".bin" / "node").exists():
        raise Absent("npm could not install tests/interop/apps")
    return apps


def _script(ground, name, told):
    """Runs a script, which says a step and its outcome a line, and asks with a line `let in URL` for the
    address that follows when marie lets it in."""
    apps = _apps(ground)
    asked = {
        "password": PASSWORD,
        "jean": ground.token("jean"),
        "picture": str(ground.picture),
        "shots": str(ground.folder),
        "chromium": os.environ.get("CHROMIUM") or shutil.which("chromium"),
        **told,
    }
    outcomes = []
    with (
        open(ground.folder / f"{name}.log", "wb") as log,
        subprocess.Popen(
            [apps / "node_modules" / ".bin" / "node", apps / name, json.dumps(asked)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=apps,
        ) as script,
    ):
        for line in script.stdout:
            word, _, rest = line.strip().partition(" ")
            if word == "let-in":
                landed, _ = Browser().let_in(rest, "marie", PASSWORD)
                script.stdin.write(landed + "\n")
                script.stdin.flush()
            elif word == "step":
                outcomes.append(tuple(json.loads(rest)))
    if script.returncode or not outcomes:
        said = (ground.folder / f"{name}.log").read_text(errors="replace")[-300:]
        outcomes.append(("the whole", "no: " + " ".join(said.split())))
    return outcomes


CLIENTS = {"toot": toot, "megalodon": megalodon, "phanpy": phanpy}

"""Holds a node to its own OpenAPI document: the document is valid, and whatever schemathesis makes up by it is answered as it
says, never with a 5xx. Usage: play.py PROGRAM, with the
URL of a database in PARVIS_CONTRACT_DATABASE where it is not to be SQLite.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import openapi_spec_validator
import requests

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "clients"))

from town import PASSWORD, Town, forms  # noqa: E402
import things  # noqa: E402

SEED = "20261122"
CHECKS = [
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
]
# Server-sent events never end, so no answer could be waited for: `listen` opens each instead. Everything else is tried.
ENDLESS = r"^/api/v1/streaming/(user|public|hashtag|list|direct)"
SECONDS = 240


def token(town, name):
    words = ["token", "create", name, "--scopes", "read write follow push profile"]
    said = subprocess.run(
        [town.program, *words],
        env=town.environment, cwd=town.folder, check=True, capture_output=True, text=True,
    )
    return said.stdout.strip()


def open_doors(town):
    """Lets anybody open an account, as the first administrator does behind the link that the program printed."""
    said = pathlib.Path(town.folder, "log").read_text()
    link = re.search(re.escape(town.origin) + r"/bienvenue\S*", said).group()
    session = requests.Session()
    page = session.get(link, timeout=20)
    form = next(form for form in forms(page) if "town_name" in form.values)
    lists = re.findall(r'<select[^>]*name="([^"]*)".*?<option value="([^"]*)"', page.text, re.DOTALL)
    done = form.send(
        session, **dict(lists), town_name="Valmont-sur-Loue", rules="On se parle poliment.",
        registration="open", name="maire", password=PASSWORD,
    )
    done.raise_for_status()


def app_alone(origin):
    """The token of an app with nobody behind it, which opens accounts."""
    made = requests.post(
        f"{origin}/api/v1/apps", timeout=20,
        json={"client_name": "Elk", "redirect_uris": "https://app.example/back", "scopes": "read write"},
    ).json()
    asked = {name: made[name] for name in ("client_id", "client_secret")}
    given = requests.post(
        f"{origin}/oauth/token", timeout=20, json=asked | {"grant_type": "client_credentials", "scope": "read write"},
    )
    return given.json()["access_token"]


def listen(origin, document, secret):
    """Every stream, with and without what it needs."""
    for path in (path for path in document["paths"] if path.startswith("/api/v1/streaming")):
        for asked in ({}, {"tag": "marché", "list": "1"}, {"stream": "\x00", "list": "9" * 40, "tag": "%"}):
            answer = requests.get(
                origin + path, params=asked, headers={"Authorization": f"Bearer {secret}"},
                stream=True, timeout=20,
            )
            assert answer.status_code < 500, (path, asked, answer.status_code)
            answer.close()


def main(program):
    town = Town(program)
    # What is made up comes faster than people write.
    town.environment["PARVIS_LIMITS__RATE"] = "off"
    if database := os.environ.get("PARVIS_CONTRACT_DATABASE"):
        town.environment["PARVIS_DATABASE_URL"] = database
    with town:
        open_doors(town)
        for resident in ("marie", "jean", "luc"):
            town.resident(resident)
        marie, jean, luc = (token(town, name) for name in ("marie", "jean", "luc"))
        answer = requests.get(f"{town.origin}/api/openapi.json", timeout=20)
        assert "max-age" in answer.headers["cache-control"], answer.headers
        document = answer.json()
        openapi_spec_validator.validate(document)
        listen(town.origin, document, marie)
        app = app_alone(town.origin)
        known = things.make(town, marie, jean, luc)
        schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
        subprocess.run(
            [
                schemathesis, "run", f"{town.origin}/api/openapi.json",
                "--checks", ",".join(CHECKS), "--exclude-path-regex", ENDLESS,
                "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", SEED,
                "--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off",
                "--continue-on-failure", "--no-shrink",
            ],
            env=os.environ | {
                "SCHEMATHESIS_HOOKS": "made_up", "PYTHONPATH": str(HERE), "PARVIS_THINGS": json.dumps(known),
                "PARVIS_ORIGIN": town.origin, "PARVIS_MARIE": marie, "PARVIS_LUC": luc, "PARVIS_APP": app,
            },
            cwd=town.folder, check=True, timeout=SECONDS,
        )


main(*sys.argv[1:])

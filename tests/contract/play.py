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
# Operations that have no good answer in such a town, and why not. Every other one must be answered well at least once.
NEVER = {
    "GET /api/v1/streaming": "a socket, which is opened with 101",
    "POST /api/v1/emails/confirmations": "a refusal by design: no letter is awaited",
    "GET /api/v1/interaction_requests/{id}": "only people of other servers are looked at first",
    "POST /api/v1/interaction_requests/{id}/authorize": "only people of other servers are looked at first",
    "POST /api/v1/interaction_requests/{id}/reject": "only people of other servers are looked at first",
}


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
    """The token of an app with nobody behind it, which opens accounts; and what it proves itself with."""
    made = requests.post(
        f"{origin}/api/v1/apps", timeout=20,
        json={"client_name": "Elk", "redirect_uris": "https://app.example/back", "scopes": "read write"},
    ).json()
    asked = {name: made[name] for name in ("client_id", "client_secret")}
    given = requests.post(
        f"{origin}/oauth/token", timeout=20, json=asked | {"grant_type": "client_credentials", "scope": "read write"},
    )
    return given.json()["access_token"], asked


def listen(origin, document, secret, mine):
    """Every stream, with and without what it needs."""
    for path in (path for path in document["paths"] if path.startswith("/api/v1/streaming")):
        met = set()
        for asked in ({}, {"tag": "marché", "list": mine}, {"stream": "\x00", "list": "9" * 40, "tag": "%"}):
            answer = requests.get(
                origin + path, params=asked, headers={"Authorization": f"Bearer {secret}"},
                stream=True, timeout=20,
            )
            assert answer.status_code < 500, (path, asked, answer.status_code)
            met.add(answer.status_code)
            answer.close()
        assert 200 in met or f"GET {path}" in NEVER, (path, met)


def hold_to(document, answered):
    """Every operation was answered well, unless it is known why not."""
    asked = {
        f"{method.upper()} {path}" for path, item in document["paths"].items() if not re.match(ENDLESS, path)
        for method in item.keys() & {"get", "post", "put", "patch", "delete"}
    }
    missing = asked - answered - NEVER.keys()
    assert not missing, f"never answered well: {sorted(missing)}"
    stale = NEVER.keys() - asked | NEVER.keys() & answered
    assert not stale, f"answered well, or gone: {sorted(stale)}"


def main(program):
    town = Town(program)
    # What is made up comes faster than people write.
    town.environment["PARVIS_LIMITS__RATE"] = "off"
    if database := os.environ.get("PARVIS_CONTRACT_DATABASE"):
        town.environment["PARVIS_DATABASE_URL"] = database
    with town:
        open_doors(town)
        for resident in ("marie", "jean", "luc", "nora"):
            town.resident(resident)
        marie, jean, luc, nora = (token(town, name) for name in ("marie", "jean", "luc", "nora"))
        answer = requests.get(f"{town.origin}/api/openapi.json", timeout=20)
        assert "max-age" in answer.headers["cache-control"], answer.headers
        document = answer.json()
        openapi_spec_validator.validate(document)
        app, client = app_alone(town.origin)
        known = things.make(town, marie, jean, luc, nora)
        listen(town.origin, document, marie, known["lists"][0])
        answered = pathlib.Path(town.folder, "answered")
        schemathesis = pathlib.Path(sys.executable).parent / "schemathesis"
        subprocess.run(
            [
                schemathesis, "run", f"{town.origin}/api/openapi.json",
                "--checks", ",".join(CHECKS), "--exclude-path-regex", ENDLESS,
                "--phases", "examples,coverage,fuzzing", "--max-examples", "6", "--seed", SEED,
                "--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off",
                "--continue-on-failure", "--no-shrink",
            ],
            env=os.environ | {
                "SCHEMATHESIS_HOOKS": "made_up", "PYTHONPATH": str(HERE), "PARVIS_THINGS": json.dumps(known),
                "PARVIS_ORIGIN": town.origin, "PARVIS_MARIE": marie, "PARVIS_LUC": luc, "PARVIS_NORA": nora, "PARVIS_APP": app, "PARVIS_CLIENT": json.dumps(client),
                "PARVIS_ANSWERED": str(answered),
            },
            cwd=town.folder, check=True, timeout=SECONDS,
        )
        # What they are made up by is not asked for again.
        hold_to(document, things.DONE | {"GET /api/openapi.json", *answered.read_text().split("\n")})


main(*sys.argv[1:])

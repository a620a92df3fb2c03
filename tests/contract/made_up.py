"""Hooks of schemathesis. What it makes up is seldom the id of anything: two requests of three are given ids of what there is,
the others stay as they were made up.
"""

import itertools
import json
import os
import re

import requests
import schemathesis

KNOWN = json.loads(os.environ["PARVIS_THINGS"])
PEOPLE, POSTS = KNOWN["accounts"], KNOWN["statuses"]
FIELDS = {
    "account_id": PEOPLE, "account_ids": PEOPLE, "id[]": PEOPLE + POSTS, "id": PEOPLE + POSTS,
    "status_id": POSTS, "status_ids": POSTS, "in_reply_to_id": POSTS, "quoted_status_id": POSTS,
    "last_read_id": POSTS, "max_id": POSTS, "since_id": POSTS, "min_id": POSTS,
}
TOLD = re.compile(r"/api/v[12]/(notifications|notifications/requests|polls|conversations)/\{id\}")
turn = itertools.count()


def fill(values):
    """Puts ids of what there is where ids stand."""
    for name in values.keys() & FIELDS.keys():
        known = FIELDS[name][next(turn) % len(FIELDS[name])]
        values[name] = [known] if isinstance(values[name], list) else known


def word(path):
    """The word of an address that its id stands behind."""
    steps = [step for step in path.split("/") if step not in ("", "api", "v1", "v2", "timelines")]
    if steps[0] == "notifications":
        return "requests" if "requests" in steps else "groups" if "/v2/" in path else "notifications"
    return {"list": "lists", "follow_requests": "accounts"}.get(steps[0], steps[0])


def ask(who, method, path, **values):
    answer = requests.request(
        method, os.environ["PARVIS_ORIGIN"] + path, json=values, timeout=20,
        headers={"Authorization": f"Bearer {os.environ[who]}"},
    )
    return answer.json()


def be_told():
    """There is news again, whatever was cleared meanwhile: of Luc, whom no request names."""
    poll = {"options": ["oui", "non", "peut-être"], "expires_in": 3600, "multiple": True}
    asked = ask("PARVIS_LUC", "POST", "/api/v1/statuses", status="@marie Et toi ?", visibility="direct", poll=poll)
    KNOWN["polls"][:] = [asked["id"]]
    talks = ask("PARVIS_MARIE", "GET", "/api/v1/conversations?limit=3")
    KNOWN["conversations"][:] = [one["id"] for one in talks] or KNOWN["conversations"]
    told = ask("PARVIS_MARIE", "GET", "/api/v1/notifications?include_filtered=true&limit=3")
    KNOWN["notifications"][:] = [one["id"] for one in told] or KNOWN["notifications"]
    KNOWN["groups"][:] = [one["group_key"] for one in told] or KNOWN["groups"]


@schemathesis.hook
def before_call(context, case, kwargs):
    # Accounts are opened by an app alone.
    signs_up = case.operation.path == "/api/v1/accounts" and case.method.upper() == "POST"
    secret = os.environ["PARVIS_APP" if signs_up else "PARVIS_MARIE"]
    case.headers = dict(case.headers or {}) | {"Authorization": f"Bearer {secret}"}
    if next(turn) % 3 == 0:
        return
    if TOLD.match(case.operation.path):
        be_told()
    ids = KNOWN.get(word(case.operation.path), [])
    if ids and isinstance(case.path_parameters, dict) and "id" in case.path_parameters:
        case.path_parameters["id"] = ids[next(turn) % len(ids)]
        if "quoting" in case.path_parameters:
            case.path_parameters["quoting"] = POSTS[next(turn) % len(POSTS)]
    for values in (case.query, case.body):
        if isinstance(values, dict):
            fill(values)


@schemathesis.hook
def after_call(context, case, response):
    """What was made stands for what was deleted meanwhile."""
    if case.method.upper() != "POST" or response.status_code != 200:
        return
    try:
        made = response.json()
    except ValueError:
        return
    if isinstance(made, dict) and isinstance(made.get("id"), str):
        kept = KNOWN.get(word(case.operation.path))
        if kept is not None and made["id"] not in kept:
            kept.append(made["id"])

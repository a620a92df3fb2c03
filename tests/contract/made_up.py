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
# Which operation had a good answer, a line for each.
ANSWERED = open(os.environ["PARVIS_ANSWERED"], "a", buffering=1)
PEOPLE, POSTS = KNOWN["accounts"], KNOWN["statuses"]
FIELDS = {
    "account_id": PEOPLE, "account_ids": PEOPLE, "id[]": PEOPLE + POSTS, "id": PEOPLE + POSTS,
    "status_id": POSTS, "status_ids": POSTS, "in_reply_to_id": POSTS, "quoted_status_id": POSTS,
    "acct": ["marie", "jean"], "last_read_id": POSTS, "max_id": POSTS, "since_id": POSTS, "min_id": POSTS,
}
TOLD = re.compile(r"/api/v[12]/(notifications|notifications/requests|polls|conversations)/(\{id\}|dismiss)")
FILTER = re.compile(r"/api/v[12]/filters/.*\{id\}")
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


def be_followed(case):
    case.path_parameters["id"] = PEOPLE[1]
    for deed in ("unblock", "follow"):
        ask("PARVIS_MARIE", "POST", f"/api/v1/accounts/{PEOPLE[1]}/{deed}")


def be_filtered(case):
    """There is room for so many filters only: one is kept, and made anew when something of it is gone."""
    kept = KNOWN["filter"]
    mine = ask("PARVIS_MARIE", "GET", f"/api/v2/filters/{kept[0]}")
    if not (mine.get("keywords") and mine.get("statuses")):
        ask("PARVIS_MARIE", "DELETE", f"/api/v2/filters/{kept[0]}")
        words = [{"keyword": "foot"}]
        mine = ask("PARVIS_MARIE", "POST", "/api/v2/filters", title="Sport", context=["home"], keywords_attributes=words)
        if "id" not in mine:
            return
        kept[0] = mine["id"]
        post = {"status_id": POSTS[0]}
        mine["statuses"] = [ask("PARVIS_MARIE", "POST", f"/api/v2/filters/{mine['id']}/statuses", **post)]
    path = case.operation.path
    if "filters/statuses" in path:
        mine = mine["statuses"][0]
    elif "filters/keywords" in path or "/v1/" in path:
        mine = mine["keywords"][0]
    case.path_parameters["id"] = mine["id"]


def be_quoted(case):
    # Marie may have blocked Luc by now, or lets nobody quote her as a rule.
    luc = ask("PARVIS_LUC", "GET", "/api/v1/accounts/verify_credentials")["id"]
    ask("PARVIS_MARIE", "POST", f"/api/v1/accounts/{luc}/unblock")
    anybody = {"visibility": "public", "quote_approval_policy": "public"}
    post = ask("PARVIS_MARIE", "POST", "/api/v1/statuses", status="Le pont", **anybody)["id"]
    quoting = ask("PARVIS_LUC", "POST", "/api/v1/statuses", status="Voyez", quoted_status_id=post)["id"]
    case.path_parameters |= {"id": post, "quoting": quoting}


def be_glad(case):
    case.path_parameters |= {"id": KNOWN["announcements"][0], "name": "%F0%9F%8E%89"}


def have_a_list(case):
    case.path_parameters["id"] = ask("PARVIS_MARIE", "POST", "/api/v1/lists", title="Voisins")["id"]


def be_the_app(case):
    if isinstance(case.body, dict):
        case.body = json.loads(os.environ["PARVIS_CLIENT"]) | {"grant_type": "client_credentials"}


def be_asked(case):
    case.path_parameters["id"] = KNOWN["held_back"][0]
    ask("PARVIS_NORA", "POST", f"/api/v1/accounts/{PEOPLE[0]}/follow")


def choose(case):
    if isinstance(case.body, dict):
        case.body["choices"] = ["0"]


def name_a_tag(case):
    if isinstance(case.body, dict):
        case.body["name"] = "marché"


def be_told_of(case):
    if isinstance(case.body, dict):
        case.body["id"] = KNOWN["notifications"][0]


def name_a_server(case):
    case.query = {"domain": "loin.example"}


# What there must be, where chance would not bring it.
PREPARED = {
    "POST /api/v1/accounts/{id}/follow": be_followed,
    "POST /api/v1/accounts/{id}/endorse": be_followed,
    "POST /api/v1/accounts/{id}/pin": be_followed,
    "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke": be_quoted,
    "PUT /api/v1/announcements/{id}/reactions/{name}": be_glad,
    "DELETE /api/v1/lists/{id}/accounts": have_a_list,
    "POST /api/v1/follow_requests/{id}/authorize": be_asked,
    "POST /api/v1/polls/{id}/votes": choose,
    "POST /api/v1/notifications/dismiss": be_told_of,
    "GET /api/v1/domain_blocks/preview": name_a_server,
    "POST /api/v1/featured_tags": name_a_tag,
    "POST /oauth/token": be_the_app,
}


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
    prepare = PREPARED.get(f"{case.method.upper()} {case.operation.path}")
    if prepare:
        prepare(case)
    elif FILTER.match(case.operation.path):
        be_filtered(case)


@schemathesis.hook
def after_call(context, case, response):
    """Notes what was answered well; what was made stands for what was deleted meanwhile."""
    operation = f"{case.method.upper()} {case.operation.path}"
    if response.status_code < 300:
        ANSWERED.write(f"{operation}\n")
    if response.status_code != 200:
        return
    kept = KNOWN.get(word(case.operation.path))
    if case.method.upper() == "DELETE" and kept and case.operation.path.endswith("/{id}"):
        kept[:] = [one for one in kept if one != case.path_parameters["id"]]
    if case.method.upper() != "POST" or kept is PEOPLE:
        return
    try:
        made = response.json()
    except ValueError:
        return
    if isinstance(made, dict) and isinstance(made.get("id"), str):
        if kept is not None and made["id"] not in kept:
            kept.append(made["id"])

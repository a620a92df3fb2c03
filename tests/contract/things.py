"""Something of everything in a town, so that made-up requests meet more than what is not there."""

import subprocess
import time

import requests

MANY = 25
REQUEST = "/api/v1/notifications/requests/{id}"
# Answered well here already: who is let in once is never held back again, so chance seldom meets these.
DONE = {f"GET {REQUEST}", f"POST {REQUEST}/dismiss", f"POST {REQUEST}/accept"}


def make(town, marie, jean, luc, nora):
    """The ids of what there is, by the word of the address that they stand behind."""
    known = {}

    def ask(secret, method, path, **body):
        answer = requests.request(
            method, town.origin + path, json=body, headers={"Authorization": f"Bearer {secret}"}, timeout=20,
        )
        assert answer.ok, (method, path, answer.status_code, answer.text)
        return answer.json()

    def post(path, **body):
        return ask(marie, "POST", path, **body)

    def keep(word, *made):
        known.setdefault(word, []).extend(thing["id"] for thing in made)

    subprocess.run(
        [town.program, "announcement", "publish", "Fête du pont"],
        env=town.environment, cwd=town.folder, check=True, capture_output=True,
    )
    me, other = (ask(secret, "GET", "/api/v1/accounts/verify_credentials") for secret in (marie, jean))
    keep("accounts", me, other)
    known["suggestions"] = [other["id"]]
    post(f"/api/v1/accounts/{other['id']}/follow")
    ask(jean, "POST", f"/api/v1/accounts/{me['id']}/follow")
    last = None
    for number in range(MANY):
        last = post("/api/v1/statuses", status=f"Au marché {number} #pont", in_reply_to_id=last and last["id"])
        keep("statuses", last)
    poll = {"options": ["oui", "non"], "expires_in": 3600}
    asked = ask(jean, "POST", "/api/v1/statuses", status="@marie Vient-on ?", visibility="direct", poll=poll)
    keep("statuses", asked)
    keep("polls", asked["poll"])
    ask(jean, "POST", f"/api/v1/statuses/{last['id']}/favourite")
    later = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86_400))
    for number in range(5):
        keep("scheduled_statuses", post("/api/v1/statuses", status=f"Demain {number}", scheduled_at=later))
        keep("lists", post("/api/v1/lists", title=f"Voisins {number}"))
        made = post("/api/v2/filters", title=f"Sport {number}", context=["home"],
                    keywords_attributes=[{"keyword": "foot"}])
        keep("filters", made, *made["keywords"])
        keep("filters", post(f"/api/v2/filters/{made['id']}/statuses", status_id=last["id"]))
    keep("featured_tags", post("/api/v1/featured_tags", name="pont"))
    keep("announcements", *ask(marie, "GET", "/api/v1/announcements"))
    keep("conversations", *ask(marie, "GET", "/api/v1/conversations"))
    keep("notifications", *ask(marie, "GET", "/api/v1/notifications"))
    ask(marie, "PATCH", "/api/v2/notifications/policy", for_not_following="filter")
    ask(luc, "POST", "/api/v1/statuses", status="@marie Qui êtes-vous ?")
    keep("requests", ask(luc, "GET", "/api/v1/accounts/verify_credentials"))
    stranger = ask(nora, "GET", "/api/v1/accounts/verify_credentials")["id"]
    known["held_back"] = [stranger]
    for answer in ("dismiss", "accept"):
        ask(nora, "POST", "/api/v1/statuses", status="@marie Et moi ?")
        while not any(one["id"] == stranger for one in ask(marie, "GET", "/api/v1/notifications/requests")):
            time.sleep(0.1)
        ask(marie, "GET", REQUEST.format(id=stranger))
        post(f"{REQUEST.format(id=stranger)}/{answer}")
    known["filter"] = known["filters"][:1]
    known["groups"] = []
    return known

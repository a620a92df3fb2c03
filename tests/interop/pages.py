"""A resident's browser without scripts: logs in on the town's pages and lets an app in.

Knows no app.
"""

import html
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request

from mastodon import Failed


class _Stay(urllib.request.HTTPRedirectHandler):
    """The way back to an app is read, not gone."""

    def redirect_request(self, asked, body, code, words, headers, address):
        if urllib.parse.urlsplit(address).netloc != urllib.parse.urlsplit(asked.full_url).netloc:
            return None
        return super().redirect_request(asked, body, code, words, headers, address)


class Browser:
    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies, _Stay)

    def go(self, address, fields=None):
        """The address where it ends and the page there; of another server, only the address."""
        body = urllib.parse.urlencode(fields).encode() if fields else None
        try:
            with self.opener.open(address, body, timeout=20) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            if 300 <= error.code < 400:
                return error.headers["Location"], ""
            raise Failed(f"the page {address.split('?')[0]} answers {error.code}") from error

    def send(self, page, field, value=None, **values):
        """Sends the form of a page that has this field (with this value, if one is given), filled with `values`."""
        address, text = page
        for mark_up in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            inputs = re.findall(r"<input[^>]*>", mark_up)
            fields = {_attribute(it, "name"): _attribute(it, "value") or "" for it in inputs}
            if field in fields and value in (None, fields[field]):
                action = _attribute(mark_up, "action") or address
                return self.go(urllib.parse.urljoin(address, action), fields | values)
        raise Failed(f"the page {address.split('?')[0]} has no form with {field}")

    def let_in(self, question, name, password):
        """The address and the page that follow when a resident lets an app in."""
        typed = {"name": name, "password": password}
        asked = self.send(self.go(question), "password", **typed)
        return self.send(asked, "decision", "allow")


def _attribute(tag, name):
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else None

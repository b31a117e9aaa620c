"""The physical limit: the same data over plain HTTP, without a browser.

It reads the practice portal's own way of asking for the list out of its page, which the real portal's is not known to
have: a floor to compare with, not a way to go. Called by `benchmarks/sync.py`; the password comes on standard input.
Prints how many orders it read.
"""

from __future__ import annotations

import http.client
import json
import re
import sys
from pathlib import Path
from urllib.parse import urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.reading.bare_script import QUERY

_JSON = json.JSONDecoder()


class Site:
    """One kept-alive connection with its cookies."""

    def __init__(self, origin: str) -> None:
        """Connects when it is first asked."""
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc)
        self._cookies: dict[str, str] = {}

    def get(self, path: str, form: dict[str, str] | None = None) -> str:
        """Return the text of a page; a form is posted."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        body = None if form is None else urlencode(form)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request("GET" if body is None else "POST", path, body, headers)
        answer = self._connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self._cookies[key] = rest.partition(";")[0]
        return answer.read().decode()


def main() -> int:
    """Read once; arguments: origin, user name (a browser is not used)."""
    origin, username = sys.argv[1:3]
    password = sys.stdin.readline().rstrip("\n")
    site = Site(origin)
    token = re.search(r'name="_token" type="hidden" value="([^"]+)"', site.get("/"))
    assert token is not None
    site.get("/login", {"_token": token[1], "email": username, "password": password})
    page = site.get(f"/app/work/list?{QUERY}")
    config, _ = _JSON.raw_decode(page, page.index("const CONFIG = ") + len("const CONFIG = "))
    names, found, number, pages = config["parameters"], 0, 1, 1
    while number <= pages:
        query = {**config["filters"], names["page"]: number, names["limit"]: 100, names["direction"]: "asc"}
        answer = json.loads(site.get(f"{config['path']}?{urlencode(query)}"))
        found += len(answer[config["envelope"]["rows"]])
        pages = answer[config["envelope"]["pages"]]
        number += 1
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

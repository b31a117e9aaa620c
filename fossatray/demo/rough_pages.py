"""What is hard on a browser: windows, files and questions nobody asked for, pages without an end, greedy scripts.

Each mishap of the work list's page is markup that the page carries, or an answer that comes instead of it.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from fossatray.demo.http_types import Reply
from fossatray.demo.mishaps import Mishap, MishapSwitches

REPORT: Final = "/app/work/report"
"""The address of a file to keep."""
FILE: Final = Reply(
    b"Number,Customer\n",
    content_type="text/csv",
    headers=(("Content-Disposition", 'attachment; filename="report.csv"'),),
)
PIECE: Final = b"<p>nothing new</p>\n" * (512 * 1024)
"""About 9 MB, packed to a few kB."""
PIECE_MEMORY: Final = 64 * 1024**2
"""What a browser needs for that, at least."""
CLOCK_BEHIND_S: Final = 2 * 24 * 3600.0
"""By how much the portal's clock is behind where that is the mishap."""
LONG: Final = 300 * 1024
"""Bytes of a header; browsers take 256 kB."""
CAPTIVE: Final = """<!DOCTYPE html><html><head><title>Guest network</title></head><body><h1>Welcome to our network</h1>
<form method="post" action="/connect"><label>Your room <input name="room"></label><button>Connect</button></form>
</body></html>"""
DRIP: Final = b"<!-- still coming -->\n"
DRIP_SECONDS: Final = 0.05

_SCRIPTS: Final = {
    Mishap.POP_UPS: """
      let left = 20;
      const open = () => { if (left-- > 0) window.open('/app/work', '_blank'); };
      open(); open();
      setInterval(open, 150);
      document.addEventListener('click', open, true);""",
    Mishap.DOWNLOADS: f"""
      const fetchFile = () => {{
        const link = document.createElement('a');
        link.href = '{REPORT}'; link.download = 'report.csv';
        document.documentElement.append(link); link.click(); link.remove();
      }};
      fetchFile();
      const frame = document.createElement('iframe'); frame.src = '{REPORT}'; frame.style.display = 'none';
      document.documentElement.append(frame);
      document.addEventListener('click', (event) => {{ if (!event.target.download) fetchFile(); }}, true);""",
    Mishap.DIALOGS: """
      const ask = () => { alert('Attention'); confirm('Sure?'); prompt('Why?', 'because'); };
      addEventListener('beforeunload', (event) => { event.preventDefault(); event.returnValue = 'Leave?'; });
      setTimeout(ask, 0);
      document.addEventListener('click', ask, true);""",
    Mishap.MEDDLING_SCRIPT: """
      const plain = JSON.stringify;
      JSON.stringify = (...given) => ")]}',\\n" + plain(...given);""",
    Mishap.ENDLESS_SCRIPT: """
      const spin = () => { for (;;) document.title = String(Math.random()); };
      addEventListener('DOMContentLoaded', () => setTimeout(spin, 300));""",
}
_EATER: Final = """
      const kept = []; let eaten = 0;
      setInterval(() => {
        if (eaten >= MOST) return;
        const taken = new Uint8Array(8 * 1024 * 1024);
        for (let at = 0; at < taken.length; at += 1024) taken[at] = 1 + at % 251;
        kept.push(taken); eaten += taken.length;
      }, 5);"""


class RoughPages:
    """The markup and the answers of the mishaps switched on; `most_memory` is about what a page takes, in bytes."""

    def __init__(self, mishaps: MishapSwitches, elsewhere: str) -> None:
        """`elsewhere` is the other web site's origin, without a trailing slash."""
        self._mishaps = mishaps
        self._elsewhere = elsewhere
        self.most_memory = 3 * 1024**3

    def markup(self) -> str:
        """What the work list's page carries before its own script."""
        found = [code for mishap, code in _SCRIPTS.items() if mishap in self._mishaps]
        if Mishap.MEMORY_EATER in self._mishaps:
            found.append(_EATER.replace("MOST", str(self.most_memory)))
        return "".join(f"<script>(() => {{{code}\n}})();</script>\n" for code in found)

    def anywhere(self) -> Reply | None:
        """What comes at every address, if a mishap wants it so."""
        if Mishap.HTTP_SIGN_IN in self._mishaps:
            asks = (("WWW-Authenticate", 'Basic realm="Practice"'),)
            return Reply(b"<!DOCTYPE html><h1>Unauthorized</h1>", HTTPStatus.UNAUTHORIZED, headers=asks)
        if Mishap.CAPTIVE_PAGE in self._mishaps:
            return Reply.html(CAPTIVE)
        return None

    def work_list(self, here: str) -> Reply | None:
        """What comes instead of the work list's page, whose address is `here`, if a mishap wants it so."""
        if Mishap.REDIRECT_CIRCLE in self._mishaps:
            return Reply.redirect(here)
        if Mishap.EMPTY_ANSWER in self._mishaps:
            return Reply(status=HTTPStatus.NO_CONTENT)
        if Mishap.LONG_HEADER in self._mishaps:
            return Reply(b"<!DOCTYPE html>", headers=(("X-Practice", "x" * LONG),))
        if Mishap.ELSEWHERE in self._mishaps:
            return Reply.redirect(f"{self._elsewhere}/welcome")
        if Mishap.LIST_IS_A_FILE in self._mishaps:
            return FILE
        if Mishap.PAGE_RESET in self._mishaps:
            return Reply(b"<!DOCTYPE html><html><head><title>WorkFossa</title></head><body><div>", resets=True)
        if Mishap.ENDLESS_PAGE in self._mishaps:
            return Reply(DRIP, stream=_dripping)
        if Mishap.GZIP_BOMB in self._mishaps:
            pieces = self.most_memory // PIECE_MEMORY
            return Reply(stream=lambda: _bomb(pieces), headers=(("Content-Encoding", "gzip"),))
        return None

    def sign_in_elsewhere(self) -> Reply:
        """The way to the sign-in page of another web site."""
        return Reply.redirect(f"{self._elsewhere}/sso/authorize?client=practice")


def _dripping() -> Iterator[tuple[bytes, float]]:
    while True:
        yield DRIP, DRIP_SECONDS


def _bomb(pieces: int) -> Iterator[tuple[bytes, float]]:
    """A page of many GB that is small on the way: the same packed piece over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    yield packer.compress(b"<!DOCTYPE html><html><body>\n") + packer.flush(zlib.Z_FULL_FLUSH), 0.0
    piece = packer.compress(PIECE) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(pieces):
        yield piece, 0.0

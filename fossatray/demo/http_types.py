"""What goes between the HTTP server and the site: a request and a reply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http import HTTPStatus

HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its target is path and query as sent; of queries and form fields the first value counts."""

    method: str
    target: str
    path: str
    query: dict[str, str]
    form: dict[str, str]
    session_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: `hangs` is never sent, `drops` ends the connection instead, `late` waits for the data's latency.

    `resets` ends the connection behind half of the body; `stream` gives the body in pieces, each with the seconds to
    wait after it.
    """

    body: bytes = b""
    status: int = HTTPStatus.OK
    content_type: str = HTML
    headers: tuple[tuple[str, str], ...] = field(default=())
    hangs: bool = False
    drops: bool = False
    late: bool = False
    resets: bool = False
    stream: Callable[[], Iterator[tuple[bytes, float]]] | None = None

    @classmethod
    def html(cls, text: str, status: int = HTTPStatus.OK) -> Reply:
        """A page."""
        return cls(text.encode("utf-8", "surrogatepass"), status)

    @classmethod
    def redirect(cls, location: str) -> Reply:
        """A 302, as Laravel sends it."""
        text = f'<!DOCTYPE html><html><head><meta http-equiv="refresh" content="0;url=\'{location}\'" /></head></html>'
        return cls(text.encode(), HTTPStatus.FOUND, headers=(("Location", location),))

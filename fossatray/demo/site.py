"""What the practice portal answers to a request: sign-in, redirects, pages, data, and the mishaps switched on."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from fossatray.demo.hostile_page import HostilePage
from fossatray.demo.http_types import Reply, Request
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.pages import Pages
from fossatray.demo.rough_pages import CLOCK_BEHIND_S, FILE, REPORT, RoughPages
from fossatray.demo.sessions import Session, Sessions
from fossatray.demo.sign_in_desk import SignInDesk
from fossatray.demo.templates_reader import resource
from fossatray.demo.work_pages import WorkPages

DASHBOARD: Final = "/app/dashboard"
SIMPLE_PAGES: Final = {
    "/app/dashboard": "Dashboard",
    "/app/fleet-inventory": "Fleet/Inventory",
    "/app/customers": "Customers",
    "/app/work": "Work",
    "/app/work/visits": "Visits",
    "/app/schedule": "Calendar",
    "/app/schedule/week": "Week",
    "/app/schedule/list": "Focused",
    "/app/schedule/map/date": "Map",
    "/app/directory": "Directory",
    "/app/references": "References",
    "/app/users/profile": "Profile",
    "/app/timesheets": "Timesheets",
}
LIST_REFUSALS: Final = {
    Mishap.LIST_FORBIDDEN: HTTPStatus.FORBIDDEN,
    Mishap.LIST_NOT_FOUND: HTTPStatus.NOT_FOUND,
    Mishap.LIST_RATE_LIMITED: HTTPStatus.TOO_MANY_REQUESTS,
}


class Site:
    """Answers requests; holds no connection and no thread."""

    def __init__(
        self,
        *,
        pages: Pages,
        work: WorkPages,
        sessions: Sessions,
        desk: SignInDesk,
        mishaps: MishapSwitches,
        hostile: HostilePage,
        rough: RoughPages,
        origin: str,
    ) -> None:
        """Takes its collaborators; `origin` has no trailing slash."""
        self._pages = pages
        self._work = work
        self._sessions = sessions
        self._desk = desk
        self._mishaps = mishaps
        self._hostile = hostile
        self._rough = rough
        self._origin = origin

    def answer(self, request: Request) -> Reply:
        """The reply to `request`; never raises for what a browser may send."""
        if Mishap.MAINTENANCE in self._mishaps:
            return self._error(HTTPStatus.SERVICE_UNAVAILABLE, "Service Unavailable")
        instead = self._rough.anywhere()
        if instead is not None:
            return instead
        asset = self._asset(request.path)
        if asset is not None:
            return asset
        if request.path.startswith("/hostile/"):
            return self._hostile.answer(request)
        session = self._sessions.open(request.session_id)
        if request.method == "POST":
            reply, session = self._posted(request, session)
        else:
            reply = self._got(request, session)
        behind = CLOCK_BEHIND_S if Mishap.CLOCK_BEHIND in self._mishaps else None
        cookies = tuple(("Set-Cookie", value) for value in session.cookies(behind))
        return replace(reply, headers=reply.headers + cookies)

    def _posted(self, request: Request, session: Session) -> tuple[Reply, Session]:
        if request.path not in {"/login", "/logout"}:
            return self._error(HTTPStatus.METHOD_NOT_ALLOWED, "Method Not Allowed"), session
        if request.form.get("_token") != session.token or self._mishaps.take_once(Mishap.EXPIRED_TOKEN):
            if request.path == "/login":
                self._desk.note_refused()
            return self._error(419, "Page Expired"), session
        if request.path == "/logout":
            self._sessions.drop(session)
            return Reply.redirect(f"{self._origin}/"), self._sessions.open("")
        return self._sign_in(request, session)

    def _sign_in(self, request: Request, session: Session) -> tuple[Reply, Session]:
        if Mishap.HANGING_SIGN_IN in self._mishaps:
            self._desk.note_refused()
            return Reply(hangs=True), session
        if Mishap.UNCLEAR_SIGN_IN in self._mishaps or self._mishaps.take_once(Mishap.UNCLEAR_SIGN_IN_ONCE):
            self._desk.note_refused()
            return Reply.html(self._pages.unclear()), session
        if Mishap.SINGLE_SIGN_ON_AFTER_POST in self._mishaps:
            self._desk.note_refused()
            return self._rough.sign_in_elsewhere(), session
        email = request.form.get("email", "")
        error = self._desk.decide(email, request.form.get("password", ""))
        if error:
            session.error, session.email = error, email
            return Reply.redirect(f"{self._origin}/login"), session
        goal = session.intended or DASHBOARD
        return Reply.redirect(f"{self._origin}{goal}"), self._sessions.renew(session)

    def _got(self, request: Request, session: Session) -> Reply:
        path = request.path.rstrip("/") or "/"
        is_page = path in {"/", "/login"} or path.startswith("/app/")
        if is_page and self._mishaps.take_once(Mishap.FIRST_PAGE_WAIT_ONCE):
            return _asked_to_wait(1)
        if path in {"/", "/login"} and Mishap.SINGLE_SIGN_ON in self._mishaps and not session.signed_in:
            return self._rough.sign_in_elsewhere()
        if path in {"/", "/login"}:
            return Reply.redirect(f"{self._origin}{DASHBOARD}") if session.signed_in else self._form(session)
        if path in {"/sso", "/passwords/reset"}:
            return Reply.html(self._pages.error(200, "Not part of the practice portal"))
        if self._work.is_data(path):
            return self._data(path, request, session)
        if path != "/app" and not path.startswith("/app/"):
            return self._error(HTTPStatus.NOT_FOUND, "Not Found")
        if not session.signed_in:
            session.intended = request.target
            return Reply.redirect(f"{self._origin}/login")
        return self._app(path, request, session)

    def _form(self, session: Session) -> Reply:
        error, email = session.take_flash()
        hostile = Mishap.HOSTILE_SIGN_IN in self._mishaps
        action = f"{self._hostile.canary_origin if hostile else self._origin}/login"
        return Reply.html(self._pages.sign_in(token=session.token, action=action, error=error, email=email))

    def _data(self, path: str, request: Request, session: Session) -> Reply:
        if not session.signed_in:
            body = json.dumps({"message": "Unauthenticated."}).encode()
            return Reply(body, HTTPStatus.UNAUTHORIZED, "application/json")
        if {Mishap.HANGING, Mishap.MEMORY_EATER, Mishap.ENDLESS_SCRIPT} & set(self._mishaps):
            return Reply(hangs=True)
        if Mishap.LIST_ERROR in self._mishaps or self._mishaps.take_once(Mishap.LIST_ERROR_ONCE):
            return _data_error()
        refused = self._refused(path, request)
        if refused is not None:
            return refused
        reply = self._work.data(path, request)
        if Mishap.DATA_RESET in self._mishaps:
            return replace(reply, body=reply.body[: len(reply.body) // 2], resets=True)
        if Mishap.SESSION_NEVER_LASTS in self._mishaps or self._mishaps.take_once(Mishap.EXPIRED_SESSION):
            self._sessions.drop(session)
        return reply

    def _refused(self, path: str, request: Request) -> Reply | None:
        """What comes instead of the list's data, if a mishap wants it so."""
        for mishap, status in LIST_REFUSALS.items():
            if mishap in self._mishaps:
                body = json.dumps({"message": status.phrase}).encode()
                return Reply(body, status, "application/json")
        if Mishap.LIST_NOTHING in self._mishaps:
            return Reply(status=HTTPStatus.NO_CONTENT)
        if Mishap.LIST_HTML in self._mishaps:
            return Reply.html(self._pages.unclear())
        if Mishap.LIST_WAIT in self._mishaps:
            return _asked_to_wait(3600)
        if self._mishaps.take_once(Mishap.LIST_WAIT_ONCE):
            return _asked_to_wait(1)
        page = self._work.page_of(path, request)
        if page == "6" and self._mishaps.take_once(Mishap.LIST_ERROR_ON_PAGE_6_ONCE):
            return _data_error()
        if page != "2":
            return None
        if Mishap.LIST_LOST_ON_PAGE_2 in self._mishaps:
            return Reply(drops=True)
        return _data_error() if Mishap.LIST_ERROR_ON_PAGE_2 in self._mishaps else None

    def _app(self, path: str, request: Request, session: Session) -> Reply:
        if Mishap.HANGING_PAGE in self._mishaps:
            return Reply(hangs=True)
        if Mishap.CONNECTION_DROPPED in self._mishaps:
            return Reply(drops=True)
        if Mishap.RATE_LIMITED in self._mishaps:
            return self._error(HTTPStatus.TOO_MANY_REQUESTS, "Too Many Requests")
        if Mishap.SERVER_ERROR in self._mishaps or self._mishaps.take_once(Mishap.SERVER_ERROR_ONCE):
            return self._error(HTTPStatus.INTERNAL_SERVER_ERROR, "Server Error")
        if path == REPORT:
            return FILE
        if path in SIMPLE_PAGES or path == "/app":
            title = SIMPLE_PAGES.get(path, "Dashboard")
            return Reply.html(self._pages.plain(token=session.token, title=title, content=""))
        for pattern, make in self._routes():
            found = re.fullmatch(pattern, path)
            if found:
                return make(request, session, [int(part) for part in found.groups()])
        return self._error(HTTPStatus.NOT_FOUND, "Not Found")

    def _routes(self) -> list[tuple[str, Callable[[Request, Session, list[int]], Reply]]]:
        return [
            (r"/app/work/list", self._work_list),
            (r"/app/work/(\d+)", self._order),
            (r"/app/work/(\d+)/visits/(\d+)", self._visit),
            (r"/app/customers/(\d+)", self._customer),
            (r"/app/customers/locations/(\d+)", self._location),
            (r"/app/customers/locations/(\d+)/equipment", self._equipment),
        ]

    def _work_list(self, request: Request, session: Session, _ids: list[int]) -> Reply:
        instead = self._rough.work_list(f"{self._origin}{request.target}")
        if instead is not None:
            return instead
        session.lists_opened += 1
        if session.lists_opened > 1 and Mishap.ONE_LIST_A_SESSION in self._mishaps:
            return self._error(HTTPStatus.INTERNAL_SERVER_ERROR, "Server Error")
        hostile = self._hostile.markup() if Mishap.HOSTILE_PAGE in self._mishaps else ""
        before = hostile + self._rough.markup()
        return Reply.html(self._work.work_list(request, token=session.token, hostile=before))

    def _order(self, _request: Request, session: Session, ids: list[int]) -> Reply:
        order = self._work.order(ids[0])
        if order is None:
            return self._error(HTTPStatus.NOT_FOUND, "Not Found")
        return Reply.html(self._pages.order(order, token=session.token))

    def _visit(self, _request: Request, session: Session, ids: list[int]) -> Reply:
        order = self._work.order(ids[0])
        if order is None or order.visit is None or order.visit.id != ids[1]:
            return self._error(HTTPStatus.NOT_FOUND, "Not Found")
        return Reply.html(self._pages.visit(order, token=session.token))

    def _customer(self, _request: Request, session: Session, ids: list[int]) -> Reply:
        return Reply.html(self._pages.plain(token=session.token, title=f"Customer {ids[0]}", content=""))

    def _location(self, _request: Request, session: Session, ids: list[int]) -> Reply:
        refused = self._work.location_refused(ids[0])
        return refused or Reply.html(self._work.location(ids[0], token=session.token, opened=False))

    def _equipment(self, _request: Request, session: Session, ids: list[int]) -> Reply:
        return Reply.html(self._work.location(ids[0], token=session.token, opened=True))

    def _error(self, status: int, text: str) -> Reply:
        return Reply.html(self._pages.error(status, text), status)

    @staticmethod
    def _asset(path: str) -> Reply | None:
        if path.startswith("/build/assets/") and path.endswith(".css"):
            return Reply(resource("site.css").encode(), content_type="text/css; charset=utf-8")
        if path.endswith(".png"):
            return Reply(LOGO, content_type="image/png")
        if path == "/favicon.ico":
            return Reply(b"", HTTPStatus.NO_CONTENT, "image/x-icon")
        return None


def _data_error() -> Reply:
    body = json.dumps({"message": "Server Error"}).encode()
    return Reply(body, HTTPStatus.INTERNAL_SERVER_ERROR, "application/json")


def _asked_to_wait(seconds: int) -> Reply:
    status = HTTPStatus.TOO_MANY_REQUESTS
    body = json.dumps({"message": status.phrase}).encode()
    return Reply(body, status, "application/json", headers=(("Retry-After", str(seconds)),))


def _png(red: int, green: int, blue: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(bytes((0, red, green, blue)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


LOGO: Final = _png(37, 99, 235)

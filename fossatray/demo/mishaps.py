"""How the practice portal misbehaves on request: one switch a failure mode, thrown and taken back while it runs."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, MutableSet
from enum import StrEnum


class Mishap(StrEnum):
    """The failure modes. Those named "once" happen a single time after they are switched on."""

    SLOW = "slow"
    """Every page and answer comes 1.5 s late (`slow_seconds`)."""
    HANGING = "hanging"
    """The work list's data never arrive: the loader stays."""
    HANGING_PAGE = "hanging-page"
    """No page under /app/ ever arrives."""
    HANGING_SIGN_IN = "hanging-sign-in"
    """The sign-in is posted and never answered."""
    SERVER_ERROR = "server-error"
    """Every page under /app/ answers 500."""
    SERVER_ERROR_ONCE = "server-error-once"
    """The first page under /app/ answers 500."""
    LIST_ERROR = "list-error"
    """The work list's page comes, its data answer 500."""
    LIST_ERROR_ONCE = "list-error-once"
    """As LIST_ERROR, for the first request only."""
    LIST_ERROR_ON_PAGE_2 = "list-error-on-page-2"
    """The work list's first page comes whole, the data of its second answer 500: the rows stay as they were."""
    LIST_LOST_ON_PAGE_2 = "list-lost-on-page-2"
    """As LIST_ERROR_ON_PAGE_2, with the connection ended instead of an answer."""
    LIST_FORBIDDEN = "list-forbidden"
    """The work list's data answer 403, "Forbidden"."""
    LIST_NOT_FOUND = "list-not-found"
    """The work list's data answer 404, "Not Found"."""
    LIST_RATE_LIMITED = "list-rate-limited"
    """The work list's data answer 429, "Too Many Requests"."""
    FILTER_IGNORED = "filter-ignored"
    """The work list's filters are not applied, and not said to be: completed orders are listed, too."""
    FILTER_PRETENDED = "filter-pretended"
    """The work list's filters are said to be applied, and are not: completed orders are listed, too."""
    NO_COUNT = "no-count"
    """The number of matches is not shown; page numbers are."""
    NO_PAGE_NUMBERS = "no-page-numbers"
    """Neither the number of matches nor page numbers are shown: only the ways back and on."""
    LATE_PAGINATOR = "late-paginator"
    """The ways to other pages and the number of matches are drawn 150 ms after the rows, the loaders idle."""
    LATE_CONTENT = "late-content"
    """A row's visit and a dispenser's fields are drawn 200 ms after the row and the card, the loaders idle."""
    LIST_ERROR_ON_PAGE_6_ONCE = "list-error-on-page-6-once"
    """The data of the list's sixth page answer 500, once."""
    ONE_LIST_A_SESSION = "one-list-a-session"
    """A list that is opened again in the same session answers 500."""
    EXPIRED_SESSION = "expired-session"
    """The session is gone after the first page of the list, once."""
    SESSION_NEVER_LASTS = "session-never-lasts"
    """The session is gone after the first page of the list, each time."""
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a name, no password
    """The right password is refused."""
    EXPIRED_TOKEN = "expired-token"  # noqa: S105 - a name, no token
    """The first posted form answers 419, "Page Expired"."""
    LOCK_OUT = "lock-out"
    """Every sign-in is answered with "Too many login attempts"."""
    CONNECTION_DROPPED = "connection-dropped"
    """Every page under /app/ ends before a byte of it came."""
    RATE_LIMITED = "rate-limited"
    """Every page under /app/ answers 429, "Too Many Requests"."""
    LOCATION_RATE_LIMITED = "location-rate-limited"
    """Every location's page answers 429 and asks to wait for an hour."""
    LOCATION_RATE_LIMITED_ONCE = "location-rate-limited-once"
    """The first location's page answers 429 and asks to wait for a second."""
    LOCATION_DATA_RATE_LIMITED_ONCE = "location-data-rate-limited-once"
    """The first location's page comes, its data answer 429 and ask to wait until a moment two seconds later."""
    RESTLESS = "restless"
    """The work list keeps asking for data: the network is never idle."""
    FOREIGN_DATES = "foreign-dates"
    """Dates are shown as DD/MM/YYYY, as for an account of another language."""
    EQUIPMENT_OPEN = "equipment-open"
    """Equipment groups are expanded from the start."""
    TOGGLE_IGNORED = "toggle-ignored"
    """The first click on an equipment group's toggle does nothing."""
    MAINTENANCE = "maintenance"
    """Every address answers 503, "Service Unavailable"."""
    EMPTY = "empty"
    """The list is truly empty: header and "0 matches"."""
    EMPTY_UNPROVED = "empty-unproved"
    """The header is there, rows and the number of matches are not."""
    PAGE_SIZE_IGNORED = "page-size-ignored"
    """The page-size control takes no choice."""
    PAGE_SIZE_LYING = "page-size-lying"
    """The control says "Show 100", 25 rows come."""
    PAGE_SIZE_ALREADY_100 = "page-size-already-100"
    """The control says "Show 100" from the start, and means it."""
    GRID_VIEW = "grid-view"
    """The grid view is remembered: no list rows until the list is chosen."""
    CHANGED_LAYOUT = "changed-layout"
    """Rows come as tables with other classes."""
    RENAMED_LAYOUT = "renamed-layout"
    """The list looks as ever, but a row, the wrapper of its number and the code of a service have other classes, and
    the label of the reason has another text."""
    MALFORMED_ROWS = "malformed-rows"
    """Every seventh row lacks the link with its number."""
    VISIBLE_MODAL = "visible-modal"
    """A dialog with a Cancel button lies over the work list and the location pages."""
    DELETED_LOCATION = "deleted-location"
    """No location can be found."""
    SHIFTING_ONCE = "shifting-once"
    """While the list is paged through, its first row moves to the end; once."""
    SHIFTING = "shifting"
    """As SHIFTING_ONCE, whenever page 2 is asked for."""
    REPLACED_ONCE = "replaced-once"
    """While the list is paged through, its first order goes and a new one comes at its end; once."""
    REPLACED_ON_PAGE_2_ONCE = "replaced-on-page-2-once"
    """Right before page 3 is shown, the first order of page 2 goes and a new one comes at the list's end; once."""
    REPLACED_ON_PAGE_2 = "replaced-on-page-2"
    """As REPLACED_ON_PAGE_2_ONCE, whenever page 3 is asked for."""
    HOSTILE_TEXT = "hostile-text"
    """Fields hold markup, scripts, formulas, bidirectional marks, NUL, a lone surrogate, 20,000 characters."""
    UNCLEAR_SIGN_IN = "unclear-sign-in"
    """After the post comes a page with neither form nor app."""
    UNCLEAR_SIGN_IN_ONCE = "unclear-sign-in-once"
    """As UNCLEAR_SIGN_IN, for the first post only."""
    HOSTILE_PAGE = "hostile-page"
    """The work list tries every way to reach the canary origin."""
    HOSTILE_SIGN_IN = "hostile-sign-in"
    """The sign-in form would post to the canary origin."""
    POP_UPS = "pop-ups"
    """The work list opens windows, by itself and at every click."""
    DOWNLOADS = "downloads"
    """The work list has files downloaded, by itself and at every click."""
    DIALOGS = "dialogs"
    """The work list asks in dialogs, by itself, at every click, and before it is left."""
    LIST_IS_A_FILE = "list-is-a-file"
    """Instead of the work list's page comes a file to keep."""
    ELSEWHERE = "elsewhere"
    """The work list leads to another web site."""
    SINGLE_SIGN_ON = "single-sign-on"
    """The sign-in page leads to another web site."""
    SINGLE_SIGN_ON_AFTER_POST = "single-sign-on-after-post"
    """The sign-in, once posted, leads to another web site."""
    PAGE_RESET = "page-reset"
    """The connection is reset in the middle of the work list's page."""
    DATA_RESET = "data-reset"
    """The connection is reset in the middle of the work list's data."""
    ENDLESS_PAGE = "endless-page"
    """The work list's page comes slowly and never ends."""
    GZIP_BOMB = "gzip-bomb"
    """The work list's page is small on its way and unfolds to many GB."""
    MEMORY_EATER = "memory-eater"
    """The work list takes more and more memory, and its data never arrive."""
    ENDLESS_SCRIPT = "endless-script"
    """A script of the work list's never ends, and its data never arrive."""
    FIRST_PAGE_WAIT_ONCE = "first-page-wait-once"
    """The first page that is asked for, the sign-in page as a rule, answers 429 and asks to wait for a second."""
    LIST_WAIT = "list-wait"
    """The work list's data answer 429 and ask to wait for an hour."""
    LIST_WAIT_ONCE = "list-wait-once"
    """As LIST_WAIT, for the first request only, and for a second."""
    REDIRECT_CIRCLE = "redirect-circle"
    """The work list's page leads to itself, without an end."""
    EMPTY_ANSWER = "empty-answer"
    """Instead of the work list's page comes nothing (204)."""
    LONG_HEADER = "long-header"
    """The work list's page has a header that is longer than a browser takes."""
    LIST_NOTHING = "list-nothing"
    """Instead of the work list's data comes nothing (204)."""
    LIST_HTML = "list-html"
    """Instead of the work list's data comes a page."""
    HTTP_SIGN_IN = "http-sign-in"
    """Every address asks for a password in a window of the browser's own (401 with WWW-Authenticate)."""
    CAPTIVE_PAGE = "captive-page"
    """At every address of the portal's comes the page on which a network wants one to sign in."""
    MEDDLING_SCRIPT = "meddling-script"
    """A script of the work list's replaces what the browser itself offers to scripts."""
    CLOCK_BEHIND = "clock-behind"
    """The portal's clock is two days behind: so are its dates and the ends of its cookies."""


class MishapSwitches(MutableSet[Mishap]):
    """A set of mishaps that any thread may change; a mishap meant to happen once is re-armed by adding it anew."""

    def __init__(self, mishaps: Iterable[Mishap] = ()) -> None:
        """Starts with `mishaps` switched on."""
        self._lock = threading.Lock()
        self._on = set(mishaps)
        self._spent: set[Mishap] = set()

    def __contains__(self, mishap: object) -> bool:
        with self._lock:
            return mishap in self._on

    def __iter__(self) -> Iterator[Mishap]:
        with self._lock:
            return iter(sorted(self._on))

    def __len__(self) -> int:
        with self._lock:
            return len(self._on)

    def add(self, value: Mishap) -> None:
        """Switches `value` on."""
        with self._lock:
            self._on.add(Mishap(value))
            self._spent.discard(Mishap(value))

    def discard(self, value: Mishap) -> None:
        """Switches `value` off."""
        with self._lock:
            self._on.discard(value)
            self._spent.discard(value)

    def replace(self, mishaps: Iterable[Mishap]) -> None:
        """Switches exactly `mishaps` on."""
        wanted = {Mishap(mishap) for mishap in mishaps}
        with self._lock:
            self._on = wanted
            self._spent.clear()

    def take_once(self, mishap: Mishap) -> bool:
        """Whether `mishap` is on and has not happened yet; from now on it has."""
        with self._lock:
            if mishap not in self._on or mishap in self._spent:
                return False
            self._spent.add(mishap)
            return True

"""What crosses between the engine and the scrape process: JSON lines, checked on arrival, never trusted.

The engine writes one request line to the scrape's standard input and answers its questions there; the scrape writes
messages, one JSON object a line, in UTF-8, of at most 8 MiB. Closing the scrape's input ends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any, Literal

from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import ErrorInfo, FossaError, ScrapeProcessDied, error_from_info, error_kinds
from fossatray.core.evidence import Evidence, evidence_from
from fossatray.core.orders import WorkOrder
from fossatray.core.portal_check import PortalStep, portal_step
from fossatray.core.runs import Phase
from fossatray.core.secret import Secret
from fossatray.core.sessions import SessionDropped, SessionSealed, dropped_from, sealed_from
from fossatray.core.wire_checks import maybe as _maybe
from fossatray.core.wire_checks import names as _names
from fossatray.core.wire_checks import number as _number
from fossatray.core.wire_checks import numbers as _numbers
from fossatray.core.wire_checks import pairs as _pairs
from fossatray.core.wire_checks import share as _share
from fossatray.core.wire_checks import text as _text

VERSION = 1
LINE_LIMIT = 8 * 1024 * 1024
ORDER_LIMIT = 50_000
DISPENSER_LIMIT = 500
"""How many dispensers of one site are taken."""

SignInResult = Literal["accepted", "refused", "locked", "unclear"]


# --- engine to scrape ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScrapeRequest:
    """What to do. `job` is "work_orders", "dispensers", "test_sign_in" or "portal_check"; no password is in it.

    `browser_path` is the person's choice, `browser_last` the one that worked last; `run_folder` the run's own temporary
    folder; `password_from` is "keyring" or "engine" (then the password comes with the answer to SigningIn);
    `may_prompt` whether a person waits; `accept_empty` believes one unproved empty list; `empty_sign` is the remembered
    one. `run_limit` and `page_limit` are seconds. `known` are the numbers of the account's open orders as kept: those
    missing in the list are looked for in the list of completed ones. `known_listed` tells that the last sync saw all of
    them in the list. `parallel` is how many pages of the portal may be read at once; a list is read by two at most.

    For the job "dispensers": `locations` are the sites to read, `pause` the seconds between two sites in one page.
    `evidence` is how many seconds taking it may last, 0 for none.

    `session` is the kept session, sealed, if there is one; `keep_session` whether one may be kept again.
    """

    job: str
    account_id: str
    origin: str
    username: str
    run_folder: str
    password_from: str = "keyring"  # noqa: S105 (where it comes from, not what it is)
    may_prompt: bool = False
    browser_path: str | None = None
    browser_last: str | None = None
    profile_path: str | None = None
    accept_empty: bool = False
    empty_sign: str | None = None
    run_limit: float = 900.0
    page_limit: float = 60.0
    log_level: str = "INFO"
    known: tuple[str, ...] = ()
    known_listed: bool = False
    locations: tuple[LocationWanted, ...] = ()
    parallel: int = 3
    pause: float = 0.5
    evidence: float = 0.0
    show_browser: bool = False
    session: str | None = field(default=None, repr=False)
    keep_session: bool = False


@dataclass(frozen=True, slots=True)
class SignInAnswer:
    """The engine's answer to SigningIn, after it counted the attempt. `password` only where the engine holds it."""

    allowed: bool
    password: Secret | None = None


# --- scrape to engine ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BrowserChosen:
    """The browser that started, and each passed over with its reason; `sandbox` is False only for root."""

    path: str
    name: str
    sandbox: bool
    passed_over: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageProgress:
    """How far the scrape is. `done` is the share (0 to 1) of the phase, by pages and orders read of the total.

    For the job "dispensers", `found` are dispensers, `page` the sites that were dealt with, `pages` all of them.
    `checking` tells that `page` was read already and is looked at once more.
    """

    phase: Phase
    found: int = 0
    page: int | None = None
    pages: int | None = None
    done: float = 0.0
    checking: bool = False


@dataclass(frozen=True, slots=True)
class SigningIn:
    """The scrape is about to send the password; it waits for a SignInAnswer."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the portal made of the sign-in."""

    result: SignInResult


@dataclass(frozen=True, slots=True)
class OrderRead:
    """One work order of the list that is being read. It counts only when the list's proof comes, with Finished.

    A list that is read again begins with PageProgress of its first page, nothing found: what came before is void.
    """

    order: WorkOrder


@dataclass(frozen=True, slots=True)
class CompletedRead:
    """Which of the known orders that are missing in the open list are in the list of completed ones: `numbers`.

    `whole` says that this list was read to its proved end, or that all of them were found before it: then an order that
    is not among them is not completed. `days` are numbers among them with the day that the list shows. Sent at most
    once, before Finished, and only where known orders are missing.
    """

    numbers: tuple[str, ...]
    whole: bool
    days: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class LocationRead:
    """The dispensers of one of the wanted sites, proved complete (there may be none), as its page lists them.

    `replaced` counts the characters of them that were made U+FFFD; `groups` names the other equipment where none is.
    """

    location_url: str
    dispensers: tuple[Dispenser, ...]
    replaced: int = 0
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LocationFailed:
    """One of the wanted sites could not be read; the others go on. Of each wanted site, one of the two is told once."""

    location_url: str
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class Finished:
    """The job is done. `count` orders (or dispensers) were sent; `proof` says how completeness was proved.

    The rest are figures: `empty_sign` is the sign of an accepted empty list, to be remembered; `replaced` counts
    characters made U+FFFD; `phases` are seconds by phase name; `unknown_labels` stand in the list, not in the profile.
    """

    count: int
    proof: str
    pages: int = 0
    replaced: int = 0
    empty_sign: str | None = None
    phases: tuple[tuple[str, float], ...] = ()
    unknown_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The job failed. `empty_sign` is the sign seen on an empty list that was not believed."""

    error: ErrorInfo
    empty_sign: str | None = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """A redacted line for the log."""

    level: str
    text: str


Message = (
    BrowserChosen
    | PageProgress
    | SigningIn
    | SignedIn
    | OrderRead
    | CompletedRead
    | LocationRead
    | LocationFailed
    | Evidence
    | SessionSealed
    | SessionDropped
    | PortalStep
    | Finished
    | Failed
    | LogLine
)

_NAMES: dict[type, str] = {
    BrowserChosen: "browser",
    PageProgress: "progress",
    SigningIn: "signing_in",
    SignedIn: "signed_in",
    OrderRead: "order",
    CompletedRead: "completed",
    LocationRead: "location",
    LocationFailed: "location_failed",
    Evidence: "evidence",
    SessionSealed: "session_sealed",
    SessionDropped: "session_dropped",
    PortalStep: "portal_step",
    Finished: "finished",
    Failed: "failed",
    LogLine: "log",
}


def encode_request(request: ScrapeRequest) -> bytes:
    """Return the request as one line."""
    return _line({"v": VERSION, **asdict(request)})


def decode_request(line: bytes) -> ScrapeRequest:
    """Read the request line. Raises ValueError (without the line's text) for anything else."""
    data = _load(line)
    if data.pop("v", None) != VERSION:
        raise ValueError("the request has another version")
    if set(data) != {one.name for one in fields(ScrapeRequest)}:
        raise ValueError("the request's keys are not those expected")
    data["known"] = _numbers(data["known"], ORDER_LIMIT)
    data["locations"] = tuple(LocationWanted(**item) for item in data["locations"])
    return ScrapeRequest(**data)


def encode_answer(answer: SignInAnswer) -> bytes:
    """Return the answer to SigningIn as one line; the only line that may carry a password."""
    password = answer.password.reveal() if answer.password is not None else None
    return _line({"t": "sign_in_answer", "allowed": answer.allowed, "password": password})


def decode_answer(line: bytes) -> SignInAnswer:
    """Read the answer to SigningIn. Raises ValueError (without the line's text) for anything else."""
    data = _load(line)
    allowed, password = data.get("allowed"), data.get("password")
    if data.get("t") != "sign_in_answer" or not isinstance(allowed, bool):
        raise ValueError("not an answer to the sign-in")
    return SignInAnswer(allowed, Secret(password) if isinstance(password, str) else None)


def encode_message(message: Message) -> bytes:
    """Return a message of the scrape process as one line."""
    body: dict[str, Any]
    body = {"order": message.order.to_json()} if isinstance(message, OrderRead) else asdict(message)
    if isinstance(message, LocationRead):
        body["dispensers"] = [dispenser.to_json() for dispenser in message.dispensers]
    return _line({"t": _NAMES[type(message)], **body})


def decode_message(line: bytes) -> Message:
    """Read a message of the scrape process. Raises ScrapeProcessDied for a line that is none of ours."""
    try:
        data = _load(line)
        return _DECODERS[str(data.pop("t"))](data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScrapeProcessDied("The reading process sent something that is not understood.") from error


def failure(error: FossaError, *, empty_sign: str | None = None) -> Failed:
    """Return the message for an error of our family."""
    return Failed(error.info(), empty_sign)


def error_of(failed: Failed) -> FossaError:
    """Return the error that a Failed message stands for: title, advice and retryability are ours, not the child's."""
    return error_from_info(failed.error)


def _line(data: dict[str, Any]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
    return text.encode("utf-8", "surrogatepass") + b"\n"  # a path of the system's may hold lone surrogates


def _load(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_LIMIT:
        raise ValueError("the line is too long")
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("the line is not JSON") from None
    if not isinstance(data, dict):
        raise ValueError("the line is not an object")
    return data


def _browser(data: dict[str, Any]) -> BrowserChosen:
    passed = tuple((_text(a), _text(b)) for a, b in _pairs(data["passed_over"]))
    return BrowserChosen(_text(data["path"]), _text(data["name"]), data["sandbox"] is True, passed)


def _progress(data: dict[str, Any]) -> PageProgress:
    page, pages = data["page"], data["pages"]
    return PageProgress(
        Phase(data["phase"]),
        _number(data["found"]),
        None if page is None else _number(page),
        None if pages is None else _number(pages),
        _share(data["done"]),
        data["checking"] is True,
    )


def _signed_in(data: dict[str, Any]) -> SignedIn:
    result = data["result"]
    if result not in ("accepted", "refused", "locked", "unclear"):
        raise ValueError("an unknown result of the sign-in")
    return SignedIn(result)


def _completed(data: dict[str, Any]) -> CompletedRead:
    days = tuple((_text(number), date.fromisoformat(_text(day))) for number, day in _pairs(data["days"]))
    return CompletedRead(_numbers(data["numbers"], ORDER_LIMIT), data["whole"] is True, days)


def _finished(data: dict[str, Any]) -> Finished:
    return Finished(
        _number(data["count"], 10 * ORDER_LIMIT),
        _text(data["proof"]),
        _number(data["pages"]),
        _number(data["replaced"]),
        _maybe(data["empty_sign"]),
        tuple((_text(a), _share(b)) for a, b in _pairs(data["phases"])),
        _names(data["unknown_labels"]),
    )


def _location(data: dict[str, Any]) -> LocationRead:
    told = data["dispensers"]
    if not isinstance(told, list) or len(told) > DISPENSER_LIMIT:
        raise ValueError("a site's dispensers were expected")
    dispensers = tuple(Dispenser.from_json(item) for item in told)
    return LocationRead(_text(data["location_url"]), dispensers, _number(data["replaced"]), _names(data["groups"]))


def _error(told: dict[str, Any]) -> ErrorInfo:
    kind = told["kind"]
    known = error_kinds().get(kind, FossaError) if isinstance(kind, str) else FossaError
    return known(_text(told["message"]), advice=_text(told["advice"])).info()


_DECODERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "browser": _browser,
    "progress": _progress,
    "signing_in": lambda data: SigningIn(),
    "signed_in": _signed_in,
    "order": lambda data: OrderRead(WorkOrder.from_json(data["order"])),
    "completed": _completed,
    "location": _location,
    "location_failed": lambda data: LocationFailed(_text(data["location_url"]), _error(data["error"])),
    "evidence": evidence_from,
    "session_sealed": sealed_from,
    "session_dropped": dropped_from,
    "portal_step": portal_step,
    "finished": _finished,
    "failed": lambda data: Failed(_error(data["error"]), _maybe(data["empty_sign"])),
    "log": lambda data: LogLine(_text(data["level"], 20), _text(data["text"], 10_000)),
}

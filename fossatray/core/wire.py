"""What crosses between the engine and the scrape process: JSON lines, checked on arrival, never trusted.

The engine writes one request line to the scrape's standard input and answers its questions there; the scrape writes
messages, one JSON object a line, of at most 4 MiB. Closing the scrape's input ends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from fossatray.core.errors import ErrorInfo, FossaError, ScrapeProcessDied, error_from_info, error_kinds
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import Phase
from fossatray.core.secret import Secret

VERSION = 1
LINE_LIMIT = 4 * 1024 * 1024
TEXT_LIMIT = 2000
ORDER_LIMIT = 50_000

SignInResult = Literal["accepted", "refused", "locked", "unclear"]


# --- engine to scrape ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScrapeRequest:
    """What to do. `job` is "work_orders" or "test_sign_in"; no password is in it.

    `browser_path` is the person's choice, `browser_last` the one that worked last; `run_folder` the run's own temporary
    folder; `password_from` is "keyring" or "engine" (then the password comes with the answer to SigningIn);
    `may_prompt` whether a person waits; `accept_empty` believes one unproved empty list; `empty_sign` is the remembered
    one. `run_limit` and `page_limit` are seconds.
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
    """One work order of a list already proved complete."""

    order: WorkOrder


@dataclass(frozen=True, slots=True)
class Finished:
    """The job is done. `count` orders were sent; `proof` says how completeness was proved; the rest are figures.

    `empty_sign` is the sign of an accepted empty list, to be remembered; `replaced` counts characters made U+FFFD;
    `phases` are seconds by phase name.
    """

    count: int
    proof: str
    pages: int = 0
    replaced: int = 0
    empty_sign: str | None = None
    phases: tuple[tuple[str, float], ...] = ()


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


Message = BrowserChosen | PageProgress | SigningIn | SignedIn | OrderRead | Finished | Failed | LogLine

_NAMES: dict[type, str] = {
    BrowserChosen: "browser",
    PageProgress: "progress",
    SigningIn: "signing_in",
    SignedIn: "signed_in",
    OrderRead: "order",
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
    if set(data) != {field.name for field in fields(ScrapeRequest)}:
        raise ValueError("the request's keys are not those expected")
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
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


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


def _text(value: object, limit: int = TEXT_LIMIT) -> str:
    if not isinstance(value, str) or len(value) > limit:
        raise ValueError("a short text was expected")
    return value


def _maybe(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object, most: int = 10**9) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= most:
        raise ValueError("a count was expected")
    return value


def _share(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < 1e9:
        raise ValueError("a number was expected")
    return float(value)


def _pairs(value: object) -> list[list[Any]]:
    if not isinstance(value, list) or not all(isinstance(item, list) and len(item) == 2 for item in value):
        raise ValueError("pairs were expected")
    return value


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


def _finished(data: dict[str, Any]) -> Finished:
    return Finished(
        _number(data["count"], ORDER_LIMIT),
        _text(data["proof"]),
        _number(data["pages"]),
        _number(data["replaced"]),
        _maybe(data["empty_sign"]),
        tuple((_text(a), _share(b)) for a, b in _pairs(data["phases"])),
    )


def _failed(data: dict[str, Any]) -> Failed:
    told = data["error"]
    kind = told["kind"]
    known = error_kinds().get(kind, FossaError) if isinstance(kind, str) else FossaError
    error = known(_text(told["message"]), advice=_text(told["advice"]))
    return Failed(error.info(), _maybe(data["empty_sign"]))


_DECODERS: dict[str, Callable[[dict[str, Any]], Message]] = {
    "browser": _browser,
    "progress": _progress,
    "signing_in": lambda data: SigningIn(),
    "signed_in": _signed_in,
    "order": lambda data: OrderRead(WorkOrder.from_json(data["order"])),
    "finished": _finished,
    "failed": _failed,
    "log": lambda data: LogLine(_text(data["level"], 20), _text(data["text"], 10_000)),
}

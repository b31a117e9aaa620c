"""What crosses between the engine and the scrape process: JSON lines, checked on arrival, never trusted.

The engine writes one request line to the scrape's standard input and answers its questions there; the scrape writes
messages, one JSON object a line, in UTF-8, of at most 8 MiB. Closing the scrape's input ends it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import ErrorInfo, FossaError, ScrapeProcessDied, error_from_info, error_kinds
from fossatray.core.evidence import Evidence, evidence_from
from fossatray.core.messages import (
    DISPENSER_LIMIT,
    ORDER_LIMIT,
    BrowserChosen,
    CompletedRead,
    Failed,
    Finished,
    LocationFailed,
    LocationRead,
    LogLine,
    Message,
    OrderRead,
    PageProgress,
    ScrapeRequest,
    SignedIn,
    SignInAnswer,
    SigningIn,
)
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
    data["departed"] = _numbers(data["departed"], ORDER_LIMIT)
    data["shown"] = tuple((_text(name), _number(count)) for name, count in _pairs(data["shown"]))
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

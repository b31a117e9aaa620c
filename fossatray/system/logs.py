"""The log: named areas, rotating files, redacted as it is written, with Qt's messages in it.

Areas are loggers below "fossatray" ("fossatray.engine", "fossatray.portal", …). A log goes to other people when
something is wrong, so names, passwords, session keys and queries are taken out before anything reaches the disk.
"""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from urllib.parse import quote, quote_plus

from fossatray.core.secret import Secret
from fossatray.core.text import visible
from fossatray.system.paths import Paths

ROOT = "fossatray"
_FOREIGN = ("asyncio", "apscheduler")
"""Libraries that say in a log of their own what went wrong in a task or a job of ours: from warnings up it is kept."""
_LONGEST_MESSAGE = 8000
_FILE_BYTES = 1024 * 1024
_FILES_KEPT = 5
_HIDDEN = "[hidden]"

# Everything repeated is bounded: a page's text must not be able to hold the log up.
_KEY = r"(?:passw(?:or)?d|passwd|pwd|secret|token|authorization|cookie|session|xsrf|csrf)[\w-]{0,24}"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(https?|wss?)://[^\s/@\"'<>]{1,200}@"), rf"\1://{_HIDDEN}@"),
    (re.compile(r"(?i)\b((?:https?|wss?)://[^\s?#\"'<>]{1,2000})[?#][^\s\"'<>]*"), r"\1?…"),
    (re.compile(r"(?i)\b((?:set-)?cookie)\s{0,4}:[^\r\n]+"), rf"\1: {_HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s{1,4}[\w.~+/=-]{6,}"), rf"\1 {_HIDDEN}"),
    (
        re.compile(rf"(?i)({_KEY}[\"']?\s{{0,4}}[=:]\s{{0,4}})(?!\[hidden\])(?:\"[^\"]*\"|'[^']*'|[^\s,;&}})\]]+)"),
        rf"\1{_HIDDEN}",
    ),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"), "[address]"),
)


class Redactor:
    """Takes out of a text what must not be kept: what looks like it, and the secrets it has been told of."""

    def __init__(self, home: Path | None = None) -> None:
        self._home = str(home or Path.home())
        self._forms: set[str] = set()

    def redact(self, secret: Secret) -> None:
        """Have a secret taken out of every text from now on, also in its usual encoded forms."""
        text = secret.reveal()
        if not text:
            return
        from html import escape  # late: see core.text

        raw = text.encode("utf-8", "surrogatepass")
        self._forms |= {
            text,
            json.dumps(text)[1:-1],
            json.dumps(text, ensure_ascii=False)[1:-1],
            quote(raw, safe=""),
            quote_plus(raw),
            escape(text),
            base64.b64encode(raw).decode(),
            base64.urlsafe_b64encode(raw).decode(),
            raw.hex(),
            repr(text)[1:-1],
        }

    def clean(self, text: str) -> str:
        """Return the text without secrets, cut to 8,000 characters; line breaks are kept."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, _HIDDEN)
        if len(text) > _LONGEST_MESSAGE:
            text = text[:_LONGEST_MESSAGE] + "… [cut]"
        if len(self._home) > 1:
            text = text.replace(self._home, "~")
        for pattern, replacement in _RULES:
            text = pattern.sub(replacement, text)
        return text


class RedactingFormatter(logging.Formatter):
    """One line a record: UTC time, level, area, message; a trace follows on indented lines. All of it redacted."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's lines, with control and bidirectional characters made visible."""
        stamp = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        area = record.name.removeprefix(ROOT + ".")
        message = visible(self._redactor.clean(record.getMessage()))
        lines = [f"{stamp} {record.levelname:<8} {area}: {message}"]
        if record.exc_info:
            trace = self._redactor.clean(self.formatException(record.exc_info))
            lines += ["    " + visible(line) for line in trace.splitlines()]
        return "\n".join(lines)


class SafeFileHandler(RotatingFileHandler):
    """A rotating file whose own troubles (a full disk, a bad format) are counted, never raised or printed."""

    failures = 0

    def handleError(self, record: logging.LogRecord) -> None:
        """Count a record that could not be written."""
        self.failures += 1


def open_log(
    paths: Paths, redactor: Redactor, *, level: int = logging.INFO, name: str = "fossatray.log"
) -> Callable[[], None]:
    """Write all areas to a file in the log folder, 1 MiB a file and five older ones; return what closes it.

    The warnings and errors of the event loop and of the scheduler go there, too.

    A log folder that cannot be written to leaves the program without a log, never without itself.
    """
    root = logging.getLogger(ROOT)
    root.setLevel(level)
    root.propagate = False
    handler: logging.Handler
    try:
        handler = SafeFileHandler(
            paths.logs / name,
            maxBytes=_FILE_BYTES,
            backupCount=_FILES_KEPT,
            encoding="utf-8",
            errors="backslashreplace",
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(RedactingFormatter(redactor))
    root.addHandler(handler)
    foreign = [logging.getLogger(area) for area in _FOREIGN]
    former = [one.level for one in foreign]
    for one in foreign:
        one.setLevel(logging.WARNING)
        one.addHandler(handler)

    def close() -> None:
        for one, before in zip(foreign, former, strict=True):
            one.removeHandler(handler)
            one.setLevel(before)
        root.removeHandler(handler)
        handler.close()
        root.propagate = True

    return close


def detail_log(on: bool) -> None:
    """Write details, too, or what matters only. Nothing of the redaction changes with it."""
    logging.getLogger(ROOT).setLevel(logging.DEBUG if on else logging.INFO)


def install_qt_messages() -> Callable[[], None]:
    """Write Qt's own messages to the area "qt"; return what puts the former handler back."""
    from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler  # a headless run needs no Qt

    levels = {
        QtMsgType.QtDebugMsg: logging.DEBUG,
        QtMsgType.QtInfoMsg: logging.INFO,
        QtMsgType.QtWarningMsg: logging.WARNING,
        QtMsgType.QtCriticalMsg: logging.ERROR,
        QtMsgType.QtFatalMsg: logging.CRITICAL,
    }
    log = logging.getLogger(f"{ROOT}.qt")

    def handle(kind: QtMsgType, context: QMessageLogContext, message: str | None) -> None:
        category = context.category
        log.log(levels.get(kind, logging.WARNING), "%s: %s", category or "default", message)

    former = qInstallMessageHandler(handle)

    def restore() -> None:
        qInstallMessageHandler(former)

    return restore

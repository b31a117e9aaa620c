"""The one place where Playwright's errors become ours; their texts never leave the process unredacted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import TimeoutError as PlaywrightTimeout

from fossatray.core.errors import (
    BrowserCrashed,
    CertificateInvalid,
    FossaError,
    LayoutChanged,
    LedElsewhere,
    PortalAnswerBroken,
    PortalError,
    PortalTimeout,
    PortalUnreachable,
)
from fossatray.core.text import one_line, visible

_GONE = (
    "has been closed",
    "Page crashed",
    "Target crashed",
    "Browser closed",
    "Connection closed",
    "Browser has been closed",
)
_FILE = "Download is starting"
_REPLACED = (
    "Execution context was destroyed",
    "Cannot find context",
    "Frame was detached",
    "frame got detached",
    "navigating and changing the content",
    "is interrupted by another navigation",
)
_UNREACHABLE = (
    "NAME_NOT_RESOLVED", "NAME_RESOLUTION_FAILED", "CONNECTION_REFUSED", "CONNECTION_RESET", "CONNECTION_CLOSED",
    "CONNECTION_ABORTED", "CONNECTION_FAILED", "ADDRESS_UNREACHABLE", "ADDRESS_INVALID", "INTERNET_DISCONNECTED",
    "NETWORK_CHANGED", "NETWORK_ACCESS_DENIED", "EMPTY_RESPONSE", "SOCKET_NOT_CONNECTED", "NETWORK_IO_SUSPENDED",
)  # fmt: skip


def was_replaced(error: PlaywrightError) -> bool:
    """Tell whether the page went to another document while something was asked of it."""
    return any(part in error.message for part in _REPLACED)


def net_code(error: PlaywrightError) -> str | None:
    """Return the browser's network error ("CERT_DATE_INVALID"), if this is one."""
    match = re.search(r"net::ERR_([A-Z0-9_]+)", error.message)
    return match[1] if match else None


def redacted(error: BaseException) -> str:
    """Return a short line about a foreign error for the log: no call log, no quoted values, no addresses' queries."""
    text = str(error).partition("Call log:")[0].partition("=== logs ===")[0].strip()
    text = re.sub(r"""(["'`]).*?\1""", "…", text, flags=re.DOTALL)
    text = re.sub(r"(https?://[^\s/?#]+)[^\s]*", r"\1/…", text)
    return one_line(visible(f"{type(error).__name__}: {text}"), 200)


@contextmanager
def portal_errors(log: Callable[[str, str], None]) -> Iterator[None]:
    """Turn Playwright's errors into ours; the original goes, redacted, to `log(level, text)`."""
    try:
        yield
    except PlaywrightTimeout as error:
        log("DEBUG", redacted(error))
        raise PortalTimeout from None
    except PlaywrightError as error:
        log("DEBUG", redacted(error))
        raise _ours(error) from None
    except TimeoutError:
        raise PortalTimeout from None


def _ours(error: PlaywrightError) -> FossaError:
    if any(part in error.message for part in _GONE):
        return BrowserCrashed()
    if _FILE in error.message:
        return LayoutChanged("The portal sent a file instead of a page.")
    code = net_code(error)
    if code is None:
        return PortalError("The browser could not do what was asked of it on the portal's page.")
    if code.startswith(("CERT_", "SSL_", "BAD_SSL")):
        return CertificateInvalid()
    if code in ("TIMED_OUT", "CONNECTION_TIMED_OUT"):
        return PortalTimeout()
    if code in _UNREACHABLE:
        return PortalUnreachable()
    if code.startswith(("PROXY_", "TUNNEL_", "UNSAFE_", "BLOCKED_BY")):
        return LedElsewhere()
    return PortalAnswerBroken(f"The browser could not load the portal's page ({code}).")

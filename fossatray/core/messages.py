"""What the engine and the scrape process say to each other; core.wire says how it crosses, one JSON line each.

The engine sends one ScrapeRequest and answers each SigningIn by a SignInAnswer; all others come from the scrape.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import ErrorInfo
from fossatray.core.evidence import Evidence
from fossatray.core.orders import WorkOrder
from fossatray.core.portal_check import PortalStep
from fossatray.core.runs import Phase
from fossatray.core.secret import Secret
from fossatray.core.sessions import SessionDropped, SessionSealed

ORDER_LIMIT = 50_000
"""How many orders one list may hold."""
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
    missing in the list are looked for in the list of completed ones. So are the `departed`, which left it before and
    are not known to be completed: by the way, or, if `departed_wanted`, also where none is missing. `known_listed`
    tells that the last sync saw all of them in the list, `shown` how many of them show a field (core.shown_fields).
    `parallel` is how many pages of the portal may be read at once; a list is read by two at most.

    For the job "dispensers": `locations` are the sites to read, `pause` the seconds between two sites in one page
    (None: as the profile says).
    `evidence` is how many seconds taking it may last, 0 for none.

    The job "portal_check" brings, besides its steps, the orders of one page, and the dispensers of one site of theirs.

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
    shown: tuple[tuple[str, int], ...] = ()
    departed: tuple[str, ...] = ()
    departed_wanted: bool = False
    locations: tuple[LocationWanted, ...] = ()
    parallel: int = 3
    pause: float | None = None
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

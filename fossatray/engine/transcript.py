"""What a scrape process may say, and in which order: everything else ends the run. Nothing of it is trusted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fossatray.core.dispensers import LocationWanted
from fossatray.core.errors import FossaError, ScrapeProcessDied
from fossatray.core.evidence import Evidence
from fossatray.core.messages import (
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
    SigningIn,
)
from fossatray.core.orders import WorkOrder
from fossatray.core.portal_check import STEP_LIMIT, PortalStep
from fossatray.core.runs import Phase
from fossatray.core.sessions import SessionDropped, SessionSealed
from fossatray.core.urls import own_link
from fossatray.core.wire import error_of

if TYPE_CHECKING:  # it knows this module
    from fossatray.engine.jobs import Job

MESSAGE_LIMIT = 5 * ORDER_LIMIT + 50_000  # a list may be read 3 times, and begun again for a session and for a tab
OUTPUT_LIMIT = 256 * 1024 * 1024
LOG_LIMIT = 5_000
BROWSER_LIMIT = 3
NONE_COMPLETED = CompletedRead((), whole=False)
"""What is known of completed orders where nothing was said of them."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a scrape brought: the orders of a list proved complete, the closing message, and the browser used.

    `completed` is which of the known orders are completed. Of the `wanted` sites each is in `locations` or `failures`.
    `steps` are those of a check of the portal profile; its orders and dispensers are those that it looked at.
    """

    orders: tuple[WorkOrder, ...]
    finished: Finished
    browser: BrowserChosen | None
    completed: CompletedRead = NONE_COMPLETED
    wanted: tuple[LocationWanted, ...] = ()
    locations: tuple[LocationRead, ...] = ()
    failures: tuple[LocationFailed, ...] = ()
    steps: tuple[PortalStep, ...] = ()

    @property
    def found(self) -> int:
        """How many orders, or dispensers, were read."""
        return len(self.orders) + sum(len(location.dispensers) for location in self.locations)


class ScrapeFailed(Exception):
    """A scrape ended with an error of ours; `empty_sign` is the sign of a list that looked empty."""

    def __init__(self, error: FossaError, empty_sign: str | None = None) -> None:
        super().__init__(error.message)
        self.error = error
        self.empty_sign = empty_sign


@dataclass
class Transcript:
    """Takes a scrape's messages one by one and refuses those that may not come now."""

    job: Job
    origin: str
    sign_in_limit: int
    output_limit: int = OUTPUT_LIMIT
    sought: frozenset[str] = frozenset()
    """Orders that are completed if they are not in the list, but in that of the completed ones."""
    wanted: tuple[LocationWanted, ...] = ()
    orders: dict[str, WorkOrder] = field(default_factory=dict)
    completed: CompletedRead | None = None
    sites: dict[str, LocationRead | LocationFailed] = field(default_factory=dict)
    steps: list[PortalStep] = field(default_factory=list)
    browser: BrowserChosen | None = None
    evidence: Evidence | None = None
    sealed: str | None = None
    end: Finished | Failed | None = None
    signing_in: bool = False
    turned_away: bool = False
    attempts: int = 1
    """See core.runs.Run: 1, and 1 more for each sign-in and each reading of the list that was begun again."""
    _wants_evidence: bool = False
    _has_session: bool = False
    _may_keep_session: bool = False
    _has_list_begun: bool = False
    _sign_ins: int = 0
    _browsers: int = 0
    _logs: int = 0
    _messages: int = 0
    _bytes: int = 0

    def expect(self, request: ScrapeRequest) -> None:
        """Say what the scrape is asked, before its first message."""
        self.sought, self.wanted = frozenset((*request.known, *request.departed)), request.locations
        self._wants_evidence = request.evidence > 0
        self._has_session, self._may_keep_session = request.session is not None, request.keep_session

    def take(self, message: Message, size: int) -> None:
        """Note a message that came as a line of `size` bytes. Raises ScrapeProcessDied if it may not come now."""
        self._messages += 1
        self.note_output(size)
        if self._messages > MESSAGE_LIMIT:
            raise _nonsense("more than it may")
        if isinstance(message, LogLine):
            self._logs += 1
            return
        if self.end is not None:
            raise _nonsense("more after its end")
        if isinstance(message, OrderRead | CompletedRead | LocationRead | LocationFailed | PortalStep):
            self._take_data(message)
        elif isinstance(message, SigningIn | SignedIn):
            self._take_sign_in(message)
        elif isinstance(message, BrowserChosen):
            self._browsers += 1
            self.browser = message
            if self._browsers > BROWSER_LIMIT:
                raise _nonsense("too many browsers")
        elif isinstance(message, Evidence | SessionSealed | SessionDropped):
            self._take_aside(message)
        elif isinstance(message, Finished):
            self._take_finished(message)
        elif isinstance(message, Failed):
            self.end = message
        else:
            assert isinstance(message, PageProgress)
            self._take_progress(message)

    def note_output(self, size: int) -> None:
        """Count bytes that the process wrote. Raises ScrapeProcessDied when they are more than it may write."""
        self._bytes += size
        if self._bytes > self.output_limit:
            raise _nonsense("more than it may")

    @property
    def log_is_full(self) -> bool:
        """Whether the scrape has written as many log lines as a run may."""
        return self._logs > LOG_LIMIT

    def reading(self) -> Reading:
        """Return what the scrape brought. Raises ScrapeFailed for its failure, ScrapeProcessDied if it never ended."""
        if isinstance(self.end, Failed):
            raise ScrapeFailed(error_of(self.end), self.end.empty_sign)
        if self.end is None:
            raise ScrapeProcessDied("The reading process ended without an answer.")
        sites = self.sites.values()
        return Reading(
            tuple(self.orders.values()),
            self.end,
            self.browser,
            self.completed or NONE_COMPLETED,
            self.wanted,
            tuple(site for site in sites if isinstance(site, LocationRead)),
            tuple(site for site in sites if isinstance(site, LocationFailed)),
            tuple(self.steps),
        )

    def _take_data(self, message: OrderRead | CompletedRead | LocationRead | LocationFailed | PortalStep) -> None:
        if type(message) not in self.job.answers:
            raise _nonsense("something that was not asked for")
        if isinstance(message, OrderRead):
            self._take_order(message.order)
        elif isinstance(message, CompletedRead):
            self._take_completed(message)
        elif isinstance(message, PortalStep):
            self.steps.append(message)
            if len(self.steps) > STEP_LIMIT:
                raise _nonsense("too many steps of a check")
        else:
            self._take_site(message)

    def _take_order(self, order: WorkOrder) -> None:
        if len(self.orders) >= ORDER_LIMIT or order.number in self.orders or self.completed is not None:
            raise _nonsense("an order that was not to come")
        links = (order.customer_url, order.location_url, order.visit.url if order.visit else None)
        if any(link is not None and own_link(self.origin, link) != link for link in links):
            raise _nonsense("a link to somewhere else")
        self.orders[order.number] = order

    def _take_completed(self, message: CompletedRead) -> None:
        """Take which orders are completed: of those that are looked for and not in the list, and once."""
        missing = self.sought.difference(self.orders)
        days = [number for number, _ in message.days]
        dated = len(set(days)) == len(days) and set(days).issubset(message.numbers)
        if self.completed is not None or not missing.issuperset(message.numbers) or not dated:
            raise _nonsense("completed orders that were not asked for")
        self.completed = message

    def _take_site(self, message: LocationRead | LocationFailed) -> None:
        """Take what came of a site: of those wanted, each once; where none is, of those of the orders."""
        url = message.location_url
        asked: list[str | None] = [one.url for one in self.wanted]
        asked = asked or [order.location_url for order in self.orders.values()]
        if url in self.sites or url not in asked:
            raise _nonsense("a site that was not asked for")
        self.sites[url] = message

    def _take_sign_in(self, message: SigningIn | SignedIn) -> None:
        asking = isinstance(message, SigningIn)
        if asking == self.signing_in:
            raise _nonsense("the steps of a sign-in in another order")
        self.signing_in = asking
        self.turned_away = isinstance(message, SignedIn) and message.result in ("refused", "locked")
        self._sign_ins += asking
        if asking and self._sign_ins > 1:
            self.attempts += 1
            self._has_list_begun = False  # that the list is read from its start after it is no attempt of its own
        if self._sign_ins > self.sign_in_limit:
            raise _nonsense("too many sign-ins")

    def _take_aside(self, message: Evidence | SessionSealed | SessionDropped) -> None:
        """Take evidence, and what is said of the session: that the one given is of no use, or which is to be kept."""
        if isinstance(message, Evidence):
            if self.evidence is not None or not self._wants_evidence:
                raise _nonsense("evidence that was not asked for")
            self.evidence = message
            return
        wanted = self._has_session if isinstance(message, SessionDropped) else self._may_keep_session
        if self.sealed is not None or not wanted:
            raise _nonsense("a session that was not asked for")
        if isinstance(message, SessionSealed):
            self.sealed = message.text
        self._has_session = False

    def _take_progress(self, message: PageProgress) -> None:
        """Count a list that is read again, and forget what came of it before.

        A reading begins at its first page, with nothing found yet.
        """
        if (
            OrderRead not in self.job.answers
            or message.phase is not Phase.SCRAPING
            or message.found
            or message.page != 1
        ):
            return
        self.orders.clear()
        self.attempts += self._has_list_begun
        self._has_list_begun = True

    def _take_finished(self, message: Finished) -> None:
        sent = sum(len(site.dispensers) for site in self.sites.values() if isinstance(site, LocationRead))
        if message.count != len(self.orders) + sent:
            raise _nonsense("another number than it counted")
        if any(one.url not in self.sites for one in self.wanted):
            raise _nonsense("nothing of a site that was asked for")
        if self.job.answers and not message.proof:
            raise _nonsense("a list without a proof that it is complete")
        if self.signing_in or self.turned_away:
            raise _nonsense("an end without having signed in")
        self.end = message


def _nonsense(what: str) -> ScrapeProcessDied:
    return ScrapeProcessDied(f"The reading process sent {what}.")

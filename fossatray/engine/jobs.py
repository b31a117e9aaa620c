"""The kinds of job there are, one class a kind: what the scrape is asked, what it may answer, what becomes of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fossatray.core.errors import InvalidInput
from fossatray.core.messages import (
    ORDER_LIMIT,
    CompletedRead,
    LocationFailed,
    LocationRead,
    Message,
    OrderRead,
    ScrapeRequest,
)
from fossatray.core.portal_check import PortalStep
from fossatray.core.runs import ALL_FRESH, DISPENSERS, NO_SITES, WORK_ORDERS, Run
from fossatray.core.shown_fields import shown_fields
from fossatray.engine.dispenser_ledger import commit_dispensers, stale_sites, wanted_sites
from fossatray.engine.ledger import commit
from fossatray.engine.transcript import Reading
from fossatray.store.store import Store

_LATELY = timedelta(days=30)
_MOST_DEPARTED = 500
TEST_SIGN_IN = "test_sign_in"
PORTAL_CHECK = "portal_check"


class NothingToRead(Exception):
    """There is nothing to ask the portal for; `reason` says why, for the history."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Errand:
    """One run of a job: its request as far as every job shares it, whether what is fresh is read anew, and when."""

    request: ScrapeRequest
    force: bool
    now: datetime


class Job:
    """One kind of job. `answers` are the kinds of message that may bring its data."""

    name: str
    answers: frozenset[type[Message]] = frozenset()

    def request(self, store: Store, errand: Errand) -> ScrapeRequest:
        """Return what the scrape is asked. Raises NothingToRead."""
        return errand.request


class RunJob(Job, ABC):
    """A job that is a run in the ledger; schedules may do it."""

    @abstractmethod
    def commit(self, store: Store, run: Run, reading: Reading, now: datetime, *, confirmed: bool, believe: bool) -> Run:
        """Save what was read with the run's outcome in one transaction, and return the ended run.

        `confirmed` says that a person vouched for what was read, `believe` that the portal truly shows less than
        before. Raises ScrapeFailed where nothing could be read after all, NoLongerShown, StoreError.
        """


class WorkOrders(RunJob):
    """Reads the list of open orders, and looks for those missing there in the list of completed ones."""

    name = WORK_ORDERS
    answers = frozenset({OrderRead, CompletedRead})

    def request(self, store: Store, errand: Errand) -> ScrapeRequest:
        """Say which open orders are known, and whether the last sync saw each in the list: none is held back.

        Say, too, which left it lately, and may have been completed since, or when the completed ones could not be read.
        """
        account_id = errand.request.account_id
        known, held_back = store.orders.open(account_id), store.orders.held_back(account_id)
        departed = store.orders.departed(account_id, errand.now - _LATELY, _MOST_DEPARTED)
        last = store.runs.last_success(account_id, WORK_ORDERS)
        return replace(
            errand.request,
            known=tuple(known)[:ORDER_LIMIT],
            known_listed=not held_back,
            shown=tuple(shown_fields(known.values()).items()),
            departed=tuple(departed),
            departed_wanted=_is_time_to_look(departed.values(), last, errand.now),
        )

    def commit(self, store: Store, run: Run, reading: Reading, now: datetime, *, confirmed: bool, believe: bool) -> Run:
        """Save orders, changes and outcome."""
        return commit(store, run, reading, now, confirmed=confirmed, believe=believe)


def _is_time_to_look(departures: Iterable[datetime], last: Run | None, now: datetime) -> bool:
    """Tell whether orders that left before are looked for even if none is missing now.

    That is so once a day (UTC), and in the sync after the one in which an order left.
    """
    if last is None or last.finished_at is None:
        return True
    return last.finished_at.date() != now.date() or any(at >= last.finished_at for at in departures)


class Dispensers(RunJob):
    """Reads the dispensers at the sites of open orders with a service that concerns them."""

    name = DISPENSERS
    answers = frozenset({LocationRead, LocationFailed})

    def request(self, store: Store, errand: Errand) -> ScrapeRequest:
        """Name the sites. Raises NothingToRead where no order asks for any, or all were read lately."""
        account_id = errand.request.account_id
        wanted = wanted_sites(store, account_id)
        if not wanted:
            raise NothingToRead(NO_SITES)
        if not errand.force:
            wanted = stale_sites(store, account_id, wanted, errand.now)
        if not wanted:
            raise NothingToRead(ALL_FRESH)
        return replace(errand.request, locations=wanted)

    def commit(self, store: Store, run: Run, reading: Reading, now: datetime, *, confirmed: bool, believe: bool) -> Run:
        """Save dispensers, changes, the sites' states and the outcome."""
        return commit_dispensers(store, run, reading, now, believe=believe)


class TestSignIn(Job):
    """Signs in and out again; brings nothing, and is no run."""

    __test__ = False

    name = TEST_SIGN_IN


class PortalCheck(Job):
    """Holds a portal profile beside the portal; brings its steps, and what it read there. It is no run."""

    name = PORTAL_CHECK
    answers = frozenset({PortalStep, OrderRead, LocationRead})


RUN_JOBS: dict[str, RunJob] = {job.name: job for job in (WorkOrders(), Dispensers())}
JOBS: dict[str, Job] = {**RUN_JOBS, TEST_SIGN_IN: TestSignIn(), PORTAL_CHECK: PortalCheck()}


def refuse_unknown(job: str) -> None:
    """Raise InvalidInput, with the names that there are, for what is no job of a run."""
    if job not in RUN_JOBS:
        raise InvalidInput("There is no such kind of job.", advice=f"There are: {', '.join(RUN_JOBS)}.")

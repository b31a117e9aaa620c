"""The kinds of job there are, one class a kind: what the scrape is asked, what it may answer, what becomes of that."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import datetime

from fossatray.core.dispensers import wanted_locations
from fossatray.core.errors import InvalidInput
from fossatray.core.locations import stale_locations
from fossatray.core.portal_check import PortalStep
from fossatray.core.runs import ALL_FRESH, DISPENSERS, NO_SITES, WORK_ORDERS, Run
from fossatray.core.wire import (
    ORDER_LIMIT,
    CompletedRead,
    LocationFailed,
    LocationRead,
    Message,
    OrderRead,
    ScrapeRequest,
)
from fossatray.engine.dispenser_ledger import commit_dispensers
from fossatray.engine.ledger import commit
from fossatray.engine.transcript import Reading
from fossatray.store.defaults import codes
from fossatray.store.store import Store

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
        """Say which open orders are known, and whether the last sync saw each in the list: none is held back."""
        account_id = errand.request.account_id
        known, held_back = store.orders.open_numbers(account_id), store.orders.held_back(account_id)
        return replace(errand.request, known=known[:ORDER_LIMIT], known_listed=not held_back)

    def commit(self, store: Store, run: Run, reading: Reading, now: datetime, *, confirmed: bool, believe: bool) -> Run:
        """Save orders, changes and outcome."""
        return commit(store, run, reading, now, confirmed=confirmed, believe=believe)


class Dispensers(RunJob):
    """Reads the dispensers at the sites of open orders with a service that concerns them."""

    name = DISPENSERS
    answers = frozenset({LocationRead, LocationFailed})

    def request(self, store: Store, errand: Errand) -> ScrapeRequest:
        """Name the sites. Raises NothingToRead where no order asks for any, or all were read lately."""
        account_id, settings = errand.request.account_id, store.settings
        orders = store.orders.open(account_id).values()
        wanted = wanted_locations(orders, codes(settings.get("dispenser_codes")))
        if not wanted:
            raise NothingToRead(NO_SITES)
        if not errand.force:
            days = int(settings.get("dispenser_fresh_days"))
            wanted = stale_locations(wanted, store.dispensers.locations(account_id), errand.now, days)
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
    """Holds a portal profile beside the portal; brings its steps, and is no run."""

    name = PORTAL_CHECK
    answers = frozenset({PortalStep})


RUN_JOBS: dict[str, RunJob] = {job.name: job for job in (WorkOrders(), Dispensers())}
JOBS: dict[str, Job] = {**RUN_JOBS, TEST_SIGN_IN: TestSignIn(), PORTAL_CHECK: PortalCheck()}


def refuse_unknown(job: str) -> None:
    """Raise InvalidInput, with the names that there are, for what is no job of a run."""
    if job not in RUN_JOBS:
        raise InvalidInput("There is no such kind of job.", advice=f"There are: {', '.join(RUN_JOBS)}.")

"""What a scrape may say, and when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import PortalTimeout, ScrapeProcessDied, SignInRefused
from fossatray.core.messages import (
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
from fossatray.core.runs import DISPENSERS, WORK_ORDERS, Phase
from fossatray.core.sessions import SessionDropped, SessionSealed
from fossatray.core.wire import failure
from fossatray.engine.jobs import JOBS, TEST_SIGN_IN
from fossatray.engine.transcript import LOG_LIMIT, OUTPUT_LIMIT, ScrapeFailed, Transcript
from tests.unit.engine.world import ORIGIN, order

BROWSER = BrowserChosen("/usr/bin/chromium", "Chromium", sandbox=True)
SIGNED_IN: tuple[Message, ...] = (SigningIn(), SignedIn("accepted"))
ONE: tuple[Message, ...] = (OrderRead(order(1)), Finished(1, "proof"))


SITES = tuple(LocationWanted(f"{ORIGIN}/app/customers/locations/{number}/") for number in (1, 2))
READ = LocationRead(SITES[0].url, (Dispenser("1/2"), Dispenser("3/4")))
NOT_READ = LocationFailed(SITES[1].url, PortalTimeout().info())


def told(*messages: Message, job: str = WORK_ORDERS) -> Transcript:
    """What is made of messages; asked for are the orders known as 1, 2 and 3, or two sites."""
    transcript = Transcript(JOBS[job], ORIGIN, sign_in_limit=3)
    asked = ScrapeRequest(job, "a", ORIGIN, "u", "/nowhere")
    sites = SITES if job == DISPENSERS else ()
    transcript.expect(replace(asked, known=("1", "2", "3"), locations=sites))
    for message in messages:
        transcript.take(message, 100)
    return transcript


def test_a_whole_story_is_a_reading() -> None:
    reading = told(BROWSER, PageProgress(Phase.LOGGING_IN), *SIGNED_IN, *ONE).reading()
    assert [one.number for one in reading.orders] == ["1"]
    assert reading.browser == BROWSER


LIST_BEGINS = PageProgress(Phase.SCRAPING, found=0, page=1, pages=2)
PAGE_2 = PageProgress(Phase.SCRAPING, found=100, page=2, pages=2, done=0.5)
CHECK_1 = PageProgress(Phase.SCRAPING, found=200, page=1, pages=2, done=0.8, checking=True)
UNCLEAR: tuple[Message, ...] = (SigningIn(), SignedIn("unclear"))


@pytest.mark.parametrize(
    ("messages", "attempts"),
    [
        ((), 1),
        ((*SIGNED_IN, LIST_BEGINS, PAGE_2), 1),
        ((*SIGNED_IN, LIST_BEGINS, PAGE_2, CHECK_1), 1),
        ((*UNCLEAR, *SIGNED_IN, LIST_BEGINS, PAGE_2), 2),
        ((*SIGNED_IN, LIST_BEGINS, PAGE_2, LIST_BEGINS, PAGE_2), 2),
        ((*SIGNED_IN, LIST_BEGINS, PAGE_2, *SIGNED_IN, LIST_BEGINS, PAGE_2), 2),
        ((*UNCLEAR, *SIGNED_IN, LIST_BEGINS, LIST_BEGINS, LIST_BEGINS), 4),
    ],
)
def test_what_was_tried_again_is_counted(messages: tuple[Message, ...], attempts: int) -> None:
    assert told(*messages).attempts == attempts


def test_a_log_line_may_come_after_the_end() -> None:
    assert told(*ONE, LogLine("INFO", "closing")).reading().finished.count == 1


@pytest.mark.parametrize(
    "messages",
    [
        (*ONE, OrderRead(order(2))),
        (*ONE, Finished(1, "proof")),
        (failure(PortalTimeout()), Finished(0, "proof")),
        (OrderRead(order(1)), OrderRead(order(1)), Finished(2, "proof")),
        (OrderRead(order(1)), Finished(2, "proof")),
        (OrderRead(order(1)), Finished(1, "")),
        (SignedIn("accepted"),),
        (SigningIn(), SigningIn()),
        (SigningIn(), *ONE),
        (SigningIn(), SignedIn("refused"), *ONE),
        (SigningIn(), SignedIn("locked"), *ONE),
        (*SIGNED_IN, *SIGNED_IN, *SIGNED_IN, SigningIn()),
        (BROWSER,) * 4,
    ],
    ids=[
        "order after the end",
        "two ends",
        "success after failure",
        "the same order twice",
        "fewer orders than counted",
        "no proof",
        "signed in unasked",
        "asked twice",
        "end in mid-sign-in",
        "success after a refusal",
        "success after a lock-out",
        "too many sign-ins",
        "too many browsers",
    ],
)
def test_what_may_not_come_now_ends_the_run(messages: tuple[Message, ...]) -> None:
    with pytest.raises(ScrapeProcessDied):
        told(*messages)


@pytest.mark.parametrize("field", ["customer_url", "location_url"])
@pytest.mark.parametrize("link", ["https://evil.example/a", "javascript:alert(1)", "//evil.example", "/relative"])
def test_a_link_to_another_origin_ends_the_run(field: str, link: str) -> None:
    with pytest.raises(ScrapeProcessDied, match="somewhere else"):
        told(OrderRead(order(1, **{field: link})))


def test_a_visit_s_link_is_checked_too() -> None:
    visit = order(1).visit
    assert visit is not None
    with pytest.raises(ScrapeProcessDied):
        told(OrderRead(replace(order(1), visit=replace(visit, url="https://portal.example.evil/a"))))


def test_a_sign_in_test_brings_no_orders() -> None:
    assert told(*SIGNED_IN, Finished(0, ""), job=TEST_SIGN_IN).reading().orders == ()
    with pytest.raises(ScrapeProcessDied):
        told(OrderRead(order(1)), job=TEST_SIGN_IN)


def test_which_known_orders_are_completed_is_taken_once() -> None:
    completed = CompletedRead(("2",), whole=True)
    assert told(OrderRead(order(1)), completed, Finished(1, "proof")).reading().completed == completed
    assert told(*ONE).reading().completed == CompletedRead((), whole=False)
    with pytest.raises(ScrapeProcessDied, match="completed orders"):
        told(OrderRead(order(1)), completed, completed)


@pytest.mark.parametrize("number", ["1", "4"])
def test_an_order_in_the_list_or_not_known_cannot_be_completed(number: str) -> None:
    with pytest.raises(ScrapeProcessDied, match="completed orders"):
        told(OrderRead(order(1)), CompletedRead((number,), whole=True))


@pytest.mark.parametrize("numbers", [("3",), ("2", "2")])
def test_a_day_belongs_to_a_completed_order_and_each_has_one(numbers: tuple[str, ...]) -> None:
    days = tuple((number, date(2025, 6, 13)) for number in numbers)
    with pytest.raises(ScrapeProcessDied, match="completed orders"):
        told(OrderRead(order(1)), CompletedRead(("2",), whole=True, days=days))


def test_no_order_comes_after_the_completed_ones() -> None:
    with pytest.raises(ScrapeProcessDied):
        told(CompletedRead(("2",), whole=True), OrderRead(order(2)))


def test_of_each_site_that_was_asked_for_something_is_told() -> None:
    reading = told(*SIGNED_IN, READ, NOT_READ, Finished(2, "all sites"), job=DISPENSERS).reading()
    assert (reading.locations, reading.failures, reading.wanted) == ((READ,), (NOT_READ,), SITES)
    assert reading.found == 2


@pytest.mark.parametrize(
    "messages",
    [
        (READ, READ),
        (READ, LocationFailed(READ.location_url, PortalTimeout().info())),
        (LocationRead(f"{ORIGIN}/app/customers/locations/3/", ()),),
        (LocationRead("https://evil.example/", ()),),
        (READ, Finished(2, "all sites")),
        (READ, NOT_READ, Finished(1, "all sites")),
        (READ, NOT_READ, Finished(2, "")),
        (OrderRead(order(1)),),
        (CompletedRead((), whole=True),),
    ],
    ids=[
        "a site twice",
        "read and failed",
        "not asked for",
        "somewhere else",
        "one left out",
        "another count",
        "no proof",
        "an order",
        "completed orders",
    ],
)
def test_of_sites_nothing_else_may_come(messages: tuple[Message, ...]) -> None:
    with pytest.raises(ScrapeProcessDied):
        told(*messages, job=DISPENSERS)


def test_a_list_of_orders_brings_no_dispensers() -> None:
    with pytest.raises(ScrapeProcessDied, match="not asked for"):
        told(READ)


def test_sites_done_are_no_new_attempts() -> None:
    steps = [PageProgress(Phase.SCRAPING, found=0, page=page, pages=2) for page in (0, 1, 1, 2)]
    assert told(*SIGNED_IN, *steps, job=DISPENSERS).attempts == 1


DROPPED, SEALED = SessionDropped("the portal ended it"), SessionSealed("QUJD")


def told_of_a_session(*messages: Message, session: str | None, keep: bool) -> Transcript:
    transcript = Transcript(JOBS[WORK_ORDERS], ORIGIN, sign_in_limit=3)
    asked = ScrapeRequest(WORK_ORDERS, "a", ORIGIN, "u", "/nowhere", session=session, keep_session=keep)
    transcript.expect(asked)
    for message in messages:
        transcript.take(message, 100)
    return transcript


def test_a_session_is_dropped_and_another_one_kept() -> None:
    transcript = told_of_a_session(DROPPED, *SIGNED_IN, OrderRead(order(1)), SEALED, ONE[1], session="QQ==", keep=True)
    assert transcript.reading().found == 1
    assert (transcript.sealed, transcript.attempts) == ("QUJD", 1)
    assert told_of_a_session(SEALED, session=None, keep=True).sealed == "QUJD"


@pytest.mark.parametrize(
    ("messages", "session", "keep"),
    [
        ((SEALED,), None, False),
        ((SEALED, SEALED), None, True),
        ((DROPPED,), None, True),
        ((DROPPED, DROPPED), "QQ==", True),
        ((SEALED, DROPPED), "QQ==", True),
    ],
)
def test_nothing_else_is_said_of_a_session(messages: tuple[Message, ...], session: str | None, keep: bool) -> None:
    with pytest.raises(ScrapeProcessDied):
        told_of_a_session(*messages, session=session, keep=keep)


def test_silence_is_no_reading() -> None:
    with pytest.raises(ScrapeProcessDied, match="without an answer"):
        told(*SIGNED_IN).reading()


def test_a_failure_carries_its_error_and_the_empty_sign() -> None:
    with pytest.raises(ScrapeFailed) as caught:
        told(failure(SignInRefused(), empty_sign="No results")).reading()
    assert isinstance(caught.value.error, SignInRefused)
    assert caught.value.empty_sign == "No results"


def test_a_failure_may_come_in_mid_sign_in() -> None:
    assert isinstance(told(SigningIn(), failure(PortalTimeout())).end, Failed)


@pytest.mark.parametrize("flood", [lambda one: one.take(BROWSER, OUTPUT_LIMIT + 1)])
def test_the_whole_is_bounded(flood: Callable[[Transcript], None]) -> None:
    with pytest.raises(ScrapeProcessDied, match="more than it may"):
        flood(told())


def test_the_log_is_bounded() -> None:
    transcript = told(*[LogLine("INFO", "noise")] * LOG_LIMIT)
    assert not transcript.log_is_full
    transcript.take(LogLine("INFO", "noise"), 10)
    assert transcript.log_is_full


def test_a_list_that_is_read_again_begins_without_the_orders_of_before() -> None:
    begins = PageProgress(Phase.SCRAPING, 0, 1, 2, 0.0)
    goes_on = PageProgress(Phase.SCRAPING, 1, 2, 2, 0.4)
    again = told(*SIGNED_IN, begins, OrderRead(order(1)), goes_on, OrderRead(order(2)), begins, *ONE)
    assert [one.number for one in again.reading().orders] == ["1"]
    assert again.attempts == 2
    with pytest.raises(ScrapeProcessDied, match="another number"):
        told(begins, OrderRead(order(1)), begins, Finished(1, "proof"))


def test_orders_without_a_proof_count_for_nothing() -> None:
    begins = PageProgress(Phase.SCRAPING, 0, 1, 2, 0.0)
    with pytest.raises(ScrapeFailed):
        told(*SIGNED_IN, begins, OrderRead(order(1)), failure(PortalTimeout())).reading()
    with pytest.raises(ScrapeProcessDied, match="without an answer"):
        told(*SIGNED_IN, begins, OrderRead(order(1))).reading()

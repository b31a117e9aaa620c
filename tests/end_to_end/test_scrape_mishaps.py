"""Each failure mode of the portal ends in its own error, or is overcome with every order read."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from fossatray.core.evidence import Evidence
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.harness.mishap_rows import PATIENCE_S, leaves_evidence
from tests.harness.scrape_driver import Heard, a_request, scrape
from tests.harness.short_waits import PROFILE, write_short_waits

pytestmark = pytest.mark.browser

NEVER_JUDGED = {Mishap.HANGING_SIGN_IN, Mishap.UNCLEAR_SIGN_IN}
"""Whatever is waited for after the sign-in was posted does not come: it need not be waited for long."""
BUSY = {Mishap.POP_UPS, Mishap.DOWNLOADS, Mishap.DIALOGS}
"""The browser has so much to do at every click that on a loaded machine the list's answer to it takes seconds."""


def run(
    portal: PracticePortal,
    folder: Path,
    browser: Path,
    *,
    after_post: float = 3.0,
    unchanged: float = 1.0,
    **changes: object,
) -> Heard:
    """One scrape at debug level with short waits; whatever happens, the password is nowhere in what it says."""
    profile = write_short_waits(folder / "profile.toml", after_post=after_post, unchanged=unchanged)
    changes = {"page_limit": 20.0, "evidence": PATIENCE_S, "profile_path": profile, **changes}
    request = a_request(portal.origin, portal.username, folder, browser, **changes)
    heard = asyncio.run(scrape(request, portal.password))
    said = repr(heard.messages) + heard.stderr.decode(errors="replace")
    for form in (portal.password, base64.b64encode(portal.password.encode()).decode(), portal.password.encode().hex()):
        assert form not in said
    return heard


def assert_evidence(heard: Heard, mishap: Mishap) -> None:
    """There is evidence of a failure, and it is whole, where docs/mishaps.md says so, and only there."""
    kept = [(one.error, one.picture is not None) for one in heard.all(Evidence)]
    assert kept == ([(heard.error.kind, True)] if leaves_evidence(mishap) else []), heard.log


@pytest.mark.parametrize(
    ("mishap", "kind", "sign_ins"),
    [
        (Mishap.HANGING, "portal_timeout", ["accepted"]),
        (Mishap.HANGING_PAGE, "portal_timeout", ["unclear"]),
        (Mishap.HANGING_SIGN_IN, "sign_in_unclear", ["unclear", "unclear"]),
        (Mishap.SERVER_ERROR, "portal_server_error", ["unclear"]),
        (Mishap.LIST_ERROR, "portal_server_error", ["accepted"]),
        (Mishap.LIST_ERROR_ONCE, "portal_server_error", ["accepted"]),
        (Mishap.LIST_FORBIDDEN, "layout_changed", ["accepted"]),
        (Mishap.LIST_NOT_FOUND, "layout_changed", ["accepted"]),
        (Mishap.FILTER_IGNORED, "layout_changed", ["accepted"]),
        (Mishap.FILTER_PRETENDED, "layout_changed", ["accepted"]),
        (Mishap.LIST_RATE_LIMITED, "asked_too_often", ["accepted"]),
        (Mishap.LIST_WAIT, "asked_too_often", ["accepted"]),
        (Mishap.LIST_IS_A_FILE, "layout_changed", ["accepted"]),
        (Mishap.ELSEWHERE, "led_elsewhere", ["accepted"]),
        (Mishap.SINGLE_SIGN_ON, "sign_in_elsewhere", []),
        (Mishap.SINGLE_SIGN_ON_AFTER_POST, "sign_in_elsewhere", ["unclear"]),
        (Mishap.PAGE_RESET, "portal_unreachable", ["accepted"]),
        (Mishap.DATA_RESET, "portal_unreachable", ["accepted"]),
        (Mishap.SESSION_NEVER_LASTS, "session_lost", ["accepted", "accepted"]),
        (Mishap.WRONG_PASSWORD, "sign_in_refused", ["refused"]),
        (Mishap.LOCK_OUT, "sign_in_locked", ["locked"]),
        (Mishap.RATE_LIMITED, "sign_in_locked", ["locked"]),
        (Mishap.MAINTENANCE, "portal_maintenance", []),
        (Mishap.CONNECTION_DROPPED, "portal_unreachable", ["unclear"]),
        (Mishap.EMPTY_UNPROVED, "empty_not_believed", ["accepted"]),
        (Mishap.CHANGED_LAYOUT, "layout_changed", ["accepted"]),
        (Mishap.RENAMED_LAYOUT, "layout_changed", ["accepted"]),
        (Mishap.MALFORMED_ROWS, "layout_changed", ["accepted"]),
        (Mishap.FOREIGN_DATES, "layout_changed", ["accepted"]),
        (Mishap.UNCLEAR_SIGN_IN, "sign_in_unclear", ["unclear", "unclear"]),
        (Mishap.HOSTILE_SIGN_IN, "sign_in_form_unsafe", []),
        (Mishap.REDIRECT_CIRCLE, "portal_answer_broken", ["accepted"]),
        (Mishap.EMPTY_ANSWER, "portal_answer_broken", ["accepted"]),
        (Mishap.LONG_HEADER, "portal_answer_broken", ["accepted"]),
        (Mishap.LIST_NOTHING, "portal_answer_broken", ["accepted"]),
        (Mishap.LIST_HTML, "portal_answer_broken", ["accepted"]),
        (Mishap.HTTP_SIGN_IN, "sign_in_page_missing", []),
        (Mishap.CAPTIVE_PAGE, "sign_in_page_missing", []),
        (Mishap.MEDDLING_SCRIPT, "portal", ["accepted"]),
    ],
)
def test_a_failure_has_its_own_error(
    mishap: Mishap, kind: str, sign_ins: list[str], tmp_path: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=60, mishaps=[mishap]) as portal:
        after_post = 0.5 if mishap in NEVER_JUDGED else 3.0
        heard = run(portal, tmp_path, browser_path, page_limit=5.0, after_post=after_post)
        posted = len(portal.sign_ins)
    assert heard.error.kind == kind, heard.log
    assert heard.sign_ins == sign_ins
    assert heard.orders == []
    assert heard.status == 1
    assert posted <= len(sign_ins)
    assert_evidence(heard, mishap)


@pytest.mark.parametrize(
    ("mishap", "sign_ins", "pages"),
    [
        (Mishap.SLOW, ["accepted"], 2),
        (Mishap.SERVER_ERROR_ONCE, ["unclear"], 2),
        (Mishap.EXPIRED_SESSION, ["accepted", "accepted"], 2),
        (Mishap.EXPIRED_TOKEN, ["unclear", "accepted"], 2),
        (Mishap.UNCLEAR_SIGN_IN_ONCE, ["unclear", "accepted"], 2),
        (Mishap.PAGE_SIZE_IGNORED, ["accepted"], 5),
        (Mishap.PAGE_SIZE_LYING, ["accepted"], 5),
        (Mishap.PAGE_SIZE_ALREADY_100, ["accepted"], 2),
        (Mishap.GRID_VIEW, ["accepted"], 2),
        (Mishap.VISIBLE_MODAL, ["accepted"], 2),
        (Mishap.SHIFTING_ONCE, ["accepted"], 2),
        (Mishap.REPLACED_ONCE, ["accepted"], 2),
        (Mishap.NO_COUNT, ["accepted"], 2),
        (Mishap.NO_PAGE_NUMBERS, ["accepted"], 2),
        (Mishap.POP_UPS, ["accepted"], 2),
        (Mishap.DOWNLOADS, ["accepted"], 2),
        (Mishap.DIALOGS, ["accepted"], 2),
        (Mishap.LIST_WAIT_ONCE, ["accepted"], 2),
        (Mishap.FIRST_PAGE_WAIT_ONCE, ["accepted"], 2),
        (Mishap.CLOCK_BEHIND, ["accepted"], 2),
    ],
)
def test_a_mishap_is_overcome(
    mishap: Mishap, sign_ins: list[str], pages: int, tmp_path: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=110, mishaps=[mishap]) as portal:
        portal.slow_seconds = 0.5
        heard = run(portal, tmp_path, browser_path, unchanged=10.0 if mishap in BUSY else 1.0)
        assert heard.finished.pages == pages
        assert sorted(order.number for order in heard.orders) == sorted(order.number for order in portal.orders)
    assert heard.sign_ins == sign_ins


@pytest.mark.parametrize("count", [None, Mishap.NO_COUNT, Mishap.NO_PAGE_NUMBERS])
@pytest.mark.parametrize(
    ("mishap", "kind"),
    [
        (Mishap.LIST_ERROR_ON_PAGE_2, "portal_server_error"),
        (Mishap.LIST_LOST_ON_PAGE_2, "portal_unreachable"),
    ],
)
def test_a_second_page_that_does_not_come_is_no_end_of_the_list(
    mishap: Mishap, kind: str, count: Mishap | None, tmp_path: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=180, mishaps=[mishap, *([count] if count else [])]) as portal:
        heard = run(portal, tmp_path, browser_path)
    assert heard.error.kind == kind, heard.log
    assert heard.orders == []


@pytest.mark.parametrize("count", [None, Mishap.NO_COUNT, Mishap.NO_PAGE_NUMBERS])
def test_an_order_that_slips_to_a_page_already_read_is_found(
    count: Mishap | None, tmp_path: Path, browser_path: Path
) -> None:
    """One goes from page 2 and another comes at the end, so that the total stays: page 3's first is then on page 2."""
    mishaps = [Mishap.REPLACED_ON_PAGE_2_ONCE, *([count] if count else [])]
    with PracticePortal(orders=330, mishaps=mishaps) as portal:
        heard = run(portal, tmp_path, browser_path)
        assert sorted(order.number for order in heard.orders) == sorted(order.number for order in portal.orders)
    readings = sum(told.page == 1 and not told.found for told in heard.progress)
    assert readings == (2 if count is None else 3)  # without a total the list is read until two readings agree


@pytest.mark.parametrize(
    ("mishap", "readings", "opened", "sign_ins"),
    [
        (None, 1, 2, 1),
        (Mishap.REPLACED_ON_PAGE_2_ONCE, 2, 3, 1),
        (Mishap.SHIFTING_ONCE, 2, 3, 1),
        (Mishap.EXPIRED_SESSION, 1, 3, 2),
        (Mishap.LIST_WAIT_ONCE, 2, 2, 1),  # then gently: by one page
        (Mishap.LIST_ERROR_ON_PAGE_6_ONCE, 2, 3, 1),  # met by the second page of the browser
        (Mishap.ONE_LIST_A_SESSION, 1, 2, 1),
        (Mishap.LATE_PAGINATOR, 1, 1, 1),  # by one page alone: which page is the last is told too late
        (Mishap.NO_COUNT, 2, 2, 1),  # the same: it is not told at all
    ],
)
def test_a_long_list_is_read_from_both_ends(
    mishap: Mishap | None, readings: int, opened: int, sign_ins: int, tmp_path: Path, browser_path: Path
) -> None:
    latency = 0.5 if mishap is Mishap.LIST_ERROR_ON_PAGE_6_ONCE else 0.0  # the second page asks for it first
    with PracticePortal(orders=650, mishaps=[mishap] if mishap else [], latency=latency) as portal:
        heard = run(portal, tmp_path, browser_path)
        assert sorted(order.number for order in heard.orders) == sorted(order.number for order in portal.orders)
        asked = [path for path in portal.requests if path.startswith("/app/work/list")]
    assert heard.finished.pages == 7
    assert sum(told.page == 1 and not told.found for told in heard.progress) == readings, heard.log
    assert len(asked) == opened, heard.log
    assert heard.sign_ins == ["accepted"] * sign_ins
    done = [told.done for told in heard.progress if told.phase == "scraping"]
    if readings == 1:
        assert done == sorted(done)
        assert done[-1] == 1.0


def test_without_a_link_back_the_pages_are_looked_at_anew(tmp_path: Path, browser_path: Path) -> None:
    text, link = PROFILE.read_text(encoding="utf-8"), ".paginator-wrapper a.prev-page"
    assert link in text
    profile = tmp_path / "no-link-back.toml"
    profile.write_text(text.replace(link, ".no-such-link"), encoding="utf-8")
    with PracticePortal(orders=330, mishaps=[Mishap.REPLACED_ON_PAGE_2_ONCE]) as portal:
        heard = run(portal, tmp_path, browser_path, profile_path=str(profile))
        assert sorted(order.number for order in heard.orders) == sorted(order.number for order in portal.orders)
        opened = [path for path in portal.requests if path.startswith("/app/work/list")]
    assert len(opened) == 4  # each of the two readings, and each time once more to look


def test_a_list_that_never_rests_is_read(tmp_path: Path, browser_path: Path) -> None:
    """A page that asks for data without end never has an idle network: that is not waited for."""
    with PracticePortal(orders=30, mishaps=[Mishap.RESTLESS]) as portal:
        heard = run(portal, tmp_path, browser_path)
        assert sorted(order.number for order in heard.orders) == sorted(order.number for order in portal.orders)
    assert heard.finished.proof == "30 matches"


@pytest.mark.parametrize("orders", [60, 237])
def test_a_paginator_that_comes_after_the_rows_is_waited_for(orders: int, tmp_path: Path, browser_path: Path) -> None:
    """Rows without it could be a part of the list: nothing else tells how many there are."""
    with PracticePortal(orders=orders, mishaps=[Mishap.LATE_PAGINATOR]) as portal:
        heard = run(portal, tmp_path, browser_path)
    assert heard.finished.proof == f"{orders} matches"
    assert len(heard.orders) == orders


def test_a_full_page_without_total_and_paginator_is_not_taken_for_the_whole_list(
    tmp_path: Path, browser_path: Path
) -> None:
    text, where = PROFILE.read_text(encoding="utf-8"), ".paginator-wrapper"
    profile = tmp_path / "no-paginator.toml"
    profile.write_text(text.replace(where, ".no-such-box"), encoding="utf-8")
    with PracticePortal(orders=180) as portal:
        heard = run(portal, tmp_path, browser_path, profile_path=str(profile))
    assert (heard.error.kind, heard.orders) == ("list_incomplete", [])


def test_malformed_rows_are_counted_and_named(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60, mishaps=[Mishap.MALFORMED_ROWS]) as portal:
        heard = run(portal, tmp_path, browser_path)
    assert "8 of 60 rows could not be read (row 7 of page 1: number)" in heard.error.message


def test_an_empty_list_with_its_count_is_believed(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60, mishaps=[Mishap.EMPTY]) as portal:
        heard = run(portal, tmp_path, browser_path)
    assert (heard.finished.count, heard.finished.proof) == (0, "0 matches")


def test_an_unproved_empty_list_is_accepted_when_the_person_says_so(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60, mishaps=[Mishap.EMPTY_UNPROVED]) as portal:
        heard = run(portal, tmp_path, browser_path, accept_empty=True)
    assert (heard.finished.count, heard.finished.proof) == (0, "accepted as empty by the person")


@pytest.mark.parametrize(
    ("mishap", "kind"),
    [
        (Mishap.LIST_FORBIDDEN, "layout_changed"),
        (Mishap.LIST_NOT_FOUND, "layout_changed"),
        (Mishap.LIST_RATE_LIMITED, "asked_too_often"),
        (Mishap.LIST_ERROR, "portal_server_error"),
        (Mishap.LIST_NOTHING, "portal_answer_broken"),
        (Mishap.LIST_HTML, "portal_answer_broken"),
    ],
)
def test_data_that_were_refused_are_no_empty_list_whatever_the_person_says(
    mishap: Mishap, kind: str, tmp_path: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=60, mishaps=[mishap]) as portal:
        heard = run(portal, tmp_path, browser_path, accept_empty=True)
    assert heard.error.kind == kind, heard.log


def test_a_portal_that_is_not_there_is_unreachable(tmp_path: Path, browser_path: Path) -> None:
    portal = PracticePortal(orders=1)
    portal.stop()
    heard = run(portal, tmp_path, browser_path)
    assert heard.error.kind == "portal_unreachable"
    assert heard.sign_ins == []


def test_the_run_limit_ends_the_run(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60, mishaps=[Mishap.HANGING]) as portal:
        heard = run(portal, tmp_path, browser_path, page_limit=60.0, run_limit=4.0)
    assert heard.error.kind == "run_timeout"

"""What may pass within minutes is tried again by the same run, and nothing else is: docs/mishaps.md, "Tried again"."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fossatray.core.commands import SaveSettings
from fossatray.core.runs import Outcome, Run
from fossatray.core.status import Retry
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.engine.parts import EngineParts
from fossatray.engine.retry import SPREAD
from tests.end_to_end.test_kill_processes import in_mid_run
from tests.harness.mishap_rows import ROWS
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import Life, run

pytestmark = pytest.mark.browser

PAUSES_S = (0.1, 0.15)
TIMES_OUT_S = 6.0
"""The limit of a page, where it is waited out."""
WITHIN_MINUTES = {
    "portal_unreachable": (Mishap.DATA_RESET, 2),
    "portal_timeout": (Mishap.HANGING, 2),
    "portal_server_error": (Mishap.LIST_ERROR, 2),
    "portal_maintenance": (Mishap.MAINTENANCE, 2),
    "portal_answer_broken": (Mishap.REDIRECT_CIRCLE, 2),
    "session_lost": (Mishap.SESSION_NEVER_LASTS, 3),  # the session is renewed once before it is lost
    "list_incomplete": (Mishap.SHIFTING, 4),  # a list is read three times
    "browser_stuck": (Mishap.ENDLESS_SCRIPT, 2),
}
"""By kind: a mishap that ends in it, and the attempts of a run that meets it once."""
KILLED = {"browser_crashed": "browser", "scrape_process_died": "scrape"}
"""By kind: which process of the run is killed for it."""
NOT_AGAIN = {
    Mishap.LIST_RATE_LIMITED: "asked_too_often",
    Mishap.CHANGED_LAYOUT: "layout_changed",
    Mishap.CAPTIVE_PAGE: "sign_in_page_missing",
    Mishap.EMPTY_UNPROVED: "empty_not_believed",
    Mishap.ELSEWHERE: "led_elsewhere",
    Mishap.UNCLEAR_SIGN_IN: "sign_in_unclear",
    Mishap.WRONG_PASSWORD: "sign_in_refused",  # the last: no sync after it signs in
}


class Pauses:
    """The pauses before the tries of a run: waited for, and written down with what the status says meanwhile."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.told: list[Retry | None] = []
        self.life: Life | None = None
        self.meanwhile: Callable[[], None] = lambda: None
        self._as_the_program_waits = EngineParts.sleep

    async def __call__(self, seconds: float) -> None:
        assert self.life is not None
        self.seconds.append(seconds)
        self.told.append(self.life.state.accounts[0].retry)
        self.meanwhile()
        await self._as_the_program_waits(seconds)

    @property
    def kinds(self) -> list[str]:
        """Of which errors the status said that they are why it waits."""
        return [retry.error.kind for retry in self.told if retry is not None]


def assert_waited(pauses: Pauses, *planned: float) -> None:
    """The pauses are those planned, but for their spread and what of them was over already."""
    assert len(pauses.seconds) == len(planned), pauses.seconds
    for waited, pause in zip(pauses.seconds, planned, strict=True):
        assert waited <= pause * (1 + SPREAD)


def test_every_error_of_that_column_is_tried() -> None:
    column = {row.kind for row in ROWS if row.again == "within minutes"}
    assert column == {*WITHIN_MINUTES, *KILLED}


@pytest.mark.parametrize("kind", WITHIN_MINUTES)
def test_what_passes_meanwhile_succeeds_in_the_same_run(kind: str, own_home: Path, browser_path: Path) -> None:
    mishap, attempts = WITHIN_MINUTES[kind]
    pauses = Pauses()
    with PracticePortal(orders=110, mishaps=[mishap]) as portal:
        real = RealWorld(own_home, portal, browser_path)
        pauses.meanwhile = portal.mishaps.clear
        page_s = TIMES_OUT_S if mishap in (Mishap.HANGING, Mishap.ENDLESS_SCRIPT) else 20.0

        async def story() -> None:
            async with real.life(impatient=True, page_s=page_s, retry_pauses_s=PAUSES_S, sleep=pauses) as life:
                pauses.life = life
                account = await real.add_account(life)
                ended = await life.sync()
                assert (ended.outcome, ended.error, ended.attempts) == (Outcome.SUCCEEDED, None, attempts)
                assert (ended.counts.found, ended.counts.new) == (110, 110)
                assert life.store.orders.count_open(account.id) == 110
                assert [notice.kind for notice, _ in life.ear.notices] == ["batch"]  # and nothing of the failure

        run(story())
    assert pauses.kinds == [kind]
    assert_waited(pauses, PAUSES_S[0])
    assert real.world.left() == []


@pytest.mark.parametrize("kind", KILLED)
def test_a_run_whose_process_is_killed_is_tried_again(kind: str, own_home: Path, browser_path: Path) -> None:
    pauses = Pauses()
    with PracticePortal(orders=12, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)
        pauses.meanwhile = portal.mishaps.clear

        async def story() -> None:
            async with real.life(retry_pauses_s=PAUSES_S, sleep=pauses) as life:
                pauses.life = life
                await real.add_account(life)
                run_id, processes = await in_mid_run(life)
                processes[KILLED[kind]].kill()
                ended = await life.ended(run_id)
                assert (ended.outcome, ended.attempts, ended.counts.found) == (Outcome.SUCCEEDED, 2, 12)

        run(story())
    assert pauses.kinds == [kind]
    assert_waited(pauses, PAUSES_S[0])
    assert real.world.left() == []


@pytest.mark.parametrize("retries", [2, 1, 0])
def test_what_does_not_pass_fails_after_the_last_try(retries: int, own_home: Path, browser_path: Path) -> None:
    pauses = Pauses()
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> Run:
            async with real.life(impatient=True, retry_pauses_s=PAUSES_S, sleep=pauses) as life:
                pauses.life = life
                account = await real.add_account(life)
                await life.do(SaveSettings({"retries": str(retries)}))
                assert (await life.sync()).outcome is Outcome.SUCCEEDED
                kept = life.store.orders.open(account.id)
                portal.mishaps = [Mishap.LIST_ERROR]
                failed = await life.sync()
                assert life.store.orders.open(account.id) == kept
                assert [notice.kind for notice, _ in life.ear.notices] == ["batch", "failure"]  # said once
                return failed

        failed = run(story())
        listed = [path for path in portal.requests if path.startswith("/app/work/list")]
    assert (failed.outcome, failed.error and failed.error.kind) == (Outcome.FAILED, "portal_server_error")
    assert failed.attempts == len(listed) - 1 == retries + 1
    assert pauses.kinds == ["portal_server_error"] * retries
    assert_waited(pauses, *PAUSES_S[:retries])
    assert real.world.left() == []


def test_what_does_not_pass_within_minutes_is_not_tried_again(own_home: Path, browser_path: Path) -> None:
    pauses = Pauses()
    with PracticePortal(orders=12) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def story() -> None:
            async with real.life(
                impatient=True, sleep=pauses, retry_pauses_s=PAUSES_S, sign_ins_an_hour=100, page_s=20.0
            ) as life:
                pauses.life = life
                await real.add_account(life)
                for mishap, kind in NOT_AGAIN.items():
                    after_post = 0.5 if mishap is Mishap.UNCLEAR_SIGN_IN else 3.0
                    real.impatient_profile(after_post=after_post, form=2.0 if mishap is Mishap.CAPTIVE_PAGE else 5.0)
                    portal.mishaps = [mishap]
                    failed = await life.sync()
                    assert (failed.outcome, failed.error and failed.error.kind) == (Outcome.FAILED, kind)
                    assert failed.attempts == (2 if mishap is Mishap.UNCLEAR_SIGN_IN else 1), mishap
                    assert pauses.seconds == [], mishap
                assert len(portal.sign_ins) == 7  # a captive page asks for none, an unclear sign-in is posted twice

        run(story())
    assert real.world.left() == []

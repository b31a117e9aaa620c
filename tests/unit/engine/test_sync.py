"""One run from start to ledger."""

from __future__ import annotations

import json
import logging
import signal
from dataclasses import replace
from pathlib import Path

import pytest

from fossatray.core.commands import SyncNow
from fossatray.core.errors import (
    FossaError,
    LayoutChanged,
    ListIncomplete,
    PortalTimeout,
    SessionLost,
)
from fossatray.core.messages import BrowserChosen, Finished, LogLine, OrderRead, PageProgress
from fossatray.core.runs import DISPENSERS, Counts, Outcome, Phase, Run, Trigger
from fossatray.core.runs import START as BEGINNING
from fossatray.core.wire import LINE_LIMIT, decode_request
from fossatray.store.reader import Reader
from tests.unit.engine.world import (
    ORIGIN,
    Life,
    Step,
    World,
    beginning,
    failing,
    listing,
    order,
    orders,
    run,
    say,
    signed_in,
    success,
)


def test_a_sync_ends_in_the_ledger_with_its_orders(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            ended = await life.sync(success(1, 2, 3))
            assert ended.outcome is Outcome.SUCCEEDED
            assert ended.trigger is Trigger.MANUAL
            assert ended.counts == Counts(found=3, new=3)
            assert sorted(life.store.orders.open(account.id)) == ["1", "2", "3"]
            assert life.ear.ended == [ended]
            assert life.ear.changed == [account.id]
            assert life.ear.crashes == []
            assert life.store.settings.get("browser_last") == "/usr/bin/chromium"
        assert world.left() == []

    run(story())


def test_the_request_says_what_to_do_and_holds_no_password(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            file = world.home / "request"
            await life.sync([{"request": str(file)}, *success(1)[1:]])
            request = decode_request(file.read_bytes())
            assert (request.job, request.account_id, request.origin) == ("work_orders", account.id, ORIGIN)
            assert request.may_prompt  # a person waits
            assert Path(request.run_folder).parent == world.runs
            assert "made-up" not in file.read_text()

    run(story())


def test_the_row_is_there_before_the_child_starts(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            account = await life.add_account()
            run_id = await life.begin([{"wait": str(gate.path)}, *success(1)])
            reader = Reader(world.database())
            (entry,) = reader.history()
            assert (entry.id, entry.outcome) == (run_id, None)
            state = life.state.account(account.id)
            assert state is not None
            assert state.progress == BEGINNING
            await gate.open()
            await life.ended(run_id)
            assert [one.outcome for one in reader.history()] == ["succeeded"]
            reader.close()

    run(story())


def test_a_second_sync_tells_what_changed(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1, 2, 3))
            world.clock.forward(hours=1)
            again = [order(1), order(2, instructions="Bring a ladder"), order(4)]
            ended = await life.sync([*beginning(), *signed_in(), *listing(again)])
            assert ended.counts == Counts(found=3, new=1, changed=1, archived=1)
            reader = Reader(world.database())
            told = {(one.change.number, one.change.kind.value) for one in reader.changes(run_id=ended.id)}
            reader.close()
            assert told == {("2", "updated"), ("3", "removed"), ("4", "new")}

    run(story())


def test_a_sync_of_another_kind_is_no_first_list(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            (run_id,) = await life.do(SyncNow(job=DISPENSERS))
            assert (await life.ended(run_id)).outcome is Outcome.SUCCEEDED
            ended = await life.sync(success(1, 2))
            reader = Reader(world.database())
            assert (ended.counts, reader.changes(run_id=ended.id)) == (Counts(found=2, new=2), [])
            reader.close()

    run(story())


def test_an_unchanged_list_tells_no_change_of_orders(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.sync(success(1))
            life.ear.changed.clear()
            await life.sync(success(1))
            assert life.ear.changed == []

    run(story())


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_never_runs_backwards_and_reaches_100_only_after_the_commit(world: World) -> None:
    steps = [
        PageProgress(Phase.INITIALIZING),
        PageProgress(Phase.LOGGING_IN),
        PageProgress(Phase.SCRAPING, found=40, page=1, pages=2, done=0.5),
        PageProgress(Phase.LOGGING_IN),  # a session that is renewed
        PageProgress(Phase.SCRAPING, found=10, page=1, pages=2, done=0.1),
        PageProgress(Phase.SCRAPING, found=40, page=1, pages=2, done=0.8, checking=True),
    ]

    async def story() -> None:
        world.limits = replace(world.limits, progress_s=0.0)
        async with world.life() as life:
            account = await life.add_account()
            await life.sync([{"request": "/dev/null"}, *map(say, steps), *signed_in(), *listing(orders(1, 2))])
            seen = []
            for state in life.ear.states:
                of_account = state.account(account.id)
                if of_account and of_account.progress:
                    seen.append(of_account.progress)
                    if of_account.progress.percentage == 100:
                        assert life.store.runs.running() == []
            percentages = [one.percentage for one in seen]
            assert percentages == sorted(percentages)
            assert (percentages[0], percentages[-1]) == (5, 100)
            assert {one.phase for one in seen} == set(Phase)
            assert [(one.page, one.percentage) for one in seen if one.checking] == [(1, 77)]
            read = [one.found for one in seen if one.phase is not Phase.SAVING]
            assert read == sorted(read)
            assert {one.found for one in seen if one.phase is Phase.SAVING} == {2}, "what is saved, not what was seen"

    run(story())


def test_a_burst_of_progress_is_published_in_few_steps(world: World) -> None:
    many = [say(PageProgress(Phase.SCRAPING, found=count, done=count / 500)) for count in range(500)]

    async def story() -> None:
        world.limits = replace(world.limits, progress_s=3600.0)
        async with world.life() as life:
            await life.add_account()
            before = len(life.ear.states)
            await life.sync([*beginning(), *signed_in(), *many, *listing(orders(1))])
            assert len(life.ear.states) - before < 10

    run(story())


# --- failures ---------------------------------------------------------------------------------------------------------


async def fails(life: Life, script: list[Step], kind: str) -> Run:
    """Sync twice, first well, then with the script: it fails with this error and all data are kept."""
    account = await life.add_account()
    await life.sync(success(1, 2))
    kept = life.store.orders.open(account.id)
    ended = await life.sync(script)
    assert ended.outcome is Outcome.FAILED
    assert ended.error is not None
    assert ended.error.kind == kind
    assert ended.error.advice
    assert life.store.orders.open(account.id) == kept
    assert life.store.runs.running() == []
    assert life.ear.crashes == []
    state = life.state.account(account.id)
    assert state is not None
    assert (state.run, state.last_run) == (None, ended)
    return ended


@pytest.mark.parametrize("error", [PortalTimeout(), LayoutChanged(), ListIncomplete(), SessionLost()])
def test_each_failure_that_is_told_ends_in_its_own_error(world: World, error: FossaError) -> None:
    async def story() -> None:
        async with world.life() as life:
            await fails(life, failing(error), error.kind)

    run(story())
    assert world.left() == []


BROKEN: dict[str, list[Step]] = {
    "no JSON": [{"line": "Traceback (most recent call last):"}],
    "JSON but no object": [{"line": "[1, 2]"}],
    "an unknown kind": [{"line": '{"t": "password"}'}],
    "a wrong type": [{"line": '{"t": "progress", "phase": "scraping", "found": "many"}'}],
    "an order with another key": [
        {"line": json.dumps({"t": "order", "order": {**order(1).to_json(), "password": "x"}})},
    ],
    "fewer orders than counted": [say(OrderRead(order(1))), say(Finished(2, "proof"))],
    "more after the end": [*listing(orders(1)), say(OrderRead(order(2)))],
    "a link to elsewhere": listing([order(1, customer_url="https://evil.example/")]),
    "a line that is too long for the wire": [{"raw": '"' + "x" * (LINE_LIMIT + 10) + '"\n'}],
    "a line without an end": [{"raw": "{" * (2 * LINE_LIMIT + 100)}, {"hang": True}],
    "half a line": [{"raw": '{"t": "finis'}, {"exit": 0}],
    "an exit without an answer": [{"exit": 0}],
    "a crash": [{"errors": "Segmentation fault\n"}, {"die": int(signal.SIGKILL)}],
    "a closed output": [{"exit": 3}],
}


@pytest.mark.parametrize("name", BROKEN)
def test_nonsense_on_the_wire_ends_the_run_with_the_data_kept(world: World, name: str) -> None:
    async def story() -> None:
        async with world.life() as life:
            await fails(life, [*beginning(), *signed_in(), *BROKEN[name]], "scrape_process_died")

    run(story())
    assert world.left() == []


def test_a_child_that_cannot_be_started_is_an_error(world: World) -> None:
    async def story() -> None:
        async with world.life(child_command=lambda role: ["/nonexistent/python"]) as life:
            await life.add_account()
            ended = await life.sync()
            assert ended.error is not None
            assert ended.error.kind == "scrape_process_died"

    run(story())
    assert world.left() == []


def test_a_run_past_its_limit_is_ended_with_everything_it_started(world: World) -> None:
    world.limits = replace(world.limits, run_s=0.5, grace_s=0.5)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ended = await life.sync([*beginning(), {"browser": "stopped"}, {"hang": True}])
            assert ended.error is not None
            assert ended.error.kind == "run_timeout"

    run(story())
    assert world.left() == []


def test_a_child_that_does_not_end_after_its_last_word_is_ended_and_its_list_is_taken(world: World) -> None:
    world.limits = replace(world.limits, closing_s=0.2)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            ended = await life.sync([*success(1), {"hang": True}])
            assert ended.outcome is Outcome.SUCCEEDED

    run(story())
    assert world.left() == []


def test_a_flood_on_standard_error_neither_blocks_nor_fills_the_log(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            flood: list[Step] = [{"errors": "\x1b[31mnoise " * 200_000}, {"errors": "\nend\n"}]
            log = say(LogLine("INFO", "one \x1b[2J line"))
            ended = await life.sync([*beginning(), *flood, log, *signed_in(), *listing(orders(1))])
            assert ended.outcome is Outcome.SUCCEEDED

    run(story())
    noise = [record.getMessage() for record in caplog.records if record.name == "fossatray.scrape"]
    assert sum(map(len, noise)) < 400_000
    assert not any("\x1b" in text for text in noise)


def test_a_browser_passed_over_is_logged_once(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """By the scrape process, which says it also when no browser starts; the engine adds the one that did."""
    caplog.set_level(logging.DEBUG)
    passed = say(LogLine("INFO", "browser passed over: /opt/y: Y: does not start"))
    chosen = say(BrowserChosen("/usr/bin/x", "X", sandbox=True, passed_over=(("/opt/y", "Y: does not start"),)))
    signing_in = say(PageProgress(Phase.LOGGING_IN))

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            steps: list[Step] = [{"request": "/dev/null"}, passed, chosen, signing_in]
            ended = await life.sync([*steps, *signed_in(), *listing(orders(1))])
            assert ended.outcome is Outcome.SUCCEEDED

    run(story())
    told = [record.getMessage() for record in caplog.records]
    assert sum("/opt/y" in text for text in told) == 1
    assert sum("browser: X (/usr/bin/x)" in text for text in told) == 1


def test_a_bug_in_a_run_is_told_and_the_engine_goes_on(world: World) -> None:
    def broken(role: str) -> list[str]:
        raise ZeroDivisionError("a bug")

    async def story() -> None:
        async with world.life(child_command=broken) as life:
            await life.add_account()
            ended = await life.sync()
            assert ended.outcome is Outcome.FAILED
            assert len(life.ear.crashes) == 1
            assert "ZeroDivisionError: a bug" in life.ear.crashes[0]
            assert (await life.sync()).id != ended.id

    run(story())
    assert world.left() == []

"""The dispensers job: which sites are asked for, what becomes of each, and what a run of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fossatray.core.changes import Kind
from fossatray.core.commands import SaveSchedule, SaveSettings, SyncNow
from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import (
    AskedTooOften,
    Busy,
    FossaError,
    InvalidInput,
    LocationBusy,
    LocationDenied,
    LocationGone,
    PortalMaintenance,
    PortalTimeout,
    PortalUnreachable,
    RunTimeout,
    SignInRefused,
)
from fossatray.core.health import Health
from fossatray.core.locations import LocationState
from fossatray.core.messages import Finished, LocationFailed, LocationRead, ScrapeRequest, SignedIn
from fossatray.core.orders import Service, WorkOrder
from fossatray.core.runs import DISPENSERS, Counts, Outcome, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.why import reason_words
from fossatray.core.wire import decode_request, failure
from fossatray.core.words import Words
from fossatray.store.reader import Reader
from tests.unit.engine.plans import the_account
from tests.unit.engine.world import (
    ZONE,
    Life,
    Step,
    World,
    beginning,
    failing,
    listing,
    order,
    run,
    say,
    signed_in,
)

ONE, TWO = Dispenser("1/2", ("Regular",)), Dispenser("3/4", ("Diesel",))


def with_service(number: int, code: str = "2861", **fields: Any) -> WorkOrder:
    return order(number, services=(Service("Meter Calibration", None, code, 8),), store_number=f"#{number}", **fields)


def site(number: int) -> str:
    url = order(number).location_url
    assert url is not None
    return url


def reading(read: dict[int, list[Dispenser]], failed: Mapping[int, FossaError] | None = None) -> list[Step]:
    """What a scrape says that reads some sites, by order number, and fails at others."""
    messages = [
        *(say(LocationRead(site(number), tuple(found))) for number, found in read.items()),
        *(say(LocationFailed(site(number), error.info())) for number, error in (failed or {}).items()),
    ]
    count = sum(len(found) for found in read.values())
    return [*beginning(), *signed_in(), *messages, say(Finished(count, "every site was counted"))]


async def open_orders(life: Life, *orders: WorkOrder) -> None:
    """Have the account keep these open orders, and forget what was told of it."""
    await life.add_account()
    await life.sync([*beginning(), *signed_in(), *listing(list(orders))])
    life.ear.notices.clear()


async def dispensers(
    life: Life, script: list[Step] | None = None, *, force: bool = False, believe: bool = False
) -> Run:
    """Sync the dispensers with this script, or with none: then no scrape may start."""
    if script is not None:
        life.world.scripts.append(script)
    (run_id,) = await life.do(SyncNow(job=DISPENSERS, force=force, believe=believe))
    return await life.ended(run_id)


def kept(world: World) -> dict[str, list[str | None]]:
    """The numbers of the dispensers kept, by site."""
    reader = Reader(world.database())
    found: dict[str, list[str | None]] = {}
    for stored in reader.dispensers():
        found.setdefault(stored.location_url, []).append(stored.dispenser.numbers)
    reader.close()
    return found


def changes(world: World, ended: Run) -> list[tuple[Kind, str | None]]:
    reader = Reader(world.database())
    found = [(one.change.kind, one.change.numbers) for one in reader.changes(run_id=ended.id)]
    reader.close()
    return found


def asked_in(file: Path) -> ScrapeRequest:
    return decode_request(file.read_bytes())


def test_each_site_of_an_order_with_such_a_service_is_asked_for_once(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            shared = with_service(5, "3146", location_url=site(1))
            await open_orders(life, with_service(1), with_service(2, "3006"), with_service(3, "2862"), shared)
            await life.do(SaveSettings({"pages_at_once": "2"}))
            file = world.home / "request"
            ended = await dispensers(life, [{"request": str(file)}, *reading({1: [ONE, TWO], 3: []})[1:]])
            request = asked_in(file)
            assert [one.url for one in request.locations] == [site(1), site(3)]
            assert [one.store_number for one in request.locations] == ["#1", "#3"]
            assert (request.job, request.parallel, request.known) == ("dispensers", 2, ())
            assert ended.outcome is Outcome.SUCCEEDED
            assert (ended.job, ended.counts, ended.reason) == ("dispensers", Counts(found=2, new=2), None)
        assert kept(world) == {site(1): ["1/2", "3/4"]}

    run(story())


def test_which_services_are_meant_is_a_setting(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2, "3006"))
            await life.do(SaveSettings({"dispenser_codes": "3006"}))
            await dispensers(life, reading({2: [ONE]}))
        assert list(kept(world)) == [site(2)]

    run(story())


def test_without_such_an_order_nothing_is_started_and_the_reason_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1, "3006"))
            started = world.started
            ended = await dispensers(life)
            assert (ended.outcome, ended.reason) == (Outcome.SUCCEEDED, "no open order asks for dispensers")
            assert world.started == started
            assert life.ear.notices == []
        assert world.left() == []

    run(story())


def test_fresh_sites_are_left_out_unless_forced(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            await dispensers(life, reading({1: [ONE]}))
            world.clock.forward(days=6)
            ended = await dispensers(life)
            assert (ended.outcome, ended.reason) == (Outcome.SUCCEEDED, "all dispensers were read lately")
            assert (await dispensers(life, reading({1: [ONE]}), force=True)).counts == Counts(found=1)
            world.clock.forward(days=6)
            assert (await dispensers(life)).reason == "all dispensers were read lately"
            world.clock.forward(days=1)
            assert (await dispensers(life, reading({1: [ONE]}))).reason is None
            await life.do(SaveSettings({"dispenser_fresh_days": "0"}))
            assert (await dispensers(life, reading({1: [ONE]}))).reason is None

    run(story())


def test_the_first_read_makes_no_noise_and_later_changes_are_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            first = await dispensers(life, reading({1: [ONE, TWO]}))
            assert (first.counts, changes(world, first)) == (Counts(found=2, new=2), [])
            assert life.ear.notices == []
            news = [replace(ONE, make="Gilbarco"), Dispenser("5/6")]
            second = await dispensers(life, reading({1: news}), force=True)
            assert second.counts == Counts(found=2, new=1, changed=1, archived=1)
            assert sorted(changes(world, second)) == [
                (Kind.DISPENSER_ADDED, "5/6"),
                (Kind.DISPENSER_CHANGED, "1/2"),
                (Kind.DISPENSER_REMOVED, "3/4"),
            ]
            ((notice, _),) = life.ear.notices
            assert (notice.title, notice.target) == ("Dispensers have changed", "dispensers")
            assert notice.body == "1 dispenser added, 1 dispenser changed, 1 dispenser removed"
        assert kept(world) == {site(1): ["1/2", "5/6"]}

    run(story())


def test_a_site_that_cannot_be_read_is_no_failed_run_while_others_were_read_lately(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, *(with_service(number) for number in (1, 2, 3)))
            denied = {3: LocationDenied()}
            assert (await dispensers(life, reading({1: [ONE], 2: [TWO]}, denied))).outcome is Outcome.SUCCEEDED
            ended = await dispensers(life, reading({}, denied))
            assert (ended.outcome, ended.reason) == (Outcome.SUCCEEDED, "1 of 1 locations could not be read")
            ended = await dispensers(life, reading({}, {3: LocationBusy()}))
            assert ended.outcome is Outcome.SUCCEEDED, "it is about the site"
            nothing_of_the_site = AskedTooOften(), PortalUnreachable(), PortalMaintenance(), RunTimeout()
            for whole in nothing_of_the_site:
                ended = await dispensers(life, reading({}, {3: whole}))
                assert (ended.outcome, ended.error and ended.error.kind) == (Outcome.FAILED, whole.kind)
            world.clock.forward(days=8)
            ended = await dispensers(life, reading({}, {1: LocationDenied(), 2: LocationDenied(), **denied}))
            assert ended.outcome is Outcome.FAILED, "none was read lately"

    run(story())


def test_a_failed_site_spoils_no_other_and_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account_orders = [with_service(number) for number in (1, 2, 3)]
            await open_orders(life, *account_orders)
            await dispensers(life, reading({1: [ONE], 2: [TWO], 3: [ONE]}))
            failed = {2: PortalTimeout(), 3: LocationGone()}
            ended = await dispensers(life, reading({1: [ONE, TWO]}, failed), force=True)
            assert ended.outcome is Outcome.SUCCEEDED
            assert ended.reason == ("1 of 3 locations could not be read; 1 of 3 locations no longer in the portal")
            assert changes(world, ended) == [(Kind.DISPENSER_ADDED, "3/4")]
            (account,) = life.store.accounts.all()
            states = {url: one.state for url, one in life.store.dispensers.locations(account.id).items()}
            assert states == {
                site(1): LocationState.READ,
                site(2): LocationState.FAILED,
                site(3): LocationState.GONE,
            }
            file = world.home / "request"
            await dispensers(life, [{"request": str(file)}, *reading({2: [TWO]})[1:]])
            assert [one.url for one in asked_in(file).locations] == [site(2)]  # the others gave a clear answer
        assert kept(world) == {site(1): ["1/2", "3/4"], site(2): ["3/4"], site(3): ["1/2"]}

    run(story())


def test_where_every_site_fails_the_run_fails_and_the_dispensers_stay(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2))
            await dispensers(life, reading({1: [ONE], 2: []}))
            failed = {1: PortalTimeout(), 2: LocationDenied()}
            ended = await dispensers(life, reading({}, failed), force=True)
            assert ended.outcome is Outcome.FAILED
            assert ended.error == PortalTimeout().info()
            (account,) = life.store.accounts.all()
            assert life.store.dispensers.locations(account.id)[site(1)].state is LocationState.FAILED
            assert [notice.title for notice, _ in life.ear.notices] == [PortalTimeout.title]
        assert kept(world) == {site(1): ["1/2"]}

    run(story())


@pytest.mark.parametrize(
    ("failed", "words"),
    [
        ({1: LocationGone(), 2: LocationGone()}, "2 of 2 sites are no longer in the portal"),
        (
            {1: LocationGone(), 2: PortalTimeout()},
            "1 of 2 sites could not be read; 1 of 2 sites is no longer in the portal",
        ),
    ],
    ids=["all", "one"],
)
def test_that_sites_are_gone_is_an_answer_and_no_failure(
    world: World, failed: Mapping[int, FossaError], words: str
) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2))
            await dispensers(life, reading({1: [ONE], 2: [TWO]}))
            ended = await dispensers(life, reading({}, failed), force=True)
            assert (ended.outcome, ended.error, ended.counts) == (Outcome.SUCCEEDED, None, Counts())
            assert life.ear.notices == []
            assert the_account(life).health() is Health.HEALTHY
            speak = Words(ZONE)
            assert reason_words(ended.reason, speak) == words
            assert speak.last_result(ended, world.clock()).endswith(f": {words}")
        assert kept(world) == {site(1): ["1/2"], site(2): ["3/4"]}

    run(story())


def test_a_run_with_nothing_to_ask_for_is_no_recovery(world: World) -> None:
    """It has not said a word to the portal: the row of failures goes on, until a run that has ends it."""

    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            account = the_account(life).account
            saved = await life.do(SaveSchedule(Schedule(0, account.id, DISPENSERS, name="Dispensers")))
            world.scripts.append(failing(PortalTimeout()))
            world.clock.forward(hours=1)
            await world.alarm.ring(saved.id)
            await life.ear.until(lambda: the_account(life).failures == 1)
            (failed,) = life.ear.notices
            await life.do(SaveSettings({"dispenser_codes": "9999"}))
            ended = await dispensers(life)
            assert (ended.outcome, ended.reason) == (Outcome.SUCCEEDED, "no open order asks for dispensers")
            assert life.ear.notices == [failed]
            assert ended not in life.store.runs.unnotified()
            kept_schedule = life.store.schedules.get(saved.id)
            assert kept_schedule is not None
            assert kept_schedule.failures == 1
            reader = Reader(world.database())
            stored = reader.state(world.clock(), ZONE).accounts[0]
            reader.close()
            for state in (the_account(life), stored):
                assert (state.health(), state.failures, state.last_run) == (Health.FAILED, 1, ended)
            await life.do(SaveSettings({"dispenser_codes": "2861"}))
            await dispensers(life, reading({1: [ONE]}))
            assert [notice.kind for notice, _ in life.ear.notices] == ["failure", "recovery"]
            assert (the_account(life).health(), the_account(life).failures) == (Health.HEALTHY, 0)
            kept_schedule = life.store.schedules.get(saved.id)
            assert kept_schedule is not None
            assert kept_schedule.failures == 0

    run(story())


def test_a_refused_sign_in_is_one_as_in_every_job(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1))
            refusal = [say(SignedIn("refused")), say(failure(SignInRefused()))]
            ended = await dispensers(life, [*beginning(), *signed_in()[:-1], *refusal])
            assert ended.error is not None
            assert ended.error.kind == SignInRefused.kind
            (state,) = life.state.accounts
            assert state.blocked is not None

    run(story())


def test_another_job_of_the_account_is_not_joined(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            await open_orders(life, with_service(1))
            world.scripts.append([{"wait": str(gate.path)}, *reading({1: [ONE]})])
            (first,) = await life.do(SyncNow(job=DISPENSERS))
            assert await life.do(SyncNow(job=DISPENSERS)) == [first]
            with pytest.raises(Busy):
                await life.do(SyncNow())
            await gate.open()
            assert (await life.ended(first)).outcome is Outcome.SUCCEEDED

    run(story())


def test_an_unknown_job_is_refused(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            for job in ("test_sign_in", "everything"):
                with pytest.raises(InvalidInput, match="kind of job") as caught:
                    await life.do(SyncNow(job=job))
                assert caught.value.what_to_do == "There are: work_orders, dispensers."

    run(story())


def test_a_schedule_reads_the_dispensers_after_the_work_orders(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            (orders,) = life.store.schedules.of_account(account.id)
            chained = Schedule(0, account.id, DISPENSERS, name="Dispensers", after=orders.id)
            saved = await life.do(SaveSchedule(chained))
            world.scripts += [[*beginning(), *signed_in(), *listing([with_service(1)])], reading({1: [ONE]})]
            world.clock.forward(hours=1)
            await life.world.alarm.ring(orders.id)
            await life.ear.until(lambda: len(life.ear.ended) == 2)
            first, second = life.ear.ended
            assert [one.job for one in (first, second)] == ["work_orders", "dispensers"]
            assert (second.trigger, second.schedule_id) == (Trigger.CHAINED, saved.id)
            assert second.outcome is Outcome.SUCCEEDED
        assert kept(world) == {site(1): ["1/2"]}

    run(story())

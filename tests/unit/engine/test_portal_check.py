"""The check of a portal profile in the engine, and which profile a run uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.core.commands import CheckPortal, SyncNow
from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import ScrapeProcessDied, SignInRefused
from fossatray.core.messages import Finished, LocationRead, OrderRead, ScrapeRequest, SignedIn, SigningIn
from fossatray.core.no_longer_shown import _NUMBERS, _OF_DISPENSERS, _OF_ORDERS
from fossatray.core.orders import Address, Service
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.runs import DISPENSERS
from fossatray.core.secret import Secret
from fossatray.core.wire import decode_request, failure
from fossatray.engine.check_doubts import KEYS
from fossatray.portal.profile import load_profile
from tests.unit.engine.world import ORIGIN, Life, Step, World, beginning, listing, order, orders, run, say, signed_in

STEP = PortalStep("Rows of the work list", "row.number", "the number", "a", Verdict.MISSING, 0, 25)
REFUSED: list[Step] = [
    *(say(SigningIn()), {"answer": "/dev/null"}, say(SignedIn("refused"))),
    say(failure(SignInRefused())),
]


def asking(file: Path, rest: list[Step]) -> list[Step]:
    """A scrape that writes its request down first."""
    return [{"request": str(file)}, *beginning()[1:], *rest]


def asked_in(file: Path) -> ScrapeRequest:
    return decode_request(file.read_bytes())


async def check(life: Life, account: Account, script: list[Step], **wanted: object) -> list[PortalStep]:
    life.world.scripts.append(script)
    steps = await life.do(CheckPortal(account.id, **wanted))  # type: ignore[arg-type]
    assert isinstance(steps, list)
    return steps


def test_a_check_brings_its_steps_and_is_no_run(world: World) -> None:
    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            script = asking(world.home / "asked", [*signed_in(), say(STEP), say(STEP), say(Finished(0, "2 steps"))])
            assert await check(life, account, script, profile="/a/profile.toml") == [STEP, STEP]
            assert life.ear.ended == []
            assert life.store.sign_ins.count_since(account.id, world.clock.now.replace(hour=0), world.clock.now) == 1

    run(checked())
    asked = asked_in(world.home / "asked")
    assert (asked.job, asked.profile_path, asked.may_prompt) == ("portal_check", "/a/profile.toml", True)
    assert (asked.session, asked.keep_session, asked.evidence) == (None, False, 0)


def test_a_refused_sign_in_of_a_check_stops_the_account_and_the_next_check_asks_nothing(world: World) -> None:
    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            with pytest.raises(SignInRefused):
                await check(life, account, [*beginning(), *REFUSED])
            assert life.state.accounts[0].blocked is not None
            with pytest.raises(SignInRefused):
                await life.do(CheckPortal(account.id))
            script = [*beginning(), *signed_in(), say(Finished(0, "0 steps"))]
            assert await check(life, account, script, password=Secret("another")) == []
            assert life.state.accounts[0].blocked is not None, "that password is not the stored one"

    run(checked())
    assert world.started == 2


def test_steps_come_from_a_check_alone_and_not_without_end(world: World) -> None:
    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            ended = await life.sync([*beginning(), *signed_in(), say(STEP), *listing(orders(1))])
            assert ended.error is not None
            assert ended.error.kind == "scrape_process_died"
            with pytest.raises(ScrapeProcessDied, match="too many steps"):
                await check(life, account, [*beginning(), *signed_in(), *[say(STEP)] * 501, say(Finished(0, "x"))])

    run(checked())


def a_step(key: str, verdict: Verdict, matched: int = 0) -> PortalStep:
    return PortalStep("Rows", key, "what", "a", verdict, matched, 12)


def shown(steps: list[PortalStep]) -> list[tuple[str, Verdict, str | None]]:
    return [(step.key, step.verdict, step.told) for step in steps if step.verdict is not Verdict.FOUND]


def test_what_is_kept_and_no_longer_shown_is_missing_as_a_sync_would_say(world: World) -> None:
    contact = {"contact": ("A. Contact",), "categories": ("Area",)}
    kept = [order(number, **contact, project="North" if number < 9 else None) for number in range(1, 13)]
    read = [replace(one, contact=(), categories=(), project=None, address=Address("1 Main St")) for one in kept]
    steps = [
        *(a_step("row.categories", Verdict.ABSENT), a_step("row.contact_lines", Verdict.ABSENT)),
        *(a_step("row.project_label", Verdict.ABSENT), a_step("row.po_label", Verdict.ABSENT)),
        a_step("row.address_lines", Verdict.FOUND, 12),
    ]
    before = "It was there before and is nowhere now: a sync stops at that"

    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            script = [*beginning(), *signed_in(), *map(say, steps), *map(say, map(OrderRead, read))]
            end = say(Finished(12, "5 steps", unknown_labels=("Job of J. Doe:", "")))
            assert await check(life, account, [*script, end]) == steps, "nothing is kept yet"
            await life.sync([*beginning(), *signed_in(), *listing(kept)])
            told = await check(life, account, [*script, end])
            assert shown(told) == [
                ("row.categories", Verdict.MISSING, f"{before} (categories)."),
                ("row.contact_lines", Verdict.MISSING, f"{before} (contacts)."),
                ("row.project_label", Verdict.MISSING, f"{before} (projects). Labels not known: Xxx xx X. Xxx:."),
                ("row.po_label", Verdict.ABSENT, None),
                ("row.address_lines", Verdict.MISSING, f"{before} (cities)."),
            ]
            assert [(step.what, step.of) for step in told[-2:]] == [("what", 12), ("cities", None)]
            same = [*beginning(), *signed_in(), *map(say, steps), *map(say, map(OrderRead, kept))]
            assert await check(life, account, [*same, say(Finished(12, "5 steps"))]) == steps

    run(checked())


def test_dispensers_kept_that_no_longer_show_their_serial_numbers_make_its_key_missing(world: World) -> None:
    kept = tuple(Dispenser(f"{number}", serial=f"EN{number}", model="NL3") for number in range(1, 12))
    bare = tuple(replace(one, serial=None, model=None) for one in kept[:3])
    asked = order(1, services=(Service("Meter Calibration", "All Dispensers", "2861", 8),))
    url = f"{ORIGIN}/app/locations/1"
    rows = say(OrderRead(asked))

    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync([*beginning(), *signed_in(), *listing([asked])])
            steps = [a_step("equipment.serial", Verdict.ABSENT), a_step("equipment.labels", Verdict.FOUND, 8)]
            script = [*beginning(), *signed_in(), *map(say, steps), rows, say(LocationRead(url, bare))]
            script.append(say(Finished(4, "2 steps")))
            assert await check(life, account, script) == steps, "nothing is kept yet"
            world.scripts.append(
                [*beginning(), *signed_in(), say(LocationRead(url, kept)), say(Finished(11, "every site"))]
            )
            (run_id,) = await life.do(SyncNow(job=DISPENSERS))
            assert (await life.ended(run_id)).counts.found == 11
            told = shown(await check(life, account, script))
            assert [key for key, _, _ in told] == ["equipment.serial", "equipment.labels"]
            assert [str(text).partition("(")[2] for _, _, text in told] == ["serial numbers).", "models)."]

    run(checked())


def test_a_check_brings_no_site_but_one_of_its_orders(world: World) -> None:
    async def checked() -> None:
        async with world.life() as life:
            account = await life.add_account()
            elsewhere = LocationRead(f"{ORIGIN}/app/locations/2", ())
            with pytest.raises(ScrapeProcessDied, match="a site that was not asked for"):
                await check(life, account, [*beginning(), *signed_in(), say(OrderRead(order(1))), say(elsewhere)])

    run(checked())


def test_every_field_that_a_sync_may_miss_has_its_keys() -> None:
    assert set(KEYS) == {*_OF_ORDERS, *_OF_DISPENSERS, *_NUMBERS}
    profile = load_profile()
    for key in {key for keys in KEYS.values() for key in keys}:
        section, _, name = key.partition(".")
        assert hasattr(getattr(profile, section), name), key


def test_a_run_uses_the_persons_own_profile_as_soon_as_there_is_one(world: World) -> None:
    own, asked = world.home / "profiles" / "workfossa.toml", world.home / "asked"
    used: list[str | None] = []

    async def synced() -> None:
        async with world.life(own_profile=own) as life:
            await life.add_account()
            for there in ("nothing", "a file", "a link to nowhere", "nothing"):
                if there == "a file":
                    own.parent.mkdir()
                    own.write_text("")
                elif own.is_file() or own.is_symlink():
                    own.unlink()
                if there == "a link to nowhere":
                    own.symlink_to(world.home / "nowhere")
                await life.sync(asking(asked, [*signed_in(), *listing(orders(1))]))
                used.append(asked_in(asked).profile_path)

    run(synced())
    assert used == [None, str(own), str(own), None]

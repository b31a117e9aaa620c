"""The check of a portal profile in the engine, and which profile a run uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.core.commands import CheckPortal
from fossatray.core.errors import ScrapeProcessDied, SignInRefused
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.secret import Secret
from fossatray.core.wire import Finished, ScrapeRequest, SignedIn, SigningIn, decode_request, failure
from tests.unit.engine.world import Life, Step, World, beginning, listing, orders, run, say, signed_in

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

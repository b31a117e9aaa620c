"""Sign-ins are counted before they happen, and a refusal stops the account until its credentials change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fossatray.core.accounts import Account
from fossatray.core.commands import SaveAccount, TestSignIn
from fossatray.core.errors import PasswordMissing, SignInLimit, SignInLocked, SignInRefused, SignInUnclear
from fossatray.core.health import Health
from fossatray.core.messages import Finished, SignedIn, SigningIn
from fossatray.core.runs import Outcome
from fossatray.core.secret import Secret
from fossatray.core.wire import failure
from tests.unit.engine.world import (
    ORIGIN,
    Life,
    Step,
    World,
    beginning,
    failing,
    listing,
    orders,
    run,
    say,
    signed_in,
    success,
)

REFUSED: list[Step] = [
    *beginning(),
    say(SigningIn()),
    {"answer": "/dev/null"},
    say(SignedIn("refused")),
    say(failure(SignInRefused())),
]
TESTED: list[Step] = [
    *beginning(),
    say(SigningIn()),
    {"answer": "/dev/null"},
    say(SignedIn("accepted")),
    say(Finished(0, "")),
]
CUT_OFF: list[Step] = [*beginning(), say(SigningIn()), {"answer": "/dev/null"}, {"die": 9}]


class ElsewhereCredentials:
    """A keyring: nothing of it is held here."""

    async def store(self, account_id: str, origin: str, password: Secret) -> None:
        """Keep nothing."""

    async def check(self, account_id: str, origin: str, *, may_prompt: bool = False) -> Any:
        raise NotImplementedError

    async def delete(self, account_id: str, origin: str) -> None:
        """Nothing to delete."""

    async def forget_session(self, account_id: str, origin: str) -> None:
        """Nothing to forget."""

    def session_password(self, account_id: str, origin: str | None = None) -> Secret | None:
        return None


async def refused(life: Life) -> Account:
    account = await life.add_account()
    ended = await life.sync(REFUSED)
    assert ended.error is not None
    assert ended.error.kind == "sign_in_refused"
    return account


def test_a_refusal_stops_the_account_over_restarts_without_touching_the_portal_again(world: World) -> None:
    async def first_life() -> str:
        async with world.life() as life:
            account = await refused(life)
            (state,) = life.state.accounts
            assert state.blocked is not None
            assert state.next_run is None
            assert state.health() is Health.FAILED
            assert world.alarm.at is None
            return account.id

    account_id = run(first_life())

    async def second_life() -> None:
        world.clock.forward(hours=5)
        async with world.life() as life:
            assert world.alarm.at is None
            assert life.state.accounts[0].blocked is not None
            started = world.started
            ended = await life.sync()
            assert ended.outcome is Outcome.FAILED
            assert ended.error == SignInRefused().info()
            assert world.started == started
            assert life.store.sign_ins.count_since(account_id, world.clock.now.replace(year=2000), world.clock.now) == 1

    run(second_life())


@pytest.mark.parametrize(
    ("username", "portal", "password", "lifted"),
    [
        ("t@example.com", ORIGIN, Secret("another"), True),
        ("other@example.com", ORIGIN, None, True),
        ("t@example.com", "https://other.example", None, True),
        ("t@example.com", ORIGIN, None, False),
    ],
    ids=["password", "user name", "portal", "only the name"],
)
def test_changed_credentials_lift_a_refusal(
    world: World, username: str, portal: str, password: Secret | None, *, lifted: bool
) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await refused(life)
            await life.do(SaveAccount("Renamed", portal, username, account_id=account.id, password=password))
            (state,) = life.state.accounts
            assert (state.blocked is None) is lifted
            armed = lifted and portal == ORIGIN  # no password is stored for the other portal
            assert (state.next_run is not None) is armed
            assert (world.alarm.at is not None) is armed
            assert state.schedules[0].held == (None if armed else "no_password" if lifted else "blocked")

    run(story())


def test_a_refusal_that_is_only_told_as_an_error_stops_the_account_too(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            await life.sync(failing(SignInRefused()))
            assert life.store.accounts.blocked(account.id) is not None

    run(story())


def test_every_sign_in_is_in_the_book_before_its_answer_is_given(world: World) -> None:
    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            account = await life.add_account()
            script = [*beginning(), say(SigningIn()), {"answer": "/dev/null"}, {"wait": str(gate.path)}]
            run_id = await life.begin([*script, say(SignedIn("accepted")), *listing(orders(1))])
            await gate.open()  # the child has its answer
            assert life.store.sign_ins.count_since(account.id, world.clock.now, world.clock.now) == 1
            await life.ended(run_id)
            assert life.store.sign_ins.unresolved(account.id) == 0

    run(story())


def test_twelve_sign_ins_an_hour_and_not_one_more(world: World) -> None:
    async def story() -> None:
        answers = world.home / "answers"
        async with world.life() as life:
            account = await life.add_account()
            for _ in range(12):
                life.store.sign_ins.end(life.store.sign_ins.begin(account.id, world.clock.now), "accepted")
            asking: list[Step] = [*beginning(), say(SigningIn()), {"answer": str(answers)}, {"hang": True}]
            ended = await life.sync(asking)
            assert ended.error is not None
            assert ended.error.kind == SignInLimit.kind
            assert not answers.exists() or answers.read_text() == ""
            assert life.store.accounts.blocked(account.id) is None
            world.clock.forward(minutes=61)
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())


def test_two_sign_ins_cut_off_in_a_row_count_as_a_refusal(world: World) -> None:
    async def story() -> None:
        answers = world.home / "answers"
        async with world.life() as life:
            account = await life.add_account()
            for _ in range(2):
                ended = await life.sync(CUT_OFF)
                assert ended.error is not None
                assert ended.error.kind == "scrape_process_died"
            third = await life.sync([*beginning(), say(SigningIn()), {"answer": str(answers)}, {"hang": True}])
            assert third.error is not None
            assert third.error.kind == "sign_in_refused"
            assert not answers.exists() or answers.read_text() == ""
            assert life.store.accounts.blocked(account.id) is not None
            # new credentials are a new beginning
            await life.do(SaveAccount("Work", ORIGIN, "t@example.com", account.id, Secret("another")))
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())


@pytest.mark.parametrize("error", [PasswordMissing(), SignInUnclear()])
def test_what_the_scrape_lives_to_tell_is_not_cut_off(world: World, error: Any) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            for _ in range(3):
                script = [*beginning(), say(SigningIn()), {"answer": "/dev/null"}, say(failure(error))]
                ended = await life.sync(script)
                assert ended.error is not None
                assert ended.error.kind == error.kind
            assert life.store.accounts.blocked(account.id) is None

    run(story())


def test_cancelling_in_mid_sign_in_is_not_cut_off_either(world: World) -> None:
    from fossatray.core.commands import Cancel

    async def story() -> None:
        gate = await world.gate()
        async with world.life() as life:
            account = await life.add_account()
            await life.begin([*beginning(), say(SigningIn()), {"answer": "/dev/null"}, {"wait": str(gate.path)}])
            await gate.reached()
            assert life.store.sign_ins.unresolved(account.id) == 1
            await life.do(Cancel())
            assert life.store.sign_ins.unresolved(account.id) == 0

    run(story())


def test_a_locked_sign_in_fails_without_stopping_the_account(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            ended = await life.sync(failing(SignInLocked()))
            assert ended.error is not None
            assert ended.error.kind == "sign_in_locked"
            assert life.store.accounts.blocked(account.id) is None
            assert world.alarm.at is not None

    run(story())


def test_a_password_held_for_the_session_comes_with_the_answer(world: World) -> None:
    async def story() -> None:
        answers, request = world.home / "answers", world.home / "request"
        async with world.life() as life:
            await life.add_account()
            asking: list[Step] = [say(SigningIn()), {"answer": str(answers)}, say(SignedIn("accepted"))]
            await life.sync([{"request": str(request)}, *asking, *listing(orders(1))])
            assert json.loads(request.read_text())["password_from"] == "engine"
            assert json.loads(answers.read_text())["password"] == "made-up"

    run(story())


def test_a_password_in_the_keyring_never_comes_through_the_engine(world: World) -> None:
    world.credentials = ElsewhereCredentials()

    async def story() -> None:
        answers, request = world.home / "answers", world.home / "request"
        async with world.life() as life:
            await life.add_account()
            asking: list[Step] = [say(SigningIn()), {"answer": str(answers)}, say(SignedIn("accepted"))]
            await life.sync([{"request": str(request)}, *asking, *listing(orders(1))])
            assert json.loads(request.read_text())["password_from"] == "keyring"
            assert json.loads(answers.read_text()) == {"t": "sign_in_answer", "allowed": True, "password": None}

    run(story())


# --- the test of a sign-in --------------------------------------------------------------------------------------------


def test_a_sign_in_test_counts_and_leaves_no_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            world.scripts.append(TESTED)
            assert await life.do(TestSignIn(account.id)) is None
            assert life.store.sign_ins.count_since(account.id, world.clock.now, world.clock.now) == 1
            assert life.store.runs.last_ended(account.id) is None

    run(story())
    assert world.left() == []


def test_a_sign_in_test_that_is_accepted_lifts_a_refusal(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await refused(life)
            world.scripts.append(TESTED)
            await life.do(TestSignIn(account.id))
            assert life.state.accounts[0].blocked is None
            assert world.alarm.at is not None

    run(story())


def test_a_sign_in_test_that_is_refused_says_so_and_stops_the_account(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            world.scripts.append(REFUSED)
            with pytest.raises(SignInRefused):
                await life.do(TestSignIn(account.id))
            assert life.state.accounts[0].blocked is not None
            assert world.alarm.at is None

    run(story())


def test_a_sign_in_test_with_a_password_of_its_own_uses_it_once(world: World) -> None:
    answers, request = world.home / "answers", world.home / "request"

    async def story() -> None:
        async with world.life() as life:
            account = await refused(life)
            steps: list[Step] = [{"request": str(request)}, *beginning()[1:], *signed_in(str(answers))]
            world.scripts.append([*steps, *TESTED[-1:]])
            await life.do(TestSignIn(account.id, Secret("typed")))
            assert json.loads(answers.read_text())["password"] == "typed"
            assert json.loads(request.read_text())["password_from"] == "engine"
            assert life.state.accounts[0].blocked is None
            kept = world.credentials.session_password(account.id, ORIGIN)
            assert kept == Secret("made-up")

    run(story())


def test_the_refusal_of_a_password_of_its_own_says_nothing_of_the_stored_one(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            world.scripts.append(REFUSED)
            with pytest.raises(SignInRefused):
                await life.do(TestSignIn(account.id, Secret("mistyped")))
            assert life.state.accounts[0].blocked is None
            assert world.alarm.at is not None
            assert life.store.sign_ins.count_since(account.id, world.clock.now, world.clock.now) == 1
            assert "mistyped" not in repr(TestSignIn(account.id, Secret("mistyped")))

    run(story())


def test_sign_ins_of_a_later_time_do_not_count_after_the_clock_was_set_back(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            account = await life.add_account()
            for _ in range(12):
                life.store.sign_ins.end(life.store.sign_ins.begin(account.id, world.clock.now), "accepted")
            assert (await life.sync([*beginning(), say(SigningIn()), {"hang": True}])).outcome is Outcome.FAILED
            world.clock.forward(days=-1)
            assert (await life.sync(success(1))).outcome is Outcome.SUCCEEDED

    run(story())

"""What the scrape leaves as evidence of a failure: kept with its run, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fossatray.core.commands import DeleteEvidence, RemoveAccount, SaveSettings, SyncNow
from fossatray.core.errors import LayoutChanged
from fossatray.core.evidence import PICTURE_LIMIT, Evidence, evidence_from, is_picture
from fossatray.core.runs import Outcome
from fossatray.core.wire import decode_message, decode_request, encode_message
from tests.unit.engine.world import Step, World, failing, run, say, success

PICTURE = "iVBORw0KGgo="
EVIDENCE = Evidence("list", "layout_changed", "/app/work/list", "<p>Xxxx 99</p>", PICTURE)


def failing_with(*evidence: Evidence) -> list[Step]:
    *before, failed = failing(LayoutChanged())
    return [*before, *(say(one) for one in evidence), failed]


@pytest.fixture
def world(own_home: Path) -> World:
    return World(own_home)


def test_a_failed_run_keeps_it_and_a_run_that_succeeds_has_none(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            failed = await life.sync(failing_with(EVIDENCE))
            assert failed.outcome is Outcome.FAILED
            well = await life.sync(success(1))
            assert well.outcome is Outcome.SUCCEEDED
            kept = life.store.evidence.of_runs()
            assert list(kept) == [failed.id]
            assert (kept[failed.id].folder / "page.html").read_text() == EVIDENCE.html

    run(story())


@pytest.mark.parametrize("wanted", ["on", "off"])
def test_it_is_asked_for_unless_switched_off(world: World, wanted: str) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            await life.do(SaveSettings({"evidence": wanted, "show_browser": wanted}))
            first, *rest = success(1)
            assert "request" in first
            await life.sync([{"request": str(world.home / "asked")}, *rest])
            asked = decode_request((world.home / "asked").read_bytes())
            assert asked.evidence == (world.limits.evidence_s if wanted == "on" else 0.0)
            assert asked.show_browser is (wanted == "on")

    run(story())


def test_what_was_not_asked_for_ends_the_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            twice = await life.sync(failing_with(EVIDENCE, EVIDENCE))
            assert twice.error is not None
            assert twice.error.kind == "scrape_process_died"
            await life.do(SaveSettings({"evidence": "off"}))
            unasked = await life.sync(failing_with(EVIDENCE))
            assert unasked.error is not None
            assert unasked.error.kind == "scrape_process_died"
            assert unasked.id not in life.store.evidence.of_runs()

    run(story())


def test_it_is_deleted_with_the_account_or_on_request(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            first, second = await life.add_account("One"), await life.add_account("Two")
            world.scripts += [failing_with(EVIDENCE)] * 2
            runs = [await life.ended((await life.do(SyncNow(account.id)))[0]) for account in (first, second)]
            assert list(life.store.evidence.of_runs()) == [one.id for one in runs]
            await life.do(RemoveAccount(first.id))
            assert list(life.store.evidence.of_runs()) == [runs[1].id]
            told = life.ear.history
            assert await life.do(DeleteEvidence(runs[1].id)) == 1
            assert life.ear.history > told
            assert await life.do(DeleteEvidence()) == 0

    run(story())


def test_what_is_of_no_run_is_swept_at_the_start(world: World) -> None:
    """After a backup was restored, say: a later run would have its number."""

    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            failed = await life.sync(failing_with(EVIDENCE))
            life.store.evidence.keep(failed.id + 1, EVIDENCE)
        async with world.life() as life:
            assert list(life.store.evidence.of_runs()) == [failed.id]

    run(story())


def test_a_disk_that_refuses_it_hinders_no_run(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await life.add_account()
            (world.home / "data" / "evidence").write_text("in the way")
            failed = await life.sync(failing_with(EVIDENCE))
            assert failed.error is not None
            assert failed.error.kind == "layout_changed"
            (world.home / "data" / "evidence").unlink()

    run(story())


def test_what_is_no_evidence_is_refused() -> None:
    good = json.loads(encode_message(EVIDENCE))
    assert decode_message(encode_message(EVIDENCE)) == EVIDENCE
    del good["t"]
    for wrong in (
        {"step": "../../x"},
        {"step": None},
        {"error": "x" * 41},
        {"path": "/a\nb"},
        {"path": "/" * 501},
        {"html": "x" * (512 * 1024 + 1)},
        {"html": 1},
        {"png": "no base64 ü"},
        {"png": "bm8gcGljdHVyZQ=="},
        {"png": PICTURE + "A" * PICTURE_LIMIT},
    ):
        with pytest.raises((ValueError, TypeError)):
            evidence_from(good | wrong)
    assert is_picture(PICTURE)

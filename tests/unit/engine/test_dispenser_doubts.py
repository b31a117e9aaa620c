"""Dispensers that are hard to believe: sites that show none any more, and fields that all lose at once."""

from __future__ import annotations

from dataclasses import replace

from fossatray.core.dispensers import Dispenser
from fossatray.core.errors import NoLongerShown
from fossatray.core.locations import LocationState
from fossatray.core.messages import Finished, LocationRead
from fossatray.core.runs import Counts, Outcome
from fossatray.core.why import reason_words
from fossatray.core.words import Words
from tests.unit.engine.test_dispensers import (
    ONE,
    TWO,
    changes,
    dispensers,
    kept,
    open_orders,
    reading,
    site,
    with_service,
)
from tests.unit.engine.world import ZONE, Step, World, beginning, run, say, signed_in

PUMPS = ("Pump", "Tank; monitor")


def renamed(*numbers: int) -> list[Step]:
    """What a scrape says where the group of dispensers has another name at these sites."""
    messages = [say(LocationRead(site(number), (), groups=PUMPS)) for number in numbers]
    return [*beginning(), *signed_in(), *messages, say(Finished(0, "every site was counted"))]


def test_sites_that_all_show_none_any_more_are_not_believed_without_a_persons_word(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2), with_service(3))
            await dispensers(life, reading({1: [ONE, TWO], 2: [ONE], 3: []}))
            before = kept(world)
            for _ in range(2):  # a second read that agrees proves nothing
                ended = await dispensers(life, renamed(1, 2, 3), force=True)
                assert ended.outcome is Outcome.FAILED
                assert (
                    ended.error
                    == NoLongerShown(
                        "Of 3 dispensers at 2 sites the portal shows none any more."
                        ' Only other equipment is shown: "Pump", "Tank, monitor".'
                    ).info()
                )
                assert "fossatray portal check" in ended.error.advice
                assert (kept(world), changes(world, ended)) == (before, [])
            (account,) = life.store.accounts.all()
            states = life.store.dispensers.locations(account.id)
            assert states[site(1)].state is LocationState.FAILED
            believed = await dispensers(life, renamed(1, 2, 3), force=True, believe=True)
            assert believed.counts == Counts(archived=3)
            assert believed.reason == '2 of 3 locations without dispensers now: "Pump", "Tank, monitor"'
        assert kept(world) == {}

    run(story())


def test_one_site_that_shows_none_any_more_is_believed_and_what_it_shows_is_told(world: World) -> None:
    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2))
            await dispensers(life, reading({1: [ONE, TWO], 2: [ONE]}))
            script = [*renamed(1)[:-1], *reading({2: [ONE]})[len(beginning()) + len(signed_in()) :]]
            ended = await dispensers(life, script, force=True)
            assert (ended.outcome, ended.counts) == (Outcome.SUCCEEDED, Counts(found=1, archived=2))
            assert ended.reason == '1 of 2 locations without dispensers now: "Pump", "Tank, monitor"'
            words = Words(ZONE)
            assert reason_words(ended.reason, words) == (
                '1 of 2 sites shows no dispensers now, only "Pump", "Tank, monitor"'
            )
            assert reason_words(
                "2 of 3 locations without dispensers now; 1 of 3 locations could not be read", words
            ) == ("2 of 3 sites show no dispensers now; 1 of 3 sites could not be read")
        assert kept(world) == {site(2): ["1/2"]}

    run(story())


def test_fields_that_all_dispensers_lose_at_once_are_not_lost(world: World) -> None:
    whole = [Dispenser(f"{n}", serial=f"EN{n}", meter_type="Electronic", ntep="02-19") for n in range(6)]
    less = [replace(one, meter_type=None, ntep=None) for one in whole]

    async def story() -> None:
        async with world.life() as life:
            await open_orders(life, with_service(1), with_service(2))
            await dispensers(life, reading({1: whole, 2: whole}))
            ended = await dispensers(life, reading({1: less, 2: less}), force=True)
            assert ended.error == NoLongerShown("The portal no longer shows: meter types, NTEP / COC numbers.").info()
            assert (ended.counts, changes(world, ended)) == (Counts(), [])
            renamed_label = [replace(one, ntep=None, other=(("NTEP no.", "02-19"),)) for one in whole]
            relabelled = await dispensers(life, reading({1: renamed_label, 2: renamed_label}), force=True)
            told = 'The portal no longer shows: NTEP / COC numbers. Labels not known: "NTEP no.".'
            assert relabelled.error == NoLongerShown(told).info()
            (account,) = life.store.accounts.all()
            assert list(life.store.dispensers.of_location(account.id, site(1)).values()) == whole
            few = await dispensers(life, reading({1: less, 2: whole}), force=True)
            assert (few.outcome, few.counts.changed) == (Outcome.SUCCEEDED, 6)
            believed = await dispensers(life, reading({1: less, 2: less}), force=True, believe=True)
            assert (believed.outcome, believed.counts.changed) == (Outcome.SUCCEEDED, 6)

    run(story())

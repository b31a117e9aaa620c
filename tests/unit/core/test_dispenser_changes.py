"""What changed between two readings of a site's dispensers, and which sites are read at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fossatray.core.changes import Kind
from fossatray.core.dispenser_changes import SiteDiff, compare
from fossatray.core.dispensers import Dispenser, LocationWanted, dispenser_keys
from fossatray.core.locations import LocationState, StoredLocation, stale_locations

SITE = "https://p/app/customers/locations/1/"
ONE = Dispenser("1/2", ("Regular", "Plus"), make="Gilbarco", serial="EN1", other=(("Island", "A"),))
TWO = Dispenser("3/4", ("Diesel",), make="Gilbarco", serial="EN2")
NAMELESS = Dispenser(serial="EN3")
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def diff(kept: list[Dispenser], read: list[Dispenser], *, first: bool = False) -> SiteDiff:
    return compare(SITE, dict(zip(dispenser_keys(kept), kept, strict=True)), read, first=first)


def told(found: SiteDiff) -> list[tuple[Kind, str | None]]:
    return [(change.kind, change.numbers) for change in found.changes]


def test_the_first_read_of_a_site_makes_no_change_noise() -> None:
    assert diff([], [ONE, TWO], first=True) == SiteDiff((), ())


def test_nothing_changed_says_nothing_whatever_the_order() -> None:
    assert diff([ONE, TWO], [TWO, ONE]) == SiteDiff((), ())


def test_added_and_removed_are_told_with_their_numbers_and_site() -> None:
    found = diff([ONE, NAMELESS], [ONE, TWO])
    assert told(found) == [(Kind.DISPENSER_ADDED, "3/4"), (Kind.DISPENSER_REMOVED, "EN3")]
    assert found.gone == dispenser_keys([NAMELESS])
    assert {(change.number, change.location_url) for change in found.changes} == {("", SITE)}


def test_a_dispenser_that_has_other_numbers_is_known_by_its_serial_number() -> None:
    found = diff([ONE, TWO], [replace(ONE, numbers="21/22"), TWO])
    assert told(found) == [(Kind.DISPENSER_CHANGED, "21/22")]
    assert found.changes[0].fields_json() == {"numbers": {"old": "1/2", "new": "21/22"}}
    assert found.gone == dispenser_keys([ONE])
    both = diff([ONE, TWO], [replace(ONE, numbers="3/4"), replace(TWO, numbers="1/2")])
    assert told(both) == [(Kind.DISPENSER_CHANGED, "3/4"), (Kind.DISPENSER_CHANGED, "1/2")]


def test_of_two_with_the_same_numbers_the_one_that_went_is_told() -> None:
    first, second = ONE, replace(ONE, serial="EN9")
    (change,) = diff([first, second], [second]).changes
    assert (change.kind, change.numbers) == (Kind.DISPENSER_REMOVED, "1/2")


def test_a_serial_number_that_is_entered_later_is_a_change() -> None:
    bare = Dispenser(make="Gilbarco")
    assert told(diff([ONE, bare], [ONE, replace(bare, serial="EN7")])) == [(Kind.DISPENSER_CHANGED, "EN7")]
    assert told(diff([replace(ONE, serial=None)], [ONE])) == [(Kind.DISPENSER_CHANGED, "1/2")]


def test_a_serial_number_that_several_share_tells_nothing() -> None:
    shared = [replace(ONE, numbers=number, serial="none") for number in ("1/2", "3/4", "5/6")]
    renamed = [replace(one, numbers=number) for one, number in zip(shared, ("7/8", "9/10", "5/6"), strict=True)]
    kinds = [kind for kind, _ in told(diff(shared, renamed))]
    assert sorted(kinds) == [Kind.DISPENSER_ADDED] * 2 + [Kind.DISPENSER_REMOVED] * 2


def test_a_change_names_each_field_with_old_and_new() -> None:
    after = replace(ONE, grades=("Regular",), other=(("Island", "B"), ("Side", "left")))
    (change,) = diff([ONE], [after]).changes
    assert change.kind is Kind.DISPENSER_CHANGED
    assert change.fields_json() == {
        "grades": {"old": ["Regular", "Plus"], "new": ["Regular"]},
        "other.Island": {"old": "A", "new": "B"},
        "other.Side": {"old": None, "new": "left"},
    }


@pytest.mark.parametrize(
    ("state", "days_ago", "wanted"),
    [
        (LocationState.READ, 6.9, False),
        (LocationState.READ, 7, True),
        (LocationState.READ, -1, True),
        (LocationState.GONE, 1, False),
        (LocationState.GONE, 8, True),
        (LocationState.FAILED, 0, True),
    ],
)
def test_what_the_portal_answered_clearly_is_fresh_for_so_many_days(
    state: LocationState, days_ago: float, *, wanted: bool
) -> None:
    location = LocationWanted(SITE)
    kept = {SITE: StoredLocation("a", location, state, NOW - timedelta(days=days_ago))}
    assert stale_locations([location], kept, NOW, 7) == ((location,) if wanted else ())


def test_a_site_that_was_never_asked_for_is_read_and_nothing_is_fresh_for_no_days() -> None:
    location = LocationWanted(SITE)
    assert stale_locations([location], {}, NOW, 7) == (location,)
    kept = {SITE: StoredLocation("a", location, LocationState.READ, NOW)}
    assert stale_locations([location], kept, NOW, 0) == (location,)

"""Sites and dispensers: kept as they were read, archived but never deleted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, Kind
from fossatray.core.dispenser_changes import SiteDiff, compare
from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import InvalidInput, LocationGone
from fossatray.core.locations import LocationState
from fossatray.core.runs import Outcome, Run, Trigger
from fossatray.store.defaults import codes
from fossatray.store.public import change_json, dispenser_json
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, NOW, make_account

SITE = LocationWanted("https://portal.example/app/customers/locations/7/", "#4711", "Main & Ninth")
OTHER = LocationWanted("https://portal.example/app/customers/locations/8/", "#0815", "Corner")
ONE = Dispenser(
    "1/2", ("Regular", "Plus"), "Gilbarco", "NN1", "EN1", "0128", 2, "HD Meter", "02-19A29", (("Island", "A"),)
)
TWO = Dispenser("3/4", ("Diesel",), "Dresser Wayne", serial="EN2")


def read(store: Store, account: Account, site: LocationWanted, dispensers: list[Dispenser], now: Any = NOW) -> Run:
    """Save a reading of a site as the engine does."""
    run = store.runs.start(account.id, "dispensers", Trigger.MANUAL, None, now)
    before = store.dispensers.locations(account.id).get(site.url)
    kept = store.dispensers.of_location(account.id, site.url)
    diff = compare(site.url, kept, dispensers, first=before is None or before.read_at is None)
    with store.atomic():
        store.dispensers.save_read(run.id, account.id, site, dispensers, diff, now)
        return store.runs.finish(run.id, Outcome.SUCCEEDED, now)


def shown(reader: Reader, **asked: Any) -> list[str | None]:
    return [stored.dispenser.numbers for stored in reader.dispensers(**asked)]


def test_dispensers_come_back_as_they_went_in_by_store_and_place(
    store: Store, account: Account, reader: Reader
) -> None:
    read(store, account, SITE, [TWO, ONE])
    read(store, account, OTHER, [replace(ONE, numbers="9/10")])
    found = reader.dispensers()
    assert [(stored.store_number, stored.dispenser.numbers) for stored in found] == [
        ("#0815", "9/10"),
        ("#4711", "3/4"),
        ("#4711", "1/2"),
    ]
    assert found[2].dispenser == ONE
    assert (found[2].account_id, found[2].site_name, found[2].read_at) == (account.id, "Main & Ninth", NOW)


def test_what_is_gone_is_archived_and_what_is_back_is_there_again(
    store: Store, account: Account, reader: Reader
) -> None:
    read(store, account, SITE, [ONE, TWO])
    read(store, account, SITE, [ONE], NOW + HOUR)
    assert shown(reader) == ["1/2"]
    (gone,) = reader.dispensers(archived=True)
    assert (gone.dispenser, gone.read_at, gone.archived_at) == (TWO, NOW, NOW + HOUR)
    read(store, account, SITE, [ONE, TWO], NOW + 2 * HOUR)
    assert shown(reader) == ["1/2", "3/4"]
    assert [one.change.kind for one in reader.changes()] == [Kind.DISPENSER_ADDED, Kind.DISPENSER_REMOVED]


def test_a_failure_keeps_the_dispensers_and_says_why(store: Store, account: Account, reader: Reader) -> None:
    read(store, account, SITE, [ONE])
    error = LocationGone().info()
    store.dispensers.save_failure(account.id, SITE, LocationState.GONE, error, NOW + HOUR)
    (location,) = reader.locations(account.id)
    assert (location.location, location.state, location.error) == (SITE, LocationState.GONE, error)
    assert (location.asked_at, location.read_at) == (NOW + HOUR, NOW)
    assert shown(reader) == ["1/2"]
    assert store.dispensers.locations(account.id) == {SITE.url: location}
    read(store, account, SITE, [ONE], NOW + 2 * HOUR)
    (again,) = reader.locations()
    assert (again.state, again.error, again.read_at) == (LocationState.READ, None, NOW + 2 * HOUR)


@pytest.mark.parametrize("needle", ["4711", "main & ninth", "GILBARCO", "en1", "0128", "hd meter", "19a29", "island"])
def test_every_field_is_searched(store: Store, account: Account, reader: Reader, needle: str) -> None:
    read(store, account, SITE, [ONE])
    read(store, account, OTHER, [TWO])
    assert shown(reader, search=needle) == ["1/2"]


def test_each_account_has_its_own(store: Store, account: Account, reader: Reader) -> None:
    other = store.accounts.add(make_account("Other"))
    read(store, account, SITE, [ONE])
    read(store, other, SITE, [TWO])
    assert (shown(reader, account_id=account.id), shown(reader, account_id=other.id)) == (["1/2"], ["3/4"])
    store.accounts.remove(account.id)
    assert shown(reader) == ["3/4"]
    assert [location.account_id for location in reader.locations()] == [other.id]


def test_hostile_text_is_kept_without_harm(store: Store, account: Account, reader: Reader) -> None:
    hostile = Dispenser("1\ud800/\0", serial="'); DROP TABLE dispenser; --")
    read(store, account, replace(SITE, store_number="#\udfff"), [])
    read(store, account, replace(SITE, store_number="#\udfff"), [hostile], NOW + HOUR)
    assert [stored.dispenser for stored in reader.dispensers()] == [hostile]
    (added,) = reader.changes()
    assert added.change.numbers == "1\ufffd/\ufffd"


def test_the_public_form_of_a_dispenser(store: Store, account: Account, reader: Reader) -> None:
    read(store, account, SITE, [ONE])
    (stored,) = reader.dispensers()
    assert dispenser_json(stored, "Work") == {
        "account": "Work",
        "location_url": SITE.url,
        "store_number": "#4711",
        "site_name": "Main & Ninth",
        "numbers": "1/2",
        "grades": ["Regular", "Plus"],
        "make": "Gilbarco",
        "model": "NN1",
        "serial": "EN1",
        "stand_alone_code": "0128",
        "nozzles_per_side": 2,
        "meter_type": "HD Meter",
        "ntep": "02-19A29",
        "other": {"Island": "A"},
        "read_at": "2026-01-05T12:00:00.250Z",
        "archived_at": None,
    }


def test_the_public_form_of_a_dispenser_s_change(store: Store, account: Account, reader: Reader) -> None:
    read(store, account, SITE, [ONE])
    run = read(store, account, SITE, [replace(ONE, model="NL3")])
    (stored,) = reader.changes(run_id=run.id)
    assert change_json(stored) == {
        "account": "Work",
        "run": run.id,
        "at": "2026-01-05T12:00:00.250Z",
        "number": "",
        "kind": "dispenser_changed",
        "fields": {"model": {"old": "NN1", "new": "NL3"}},
        "location_url": SITE.url,
        "store_number": "#4711",
        "numbers": "1/2",
    }


def test_the_partner_of_a_swap_is_found_by_its_number_too(store: Store, account: Account, reader: Reader) -> None:
    run = store.runs.start(account.id, "work_orders", Trigger.MANUAL, None, NOW)
    swap = Change("1", Kind.SWAPPED, partner="2")
    store.dispensers.save_read(run.id, account.id, SITE, [], SiteDiff((swap,), ()), NOW)
    assert [[one.change for one in reader.changes(number=number)] for number in ("1", "2", "3")] == [[swap], [swap], []]


@pytest.mark.parametrize("value", ["", ",", "28 61;", "2861'", "x" * 21])
def test_codes_that_cannot_be_are_refused(store: Store, value: str) -> None:
    with pytest.raises(InvalidInput, match="dispenser_codes"):
        store.settings.set("dispenser_codes", value)


def test_codes_are_a_list(store: Store) -> None:
    assert codes(store.settings.get("dispenser_codes")) == ("2861", "2862", "3002", "3146")
    store.settings.set("dispenser_codes", "2861,CAL-SERV  3006")
    assert codes(store.settings.get("dispenser_codes")) == ("2861", "CAL-SERV", "3006")


def test_one_site_and_one_kind_of_change_are_asked_for(store: Store, account: Account, reader: Reader) -> None:
    read(store, account, SITE, [ONE])
    read(store, account, OTHER, [TWO])
    read(store, account, SITE, [replace(ONE, model="NN2"), TWO], NOW + HOUR)
    assert shown(reader, location_url=OTHER.url) == ["3/4"]
    assert shown(reader, account_id="nobody", location_url=OTHER.url) == []
    assert [site.location for site in reader.locations(account.id, OTHER.url)] == [OTHER]
    assert [one.change.kind for one in reader.changes(kinds=[Kind.DISPENSER_ADDED])] == [Kind.DISPENSER_ADDED]
    assert len(reader.changes(kinds=[Kind.DISPENSER_ADDED, Kind.DISPENSER_CHANGED])) == 2
    assert reader.changes(kinds=[Kind.SWAPPED]) == []

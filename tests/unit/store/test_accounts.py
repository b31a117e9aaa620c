"""Accounts and settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, Diff, Kind
from fossatray.core.errors import InvalidInput, NotFound
from fossatray.core.runs import Fate, Occurrence
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import HOUR, NOW, full_order, make_account, save


def test_accounts_are_found_by_id_and_by_name_in_any_case(store: Store) -> None:
    first, second = store.accounts.add(make_account("Zürich STRASSE")), store.accounts.add(make_account("Alpha"))
    assert store.accounts.all() == [first, second]
    assert store.accounts.get(second.id) == second
    assert store.accounts.by_name("  zürich  straße ") == first
    assert store.accounts.get("nobody") is None
    assert store.accounts.by_name("nobody") is None


def test_a_name_is_there_once(store: Store, account: Account) -> None:
    with pytest.raises(InvalidInput, match="Work"):
        store.accounts.add(make_account("WORK"))
    other = store.accounts.add(make_account("Other"))
    with pytest.raises(InvalidInput):
        store.accounts.update(replace(other, name="work"))
    assert len(store.schedules.all()) == 2


def test_an_account_is_changed(store: Store, account: Account) -> None:
    changed = replace(account, name="WORK", origin="https://other.example", username="somebody")
    assert store.accounts.update(changed) == changed == store.accounts.get(account.id)
    with pytest.raises(NotFound):
        store.accounts.update(make_account("New"))


def test_another_portal_address_forgets_what_was_learned_at_the_former_one(store: Store, account: Account) -> None:
    def learned() -> tuple[str | None, frozenset[str] | None]:
        return store.orders.empty_sign(account.id), store.orders.held_back(account.id)

    store.orders.remember_empty_sign(account.id, "You have no work.")
    store.orders.hold_back(account.id, {"1"})
    store.accounts.update(replace(account, name="Renamed", username="somebody"))
    assert learned() == ("You have no work.", frozenset({"1"}))
    store.accounts.update(replace(account, origin="https://other.example"))
    assert learned() == (None, None)


def test_a_removed_account_takes_everything_of_its_own_along(store: Store, account: Account, reader: Reader) -> None:
    other = store.accounts.add(make_account("Other"))
    for each in (account, other):
        save(store, each, [full_order("1")], Diff((Change("1", Kind.NEW),), ()))
        (schedule,) = store.schedules.of_account(each.id)
        store.schedules.add_occurrences([Occurrence(schedule.id, NOW, Fate.MISSED)])
        store.sign_ins.begin(each.id, NOW)
    store.accounts.remove(account.id)
    for table in ("account", "schedule", "occurrence", "run", "work_order", "change", "sign_in"):
        assert [row["n"] for row in reader._rows("SELECT count(*) AS n FROM " + table)] == [1], table  # noqa: S608
    assert reader.accounts() == [other]
    with pytest.raises(NotFound):
        store.accounts.remove(account.id)


def test_settings_have_defaults_and_are_kept(store: Store, reader: Reader) -> None:
    assert store.settings.all() == reader.settings()
    assert store.settings.get("notifications") == "on"
    store.settings.set("notifications", "off")
    store.settings.set("browser_path", "/usr/bin/browser")
    store.settings.set("browser_path", "/usr/bin/other")
    assert store.settings.get("browser_path") == "/usr/bin/other"
    assert store.settings.all() == reader.settings()
    assert reader.settings()["notifications"] == "off"


@pytest.mark.parametrize(
    ("name", "default", "value"),
    [
        ("at_once", "3", "1"),
        ("battery_below", "", "20"),
        ("battery_below", "", ""),
        ("metered", "run", "skip"),
        ("notify_after", "1", "3"),
        ("silent_hours", "24", "48"),
        ("silent_hours", "24", ""),
        ("retention_days", "180", "90"),
    ],
)
def test_the_settings_of_schedules_have_their_values(store: Store, name: str, default: str, value: str) -> None:
    assert store.settings.get(name) == default
    store.settings.set(name, value)
    assert store.settings.get(name) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("colour", "red"),
        ("notifications", "maybe"),
        ("browser_path", "a\0b"),
        ("at_once", "0"),
        ("at_once", "10"),
        ("at_once", ""),
        ("at_once", "²"),
        ("battery_below", "101"),
        ("battery_below", "-5"),
        ("metered", "maybe"),
        ("notify_after", "one"),
        ("notify_after", "6"),
        ("silent_hours", "0"),
        ("silent_hours", "1.5"),
        ("retention_days", "89"),
        ("retention_days", "99999999999999999999"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(store: Store, name: str, value: str) -> None:
    before = store.settings.all()
    with pytest.raises(InvalidInput):
        store.settings.set(name, value)
    assert store.settings.all() == before
    with pytest.raises(InvalidInput):
        store.settings.get("colour")


def test_the_first_schedule_of_an_account_knows_when_it_was_made(store: Store, reader: Reader) -> None:
    account = store.accounts.add(make_account(), NOW)
    (why,) = reader.why(account.id, NOW - HOUR, UTC)
    assert why.changed_at == NOW

"""Sealed sessions in the store: one an account, gone with what they rest on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fossatray.core.accounts import Account
from fossatray.core.errors import NotFound
from fossatray.store.store import Store
from tests.unit.store.places import NOW, make_account


def kept(store: Store, account: Account) -> str | None:
    return store.sessions.get(account.id, account.origin)


def test_a_session_takes_the_place_of_the_one_before(store: Store, account: Account) -> None:
    assert kept(store, account) is None
    for sealed in ("Zmlyc3Q=", "c2Vjb25k"):
        store.sessions.keep(account.id, account.origin, sealed, NOW)
        assert kept(store, account) == sealed
    assert store.sessions.get(account.id, "https://other.example") is None
    assert (store.sessions.forget(account.id), store.sessions.forget(account.id)) == (True, False)
    assert kept(store, account) is None


@pytest.mark.parametrize("changes", [{"origin": "https://other.example"}, {"username": "somebody"}])
def test_another_portal_or_user_forgets_it_and_another_name_does_not(
    store: Store, account: Account, changes: dict[str, str]
) -> None:
    store.sessions.keep(account.id, account.origin, "Zmlyc3Q=", NOW)
    store.accounts.update(replace(account, name="Another name"))
    assert kept(store, account) == "Zmlyc3Q="
    store.accounts.update(replace(account, **changes))
    assert store.sessions.forget(account.id) is False


def test_it_goes_with_its_account_and_with_all_others(store: Store, account: Account) -> None:
    others = [store.accounts.add(make_account(name)) for name in ("Second", "Third")]
    for each in (account, *others):
        store.sessions.keep(each.id, each.origin, "Zmlyc3Q=", NOW)
    store.accounts.remove(account.id)
    assert kept(store, account) is None
    assert sorted(store.sessions.forget_all()) == sorted(other.id for other in others)
    assert store.sessions.forget_all() == []


def test_none_is_kept_for_an_account_that_is_gone_or_elsewhere(store: Store, account: Account) -> None:
    for account_id, origin in (("nobody", account.origin), (account.id, "https://other.example")):
        with pytest.raises(NotFound):
            store.sessions.keep(account_id, origin, "Zmlyc3Q=", NOW)

"""A real database in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fossatray.core.accounts import Account
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from tests.unit.store.places import Place, make_account


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "data")


@pytest.fixture
def store(place: Place, no_leaks: None) -> Iterator[Store]:
    opened = place.open()
    yield opened
    opened.close()


@pytest.fixture
def account(store: Store) -> Account:
    return store.accounts.add(make_account())


@pytest.fixture
def reader(place: Place, no_leaks: None) -> Iterator[Reader]:
    reader = Reader(place.file)
    yield reader
    reader.close()

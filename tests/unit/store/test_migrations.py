"""Migrations from every version there has been, with rows in it; and the machinery itself with a version to come."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from fossatray.core.changes import Kind
from fossatray.core.errors import StoreTooNew
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import Fate, Occurrence, Outcome
from fossatray.core.schedules import Schedule
from fossatray.core.timetable import ActiveHours, Every, Timetable
from fossatray.store import models
from fossatray.store.backups import list_backups
from fossatray.store.migrations import MIGRATIONS, SCHEMA_VERSION, Migration, migrate, version_of
from fossatray.store.reader import Reader
from tests.unit.store.old_databases import BUILDERS, build_newer, build_version_1, build_version_2, build_version_7
from tests.unit.store.places import NOW, Place

NEXT = SCHEMA_VERSION + 1
ADD_COLUMN = Migration(NEXT, ("ALTER TABLE account ADD COLUMN colour TEXT", "UPDATE account SET colour = 'red'"))

CONVERTED = {"schedule": {"interval_minutes", "anchor_minute", "active_start", "active_end"}, "work_order": {"data"}}
"""Columns that became others: their values have a test of their own."""

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def shape(connection: sqlite3.Connection) -> dict[str, Any]:
    """Every table's columns and every index, as SQLite describes them."""
    names = connection.execute("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'").fetchall()
    return {
        name: connection.execute(f"PRAGMA {'table_xinfo' if kind == 'table' else 'index_xinfo'}({name})").fetchall()
        for kind, name in names
    }


def shape_of(file: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(file)) as connection:
        return shape(connection)


def rows_of(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Every table's rows, by column."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        tables = [name for (name,) in connection.execute(TABLES)]
        queries = {name: f"SELECT * FROM {name}" for name in tables}  # noqa: S608 - the database's own names
        return {name: [dict(row) for row in connection.execute(query)] for name, query in queries.items()}


@pytest.fixture
def connection(no_leaks: None) -> Any:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as memory:
        memory.execute("PRAGMA foreign_keys = ON")
        yield memory


def test_versions_count_up_from_one() -> None:
    assert [migration.version for migration in MIGRATIONS] == list(range(1, SCHEMA_VERSION + 1))


def test_each_version_before_this_one_has_its_old_database() -> None:
    """With a new migration comes a builder of the version before it, with rows in every table: one entry, frozen."""
    assert list(BUILDERS) == list(range(SCHEMA_VERSION))


@pytest.mark.parametrize("version", BUILDERS)
def test_every_old_version_ends_in_the_same_shape_with_its_rows(place: Place, version: int) -> None:
    place.folder.mkdir(mode=0o700)
    BUILDERS[version](place.file)
    before = rows_of(place.file)
    assert all(before.values())
    place.open().close()
    fresh = Place(place.folder.with_name("fresh"))
    fresh.open().close()
    assert shape_of(place.file) == shape_of(fresh.file)
    after = rows_of(place.file)
    for table, rows in before.items():
        names = [name for name in rows[0] if name not in CONVERTED.get(table, ())]
        assert [{name: row[name] for name in names} for row in after[table]] == [
            {name: row[name] for name in names} for row in rows
        ]


def test_the_rows_of_version_1_are_all_there(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    build_version_1(place.file)
    store = place.open()
    try:
        account = store.accounts.by_name("WORK")
        assert account is not None
        (schedule,) = store.schedules.of_account("a1")
        assert schedule == Schedule(
            1, "a1", name="Work orders", timetable=Timetable(Every(30, 15), active_hours=ActiveHours(22, 6))
        )
        assert [store.runs.get(n).outcome for n in (1, 2)] == [Outcome.SUCCEEDED, Outcome.FAILED]  # type: ignore[union-attr]
        assert list(store.orders.open("a1")) == ["129651"]
        assert store.orders.held_back("a1") == frozenset({"5"})
        assert store.orders.empty_sign("a1") == "none here"
        assert [run.id for run in store.runs.unnotified()] == [2]
        assert store.settings.get("notifications") == "off"
        accounted = store.schedules.accounted_until(1)
        assert accounted is not None
        missed = store.schedules.occurrence(1, accounted + timedelta(minutes=30))
        assert missed is not None
        assert missed.fate is Fate.MISSED
    finally:
        store.close()
    reader = Reader(place.file)
    assert [change.change.kind for change in reader.changes()] == [Kind.NEW]
    assert [entry.outcome for entry in reader.history()] == ["failed", "missed", "succeeded"]
    reader.close()


def test_the_schedules_of_version_2_keep_their_times_and_their_runs(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    build_version_2(place.file)
    store = place.open()
    try:
        (paused,) = store.schedules.of_account("a2")
        assert paused == Schedule(7, "a2", name="Work orders", timetable=Timetable(Every(1440, 5)), enabled=False)
        runs = [store.runs.get(number) for number in (1, 2, 3)]
        assert [run.schedule_id for run in runs if run is not None] == [1, None, 7]
        assert [run.id for run in store.runs.half_told()] == [3]
        assert store.schedules.occurrence(7, NOW.replace(microsecond=0)) == Occurrence(
            7, NOW.replace(microsecond=0), Fate.RUN, None, 3
        )
        added = store.schedules.add(Schedule(0, "a1", name="Second"))
        assert added.id > 7  # a number is never given twice
        assert len(store.schedules.of_account("a1")) == 2
        store.accounts.remove("a2")
        assert [schedule.id for schedule in store.schedules.all()] == [1, added.id]
        assert store.runs.get(3) is None
    finally:
        store.close()


def test_the_orders_of_version_7_are_as_they_were_and_say_nothing_of_fields_that_came_later(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    build_version_7(place.file)
    store = place.open()
    try:
        assert store.orders.open("a1") == {"129651": WorkOrder("129651", customer="Example")}
        altered, kept = store.orders.archived("a1").values()
        assert altered == WorkOrder("129652"), "what cannot be read is left as it is"
        assert kept == WorkOrder("129653", customer="Ünited", categories=("A",))
        assert (kept.contact, kept.billing) == (None, None)
    finally:
        store.close()


def test_a_rebuilt_table_with_a_row_that_hangs_in_the_air_is_not_taken(connection: sqlite3.Connection) -> None:
    migrate(connection)
    lost = "INSERT INTO schedule VALUES (1, 'nobody', '', '', '', '', 0, 0, NULL, 1, 0, 0, 0, 0, NULL)"
    broken = Migration(NEXT, (lost,), rebuilds=True)
    with pytest.raises(sqlite3.IntegrityError, match="a row of schedule refers to a row of account"):
        migrate(connection, (*MIGRATIONS, broken))
    assert version_of(connection) == SCHEMA_VERSION
    assert connection.execute("SELECT count(*) FROM schedule").fetchone() == (0,)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_the_models_have_the_columns_of_the_tables(connection: sqlite3.Connection) -> None:
    migrate(connection)
    for model in vars(models).values():
        if isinstance(model, type) and issubclass(model, models.Base) and model is not models.Base:
            meta: Any = model._meta
            table = connection.execute(f"PRAGMA table_info({meta.table_name})").fetchall()
            assert [column[1] for column in table] == list(meta.columns), meta.table_name


def test_a_migration_keeps_the_rows_and_is_not_run_twice(connection: sqlite3.Connection) -> None:
    migrate(connection)
    connection.execute("INSERT INTO account (id, name, name_key, origin, username) VALUES ('a', 'n', 'n', 'o', 'u')")
    for _ in range(2):
        migrate(connection, (*MIGRATIONS, ADD_COLUMN))
    assert connection.execute("SELECT name, colour FROM account").fetchall() == [("n", "red")]
    assert version_of(connection) == NEXT


def test_a_migration_that_fails_leaves_version_and_tables_as_they_were(connection: sqlite3.Connection) -> None:
    migrate(connection)
    before = shape(connection)
    broken = Migration(NEXT, (*ADD_COLUMN.statements, "CREATE TABLE another (x)", "INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(connection, (*MIGRATIONS, broken))
    assert shape(connection) == before
    assert version_of(connection) == SCHEMA_VERSION
    assert not connection.in_transaction


@pytest.mark.parametrize("migration", MIGRATIONS, ids=lambda migration: f"version {migration.version}")
def test_a_migration_can_be_run_again_without_harm(connection: sqlite3.Connection, migration: Migration) -> None:
    migrate(connection)
    connection.execute("INSERT INTO setting VALUES ('notifications', 'off')")
    before = shape(connection)
    connection.execute(f"PRAGMA user_version = {migration.version - 1}")
    migrate(connection)
    assert shape(connection) == before
    assert connection.execute("SELECT * FROM setting").fetchall() == [("notifications", "off")]


def test_a_newer_version_is_not_migrated(tmp_path: Path) -> None:
    build_newer(tmp_path / "x", NEXT)
    with closing(sqlite3.connect(tmp_path / "x", isolation_level=None)) as newer, pytest.raises(StoreTooNew):
        migrate(newer)


def test_an_old_database_is_backed_up_before_it_is_migrated(place: Place) -> None:
    place.folder.mkdir(mode=0o700)
    build_version_1(place.file)
    with closing(sqlite3.connect(place.file)) as old:
        old.execute("PRAGMA user_version = 0")
    place.open().close()
    (backup,) = list_backups(place.backups)
    assert backup.version == 0
    with closing(sqlite3.connect(backup.file)) as kept:
        assert version_of(kept) == 0
        assert kept.execute("SELECT count(*) FROM run").fetchone() == (2,)


def test_a_new_database_needs_no_backup(place: Place) -> None:
    place.open().close()
    assert list_backups(place.backups) == []

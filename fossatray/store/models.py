"""Peewee's view of the tables. The tables themselves are made by `migrations`, never from these models.

The proxy is bound to the one open database of the process (see `database`). No model leaves this room. Foreign keys
are plain columns here: SQLite enforces them, and a row never loads another behind our back.
"""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BooleanField, DatabaseProxy, FloatField, IntegerField, Model, TextField

from fossatray.store.convert import Row

proxy = DatabaseProxy()


def rows(query: Any) -> list[Row]:
    """Return a query's rows by column name: where Peewee's types, which say otherwise, end."""
    return list(query.dicts())


def first(query: Any) -> Row | None:
    """Return a query's first row by column name, or None."""
    row: Row | None = query.dicts().first()
    return row


class Base(Model):
    """What all rows share: the database."""

    class Meta:
        """Bound when the database is opened."""

        database = proxy
        legacy_table_names = False


class AccountRow(Base):
    """An account; `blocked` is an error as JSON, `held_back` a JSON list of numbers."""

    id = TextField(primary_key=True)
    name = TextField()
    name_key = TextField(unique=True)
    origin = TextField()
    username = TextField()
    blocked = TextField(null=True)
    held_back = TextField(null=True)
    empty_sign = TextField(null=True)

    class Meta:
        """Its table."""

        table_name = "account"


class ScheduleRow(Base):
    """A schedule; `timetable` is JSON, `changed_at` when its plan was last changed (empty: nobody knows).

    `removed_at` is when it was removed: it is kept for what became of its planned moments, as long as these are.
    """

    id = AutoField()
    account_id = TextField()
    job = TextField()
    name = TextField()
    timetable = TextField()
    lateness = TextField()
    late_hours = FloatField(null=True)
    paused_until = IntegerField(null=True)
    after_id = IntegerField(null=True)
    enabled = BooleanField()
    failures = IntegerField(default=0)
    switched_off = BooleanField(default=False)
    accounted_until = IntegerField(null=True)
    changed_at = IntegerField(null=True)
    removed_at = IntegerField(null=True)

    class Meta:
        """Its table."""

        table_name = "schedule"


class RunRow(Base):
    """A run; `notified` is empty (nothing to tell), 0 (to be told), 2 (on its way) or 1 (told).

    `phases` is a JSON object of seconds by name.
    """

    id = AutoField()
    account_id = TextField()
    job = TextField()
    trigger = TextField()
    planned_at = IntegerField(null=True)
    started_at = IntegerField()
    finished_at = IntegerField(null=True)
    outcome = TextField(null=True)
    reason = TextField(null=True)
    found = IntegerField(default=0)
    new = IntegerField(default=0)
    changed = IntegerField(default=0)
    archived = IntegerField(default=0)
    attempts = IntegerField(default=1)
    error_kind = TextField(null=True)
    error_title = TextField(null=True)
    error_message = TextField(null=True)
    error_advice = TextField(null=True)
    error_retryable = BooleanField(null=True)
    notified = IntegerField(null=True)
    schedule_id = IntegerField(null=True)
    phases = TextField(default="{}")

    class Meta:
        """Its table."""

        table_name = "run"


class OccurrenceRow(Base):
    """A planned moment of a schedule and what became of it."""

    id = AutoField()
    schedule_id = IntegerField()
    planned_at = IntegerField()
    fate = TextField()
    reason = TextField(null=True)
    run_id = IntegerField(null=True)

    class Meta:
        """Its table."""

        table_name = "occurrence"


class DailyTotalRow(Base):
    """What became of the runs and occurrences of a UTC day that are no longer kept one by one.

    `day` is its beginning in milliseconds; `durations` is a histogram and `successes` the ends of the successful runs
    (milliseconds, ascending), both JSON: see `totals`. What the runs found of dispensers is counted apart. There may be
    several rows of one day.
    """

    id = AutoField()
    account_id = TextField()
    schedule_id = IntegerField(null=True)
    day = IntegerField()
    succeeded = IntegerField()
    failed = IntegerField()
    cancelled = IntegerField()
    interrupted = IntegerField()
    skipped = IntegerField()
    missed = IntegerField()
    found = IntegerField()
    new = IntegerField()
    changed = IntegerField()
    archived = IntegerField()
    portal_seconds = FloatField()
    own_seconds = FloatField()
    durations = TextField()
    successes = TextField()
    dispensers_found = IntegerField(default=0)
    dispensers_new = IntegerField(default=0)
    dispensers_changed = IntegerField(default=0)
    dispensers_archived = IntegerField(default=0)

    class Meta:
        """Its table."""

        table_name = "daily_total"


class WorkOrderRow(Base):
    """A work order; `data` is its full JSON form."""

    id = AutoField()
    account_id = TextField()
    number = TextField()
    first_seen = IntegerField()
    last_seen = IntegerField()
    archived_at = IntegerField(null=True)
    visit_date = TextField(null=True)
    data = TextField()

    class Meta:
        """Its table."""

        table_name = "work_order"


class ChangeRow(Base):
    """A change in one run; `fields` is a JSON list of name, old, new. See core.changes.Change for the rest."""

    id = AutoField()
    run_id = IntegerField()
    account_id = TextField()
    at = IntegerField()
    number = TextField()
    kind = TextField()
    fields = TextField()
    partner = TextField(null=True)
    location_url = TextField(null=True)
    numbers = TextField(null=True)

    class Meta:
        """Its table."""

        table_name = "change"


class LocationRow(Base):
    """A site whose dispensers were asked for: `state` is "read", "gone" or "failed", `error` one as JSON.

    `asked_at` is when it was asked for last, `read_at` when its dispensers were read last.
    """

    id = AutoField()
    account_id = TextField()
    url = TextField()
    store_number = TextField(null=True)
    site_name = TextField(null=True)
    state = TextField()
    asked_at = IntegerField()
    read_at = IntegerField(null=True)
    error = TextField(null=True)

    class Meta:
        """Its table."""

        table_name = "location"


class DispenserRow(Base):
    """A dispenser: `key` tells it apart at its site, `place` is where it stands there, `data` its full JSON form."""

    id = AutoField()
    location_id = IntegerField()
    key = TextField()
    place = IntegerField()
    first_seen = IntegerField()
    last_seen = IntegerField()
    archived_at = IntegerField(null=True)
    data = TextField()

    class Meta:
        """Its table."""

        table_name = "dispenser"


class SessionRow(Base):
    """An account's session at a portal's origin, sealed (base64), and when it was kept."""

    account_id = TextField(primary_key=True)
    origin = TextField()
    sealed = TextField()
    at = IntegerField()

    class Meta:
        """Its table."""

        table_name = "session"


class SettingRow(Base):
    """A setting that is not at its default."""

    name = TextField(primary_key=True)
    value = TextField()

    class Meta:
        """Its table."""

        table_name = "setting"


class SignInRow(Base):
    """A password sent (or about to be): `result` is "sent" until the answer is known."""

    id = AutoField()
    account_id = TextField()
    at = IntegerField()
    result = TextField()

    class Meta:
        """Its table."""

        table_name = "sign_in"

"""Sites and their dispensers. A dispenser that is no longer there is archived, never deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from fossatray.core.dispenser_changes import SiteDiff
from fossatray.core.dispensers import Dispenser, LocationWanted, dispenser_keys
from fossatray.core.errors import ErrorInfo, NotFound
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.text import storable
from fossatray.store.convert import (
    CHANGE_SQL,
    change_row,
    dispenser_data,
    dispenser_from_data,
    error_text,
    stored_location_from,
    to_ms,
)
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import DispenserRow, LocationRow, rows

_LOCATION = """
    INSERT INTO location (account_id, url, store_number, site_name, state, asked_at, read_at, error)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (account_id, url) DO UPDATE SET
        store_number = excluded.store_number, site_name = excluded.site_name, state = excluded.state,
        asked_at = excluded.asked_at, read_at = coalesce(excluded.read_at, read_at), error = excluded.error"""
_DISPENSER = """
    INSERT INTO dispenser (location_id, key, place, first_seen, last_seen, data) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (location_id, key) DO UPDATE SET
        place = excluded.place, last_seen = excluded.last_seen, archived_at = NULL, data = excluded.data"""
_ARCHIVE = """
    UPDATE dispenser SET archived_at = ?
    WHERE location_id = ? AND archived_at IS NULL AND key IN (SELECT value FROM json_each(?))"""


class Dispensers:
    """The sites and dispensers of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def locations(self, account_id: str) -> dict[str, StoredLocation]:
        """Return an account's sites by their URL."""
        asked = LocationRow.select().where(LocationRow.account_id == account_id).order_by(LocationRow.id)
        return {row["url"]: stored_location_from(row) for row in rows(asked)}

    @store_errors()
    def of_location(self, account_id: str, url: str) -> dict[str, Dispenser]:
        """Return the dispensers of a site that are there as far as is known, by their keys, in the page's order."""
        asked = (
            DispenserRow.select(DispenserRow.key, DispenserRow.data)
            .join(LocationRow, on=(LocationRow.id == DispenserRow.location_id))
            .where((LocationRow.account_id == account_id) & (LocationRow.url == url))
            .where(DispenserRow.archived_at.is_null())
            .order_by(DispenserRow.place)
        )
        return {row["key"]: dispenser_from_data(row["data"]) for row in rows(asked)}

    @store_errors()
    def save_read(
        self,
        run_id: int,
        account_id: str,
        location: LocationWanted,
        dispensers: Sequence[Dispenser],
        diff: SiteDiff,
        now: datetime,
    ) -> None:
        """Keep all dispensers of a site and what changed: for use inside `atomic()`, with the run's end.

        One that is back is no longer archived; `diff.gone` is archived; changes become rows of the run.
        """
        moment = to_ms(now)
        with self._database.atomic():
            self._keep(account_id, location, LocationState.READ, now, read_at=now)
            site = self._id(account_id, location.url)
            keyed = enumerate(zip(dispenser_keys(dispensers), dispensers, strict=True))
            fresh = [
                (site, storable(key)[0], place, moment, moment, dispenser_data(one)) for place, (key, one) in keyed
            ]
            self._database.executemany(_DISPENSER, fresh)
            self._database.execute(_ARCHIVE, (moment, site, json.dumps(diff.gone)))
            changes = (change_row(change, run_id, account_id, moment) for change in diff.changes)
            self._database.executemany(CHANGE_SQL, changes)

    @store_errors()
    def save_failure(
        self, account_id: str, location: LocationWanted, state: LocationState, error: ErrorInfo, now: datetime
    ) -> None:
        """Keep why a site could not be read; its dispensers stay as they are."""
        self._keep(account_id, location, state, now, error=error)

    def _keep(
        self,
        account_id: str,
        location: LocationWanted,
        state: LocationState,
        now: datetime,
        *,
        read_at: datetime | None = None,
        error: ErrorInfo | None = None,
    ) -> None:
        names = (location.url, _kept(location.store_number), _kept(location.site_name))
        told = None if error is None else error_text(error)
        self._database.execute(_LOCATION, (account_id, *names, state.value, to_ms(now), to_ms(read_at), told))

    def _id(self, account_id: str, url: str) -> int:
        row = self._database.one("SELECT id FROM location WHERE account_id = ? AND url = ?", account_id, url)
        if row is None:
            raise NotFound("There is no such site.")
        return int(row["id"])


def _kept(text: str | None) -> str | None:
    return None if text is None else storable(text)[0]

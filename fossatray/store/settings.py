"""Settings by name, as declared in `defaults`."""

from __future__ import annotations

from fossatray.store.database import Database
from fossatray.store.defaults import DEFAULTS, check, check_name, with_defaults
from fossatray.store.errors import store_errors
from fossatray.store.models import SettingRow, rows


class Settings:
    """The settings. A name that is not declared raises InvalidInput."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def get(self, name: str) -> str:
        """Return a setting's value, or its default. Raises InvalidInput for an unknown name."""
        check_name(name)
        row = self._database.one("SELECT value FROM setting WHERE name = ?", name)
        return str(row["value"]) if row else DEFAULTS[name]

    @store_errors()
    def set(self, name: str, value: str) -> None:
        """Keep a setting. Raises InvalidInput for an unknown name or a value it cannot have."""
        check(name, value)
        SettingRow.insert(name=name, value=value).on_conflict_replace().execute()

    @store_errors()
    def all(self) -> dict[str, str]:
        """Return every setting: the value kept, else its default."""
        return with_defaults({row["name"]: row["value"] for row in rows(SettingRow.select())})

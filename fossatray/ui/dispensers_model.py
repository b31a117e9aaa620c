"""The dispensers as a table: a line each, and one for each site of which none is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QObject

from fossatray.core.dispensers import Dispenser, LocationWanted, StoredDispenser
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.words import Words
from fossatray.ui.records_model import RecordRow, RecordsModel
from fossatray.ui.row_filter import natural
from fossatray.ui.site_texts import state_cell, state_text
from fossatray.ui.texts import cell


class Column(IntEnum):
    """The table's columns, in order."""

    STORE = 0
    SITE = 1
    NUMBERS = 2
    GRADES = 3
    MAKE = 4
    MODEL = 5
    SERIAL = 6
    METER = 7
    NTEP = 8
    READ = 9
    ACCOUNT = 10


@dataclass(frozen=True, slots=True)
class Line:
    """A dispenser with its site, or a site alone. `site` is None where nothing is known of what came of asking."""

    account_id: str
    location: LocationWanted
    dispenser: StoredDispenser | None
    site: StoredLocation | None

    @property
    def is_marked(self) -> bool:
        """Whether the site could not be read the last time."""
        return self.site is not None and self.site.state is not LocationState.READ


class DispensersModel(RecordsModel[Line]):
    """The dispensers that were read last."""

    def __init__(self, words: Words, now: Callable[[], datetime], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self._titles = (
            self.tr("Store"),
            self.tr("Site"),
            self.tr("Dispenser"),
            self.tr("Grades"),
            self.tr("Make"),
            self.tr("Model"),
            self.tr("Serial number"),
            self.tr("Meter type"),
            self.tr("NTEP / COC"),
            self.tr("Read"),
            self.tr("Account"),
        )

    def _made(self, records: Sequence[Line], account_names: Mapping[str, str]) -> list[RecordRow[Line]]:
        now = self._now()
        return [
            self._row(line, account_names.get(line.account_id, ""), place, now) for place, line in enumerate(records)
        ]

    def _row(self, line: Line, account: str, place: int, now: datetime) -> RecordRow[Line]:
        stored, site = line.dispenser, line.site
        one = stored.dispenser if stored is not None else Dispenser()
        read_at = stored.read_at if stored is not None else (site.read_at if site is not None else None)
        cells = (
            cell(line.location.store_number),
            cell(line.location.site_name),
            cell(one.numbers),
            cell(", ".join(one.grades)),
            cell(one.make),
            cell(one.model),
            cell(one.serial),
            cell(one.meter_type),
            cell(one.ntep),
            state_cell(site, read_at, self._words, now),
            account,
        )
        keys = [natural(text) for text in cells]
        keys[Column.READ] = ((-1 if line.is_marked else 0, ""), (int(read_at.timestamp()) if read_at else 0, ""))
        other = (part for pair in one.other for part in pair)
        words = (*cells, one.stand_alone_code, *other, state_text(site, self._words, now))
        haystack = " ".join(word for word in words if word).casefold()
        key = (line.account_id, line.location.url, one.numbers or one.serial or str(place))
        return RecordRow(line, key, cells, tuple(keys), haystack, Column.READ if line.is_marked else None)

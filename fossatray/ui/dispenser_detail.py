"""The pane beside the dispensers' table: every field of one dispenser, and the way to its site's portal page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fossatray.core.dispensers import StoredDispenser
from fossatray.core.words import Words
from fossatray.ui.detail_pane import DetailPane
from fossatray.ui.dispensers_model import Line
from fossatray.ui.site_texts import read_text, site_name, state_text

translate = QCoreApplication.translate


class DispenserDetail(DetailPane):
    """Shows one dispenser, a site of which none is known, or a hint to choose one."""

    def __init__(
        self,
        words: Words,
        now: Callable[[], datetime],
        open_url: Callable[[str], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(translate("DispenserDetail", "Details of the dispenser"), _titles(), open_url, parent)
        self._words, self._now = words, now
        row = QHBoxLayout(self.links)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.add_link("site", self.tr("Open site in &portal"), self.tr("Open site in portal")))
        row.addStretch(1)
        self.show_line(None, None)

    def show_line(self, line: Line | None, origin: str | None) -> None:
        """Show a line of an account whose portal has this origin; None shows the hint."""
        self.show_links(origin, {"site": line.location.url} if line is not None else None)
        if line is None:
            self.show_texts(self.tr("Choose a dispenser to see all of it"), "", {})
            return
        now = self._now()
        notices = (self._archived_text(line.dispenser), state_text(line.site, self._words, now))
        self.show_texts(self._heading(line), "\n".join(filter(None, notices)), self._texts(line, now))

    def _heading(self, line: Line) -> str:
        one = line.dispenser.dispenser if line.dispenser is not None else None
        if one is not None and (one.numbers or one.serial):
            return self.tr("Dispenser {numbers}").format(numbers=one.numbers or one.serial)
        named = site_name(line.location.store_number, line.location.site_name)
        return self.tr("Dispenser") if one is not None else named or self.tr("Site")

    def _archived_text(self, stored: StoredDispenser | None) -> str:
        if stored is None or stored.archived_at is None:
            return ""
        when = self._words.when(stored.archived_at, self._now(), inside=True)
        return self.tr("No longer there since {when}").format(when=when)

    def _texts(self, line: Line, now: datetime) -> dict[str, str | None]:
        stored = line.dispenser
        texts: dict[str, str | None] = {
            "store": line.location.store_number,
            "site": line.location.site_name,
            "read": read_text(line.site, stored.read_at if stored is not None else None, self._words, now),
        }
        if stored is None:
            return texts
        one = stored.dispenser
        return {
            **texts,
            "grades": "\n".join(one.grades),
            "make": one.make,
            "model": one.model,
            "serial": one.serial,
            "stand_alone_code": one.stand_alone_code,
            "nozzles_per_side": None if one.nozzles_per_side is None else str(one.nozzles_per_side),
            "meter_type": one.meter_type,
            "ntep": one.ntep,
            "other": "\n".join(f"{label}: {value}" for label, value in one.other),
        }


def _titles() -> dict[str, str]:
    """Return the fields with their titles, in order."""
    return {
        "store": translate("DispenserDetail", "Store"),
        "site": translate("DispenserDetail", "Site"),
        "grades": translate("DispenserDetail", "Grades"),
        "make": translate("DispenserDetail", "Make"),
        "model": translate("DispenserDetail", "Model"),
        "serial": translate("DispenserDetail", "Serial number"),
        "stand_alone_code": translate("DispenserDetail", "Stand-alone code"),
        "nozzles_per_side": translate("DispenserDetail", "Nozzles per side"),
        "meter_type": translate("DispenserDetail", "Meter type"),
        "ntep": translate("DispenserDetail", "NTEP / COC"),
        "other": translate("DispenserDetail", "Other fields"),
        "read": translate("DispenserDetail", "Read"),
    }

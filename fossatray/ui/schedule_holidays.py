"""The third part of the editor of a schedule: the days without a run.

The library of holidays takes up to half a second to load. So it is loaded when somebody wants holidays, beside the GUI
thread: the countries and the parts of the one chosen, later the parts of another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QLocale, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QWidget

from fossatray.core.errors import FossaError, InvalidInput
from fossatray.core.timetable import HolidayCalendar
from fossatray.core.timetable_text import days_from
from fossatray.ui.field_form import FieldForm
from fossatray.ui.services import Beside

Names = dict[str, str]
"""Names for people by code."""


@dataclass(frozen=True, slots=True)
class _Lists:
    """What was loaded: no countries where they were not asked for, and a refusal where the country is not known."""

    countries: Names
    parts: Names
    refusal: InvalidInput | None = None


class HolidayFields(FieldForm):
    """Public holidays of a country or a part of it, and days of one's own. What is slow is done `beside`."""

    def __init__(self, beside: Beside, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._beside = beside
        self.setTitle(self.tr("Not on"))
        self._public = QCheckBox(self.tr("Public holi&days"))
        self._country, self._part = QComboBox(), QComboBox()
        self._own = QLineEdit()
        self._wanted: tuple[str, str | None] = (_own_country(), None)
        self._has_countries = False
        self._parts_of: str | None = None
        self._build()

    def _build(self) -> None:
        self._public.setAccessibleName(self.tr("Not on public holidays"))
        self.form.addRow("", self._public)
        self.add_field(self.tr("C&ountry:"), self._country)
        self.add_field(self.tr("State or re&gion:"), self._part)
        for box in (self._country, self._part):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._own.setPlaceholderText(self.tr("2026-12-24, 2026-12-31"))
        self._own.setToolTip(self.tr("Year, month and day, divided by commas"))
        self.add_field(self.tr("Days of &your own:"), self._own)
        self._public.toggled.connect(self._on_public)
        self._country.currentIndexChanged.connect(self._on_country)
        self._part.currentIndexChanged.connect(self.on_edited)
        self._own.textEdited.connect(self.on_edited)

    def load(self, calendar: HolidayCalendar | None) -> None:
        """Show a calendar; the countries follow when they are loaded."""
        if calendar is not None and calendar.country is not None:
            self._wanted = (calendar.country, calendar.subdivision)
        self._own.setText(", ".join(day.isoformat() for day in calendar.extra) if calendar else "")
        self._public.setChecked(calendar is not None and calendar.country is not None)
        self._show()

    @property
    def is_ready(self) -> bool:
        """Whether the lists are there that the choice needs; before, looking into the calendar would take a while."""
        return not self._public.isChecked() or self._parts_of is not None

    def calendar(self) -> tuple[bool, HolidayCalendar | None]:
        """Return whether the days can be used, with the error said beside them if not, and the calendar if any."""
        country, part = self._wanted if self._public.isChecked() else (None, None)
        try:
            days = days_from(self._own.text())
            return True, HolidayCalendar(country, part, days) if country or days else None
        except InvalidInput as error:
            self.show_invalid(self._own, error)
            return False, None

    # --- the lists ------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        public = self._public.isChecked()
        rows = self.form.rowCount()
        for row in range(1, rows - 1):
            self.form.setRowVisible(row, public)
        if public and self._parts_of is None:
            self._wait()

    def _wait(self) -> None:
        """Have the lists loaded that are missing; until they are there, the fields say so."""
        self._parts_of = None
        for box in (self._country, self._part):
            if box is self._part or not self._has_countries:
                _fill(box, [(self.tr("Loading…"), None)], None)
                box.setCurrentIndex(0)
                box.setEnabled(False)
        country, part = self._wanted
        filled = partial(self._on_loaded, country, part)
        self._beside(self, partial(_load, country, with_countries=not self._has_countries), filled, _pass_on)

    def _on_loaded(self, country: str, part: str | None, loaded: object) -> None:
        """Offer the countries, where they are new, and the parts of a country, or say why it has none."""
        if not isinstance(loaded, _Lists):
            raise TypeError(f"lists of holidays were expected, not a {type(loaded).__name__}")
        if loaded.countries:
            self._has_countries = True
            _fill(self._country, [(name, code) for code, name in loaded.countries.items()], country)
        if loaded.refusal is not None:
            self._fill_in_vain(loaded.refusal)
        else:
            self.show_error(self._country, "")
            everywhere = (self.tr("The whole country"), None)
            _fill(self._part, [everywhere, *((name, code) for code, name in loaded.parts.items())], part)
            self._part.setEnabled(bool(loaded.parts))
            self._parts_of = country
        self.on_edited()

    def _fill_in_vain(self, error: InvalidInput) -> None:
        """Show a stored country that the library does not have (any more)."""
        self._country.setCurrentIndex(-1)
        _fill(self._part, [(self.tr("The whole country"), None)], None)
        self._part.setEnabled(False)
        self._parts_of = ""
        self.show_invalid(self._country, error)

    @Slot()
    def _on_public(self) -> None:
        self._show()
        self.on_edited()

    @Slot()
    def _on_country(self) -> None:
        code = self._country.currentData()
        if isinstance(code, str) and code != self._wanted[0]:
            self._wanted = (code, None)
            self._wait()
            self.on_edited()

    @Slot()
    def on_edited(self) -> None:
        """Keep what is chosen, then say so."""
        if self._parts_of and self._parts_of == self._wanted[0]:
            self._wanted = (self._wanted[0], self._part.currentData())
        super().on_edited()


def _load(country: str, *, with_countries: bool) -> _Lists:
    """Return the countries, if they are asked for, and a country's parts, or why there are none. For another thread."""
    from fossatray.core.holiday_calendar import countries, subdivisions

    names = countries() if with_countries else {}
    try:
        return _Lists(names, subdivisions(country))
    except InvalidInput as error:
        return _Lists(names, {}, error)


def _pass_on(error: FossaError) -> None:
    """What is looked for in vain comes as an answer: nothing else can fail here."""
    raise error


def _fill(box: QComboBox, items: list[tuple[str, str | None]], chosen: str | None) -> None:
    box.blockSignals(True)
    box.clear()
    for name, code in items:
        box.addItem(name, code)
    box.setCurrentIndex(next((index for index, item in enumerate(items) if item[1] == chosen), -1))
    box.setEnabled(True)
    box.blockSignals(False)


def _own_country() -> str:
    """Return the code of the country that the desktop is set to; the portal's, where it says nothing of one."""
    code = QLocale.territoryToCode(QLocale.system().territory())
    return code if len(code) == 2 and code.isalpha() and QLocale.system() != QLocale.c() else "US"

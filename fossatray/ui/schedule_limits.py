"""The second part of the editor of a schedule: on which weekdays, and between which hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from PySide6.QtCore import QCoreApplication, QLocale, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QWidget

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import ActiveHours, Timetable
from fossatray.core.words import Words
from fossatray.ui.field_form import FieldForm, in_a_row

_DEFAULT_HOURS = (6, 22)
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 (a weekday's name has no zone)


class LimitFields(FieldForm):
    """Seven weekdays in the order that the person's calendar has, and the active hours."""

    def __init__(self, words: Words, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("Only"))
        self._words = words
        self._days: dict[int, QCheckBox] = {}
        self._limited = QCheckBox(self.tr("Only &between certain hours"))
        self._from, self._to = QComboBox(), QComboBox()
        self._build()

    def _build(self) -> None:
        names = QLocale(QCoreApplication.translate("Words", "en_US", "the locale of this translation"))
        first = QLocale.system().firstDayOfWeek().value - 1
        for day in ((first + step) % 7 for step in range(7)):
            box = QCheckBox(names.standaloneDayName(day + 1, QLocale.FormatType.ShortFormat))
            box.setAccessibleName(self._words.weekday(_MONDAY + timedelta(days=day)))
            box.toggled.connect(self.on_edited)
            self._days[day] = box
        days = self._days.values()
        self.add_field(self.tr("Wee&kdays:"), in_a_row(*days), *days)
        for hour in range(25):
            name = self._words.clock(time(hour % 24))
            if hour < 24:
                self._from.addItem(name, hour)
            if hour > 0:
                self._to.addItem(name if hour < 24 else self.tr("midnight"), hour)
        self._limited.setAccessibleName(self.tr("Only between certain hours"))
        self._from.setAccessibleName(self.tr("From"))
        self._to.setAccessibleName(self.tr("Until"))
        window = in_a_row(self._from, QLabel(self.tr("until")), self._to)
        self.form.addRow("", self._limited)
        self.add_field(self.tr("Active &hours:"), window, self._from, self._to)
        self._limited.toggled.connect(self._on_limited)
        self._from.currentIndexChanged.connect(self.on_edited)
        self._to.currentIndexChanged.connect(self.on_edited)

    def load(self, timetable: Timetable) -> None:
        """Show what a timetable is narrowed by."""
        hours = timetable.active_hours
        for day, box in self._days.items():
            box.setChecked(day in timetable.weekdays)
        start, end = (hours.start, hours.end) if hours else _DEFAULT_HOURS
        self._from.setCurrentIndex(self._from.findData(start))
        self._to.setCurrentIndex(self._to.findData(end or 24))
        self._limited.setChecked(hours is not None)
        self._show_hours()

    @property
    def is_limited(self) -> bool:
        """Whether there are active hours."""
        return self._limited.isChecked()

    def weekdays(self) -> frozenset[int] | None:
        """Return the weekdays that are chosen; None, with the error said beside them, if they are none."""
        days = frozenset(day for day, box in self._days.items() if box.isChecked())
        try:
            Timetable(weekdays=days)
        except InvalidInput as error:
            self.show_invalid(next(iter(self._days.values())), error)
            return None
        return days

    def hours(self) -> tuple[bool, ActiveHours | None]:
        """Return whether the hours can be used, with the error said beside them if not, and the hours if limited."""
        if not self.is_limited:
            return True, None
        try:
            return True, ActiveHours(int(self._from.currentData()), int(self._to.currentData()))
        except InvalidInput as error:
            self.show_invalid(self._from, error)
            return False, None

    def _show_hours(self) -> None:
        self._from.setEnabled(self.is_limited)
        self._to.setEnabled(self.is_limited)

    @Slot()
    def _on_limited(self) -> None:
        self._show_hours()
        self.on_edited()

"""The schedule's part of the settings: how often, and between which hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from fossatray.core.commands import SaveSchedule
from fossatray.core.errors import FossaError, InvalidInput
from fossatray.core.schedules import STEP_MINUTES, ActiveHours, Schedule, next_run
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, SettingsSection, Subject

_DEFAULT_HOURS = (6, 22)

Values = tuple[int, tuple[int, int] | None]
"""Interval in minutes, and active hours if they are limited."""


class ScheduleSection(SettingsSection):
    """The interval and the active hours of one account; says in words when the next sync would be."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("Schedule"))
        self._services = services
        self._schedule: Schedule | None = None
        self._loaded: Values = (60, None)
        self._saving: tuple[Values, Saved] | None = None
        self._hours = QSpinBox()
        self._hours.setRange(0, 24)
        self._hours.setSuffix(self.tr(" h"))
        self._hours.setAccessibleName(self.tr("Interval, hours"))
        self._minutes = QSpinBox()
        self._minutes.setRange(0, 45)
        self._minutes.setSingleStep(STEP_MINUTES)
        self._minutes.setSuffix(self.tr(" min"))
        self._minutes.setAccessibleName(self.tr("Interval, minutes"))
        self._limited = QCheckBox(self.tr("Only &between certain hours"))
        self._from, self._to = QComboBox(), QComboBox()
        self._next = PlainLabel()
        self._next.setWordWrap(False)  # one line; a wrapping one takes room for two
        self._next.setAccessibleName(self.tr("Next sync"))
        self._build()

    def _build(self) -> None:
        interval = QWidget()
        row = QHBoxLayout(interval)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._hours)
        row.addWidget(self._minutes)
        row.addStretch(1)
        self.add_field(self.tr("Sync &every:"), interval, self._hours, self._minutes)
        for hour in range(25):
            name = self._services.words.clock(time(hour % 24))
            if hour < 24:
                self._from.addItem(name, hour)
            if hour > 0:
                self._to.addItem(name if hour < 24 else self.tr("midnight"), hour)
        self._limited.setAccessibleName(self.tr("Only between certain hours"))
        self._from.setAccessibleName(self.tr("From"))
        self._to.setAccessibleName(self.tr("Until"))
        window = QWidget()
        row = QHBoxLayout(window)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._from)
        row.addWidget(QLabel(self.tr("until")))
        row.addWidget(self._to)
        row.addStretch(1)
        self.form.addRow("", self._limited)
        self.add_field(self.tr("Active &hours:"), window, self._from, self._to)
        self.form.addRow("", self._next)
        self._hours.valueChanged.connect(self._on_edited)
        self._minutes.valueChanged.connect(self._on_edited)
        self._limited.toggled.connect(self._on_edited)
        self._from.currentIndexChanged.connect(self._on_edited)
        self._to.currentIndexChanged.connect(self._on_edited)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show the account's schedule; for a new account the default one."""
        self._schedule = subject.account.schedule if subject.account is not None else None
        schedule = self._schedule or Schedule(0, "")
        hours = schedule.active_hours
        self._show((schedule.interval_minutes, (hours.start, hours.end) if hours else None))
        self._loaded = self._typed()

    def is_changed(self) -> bool:
        """Tell whether something was chosen that is not stored."""
        return self._typed() != self._loaded

    def check(self) -> bool:
        """Check interval and hours as the plan itself does."""
        self.clear_errors()
        try:
            self._candidate(replace(self._schedule or Schedule(0, ""), active_hours=None), hours=False)
        except InvalidInput as error:
            self.show_error(self._hours, self._services.words.tr(error.message))
            return False
        try:
            self._candidate(self._schedule or Schedule(0, ""))
        except InvalidInput as error:
            self.show_error(self._from, self._services.words.tr(error.message))
            return False
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store the schedule of the account; whether it is paused stays as it is stored."""
        try:
            schedules = self._services.reader().schedules()
            stored = next((schedule for schedule in schedules if schedule.account_id == account_id), None)
            if stored is None:
                not_saved(InvalidInput(self.tr("The account's schedule was not found.")))
                return
            candidate = self._candidate(stored)
        except FossaError as error:
            not_saved(error)
            return
        self._saving = (self._typed(), saved)
        self._services.submit(SaveSchedule(candidate), self._on_saved, not_saved)

    def restore_defaults(self) -> None:
        """Show every hour, without active hours."""
        self._show((Schedule(0, "").interval_minutes, None))
        self._on_edited()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _on_saved(self, result: object) -> None:
        saving, self._saving = self._saving, None
        if isinstance(result, Schedule):
            self._schedule = result
        if saving is not None:
            self._loaded = saving[0]
            saving[1](self._schedule.account_id if self._schedule else None)

    def _typed(self) -> Values:
        window = (int(self._from.currentData()), int(self._to.currentData())) if self._limited.isChecked() else None
        return self._hours.value() * 60 + self._minutes.value(), window

    def _show(self, values: Values) -> None:
        minutes, window = values
        fields = (self._hours, self._minutes, self._limited, self._from, self._to)
        for field in fields:
            field.blockSignals(True)
        self._hours.setValue(minutes // 60)
        self._minutes.setValue(minutes % 60)
        self._limited.setChecked(window is not None)
        start, end = window or _DEFAULT_HOURS
        self._from.setCurrentIndex(self._from.findData(start))
        self._to.setCurrentIndex(self._to.findData(end or 24))
        for field in fields:
            field.blockSignals(False)
        self.clear_errors()
        self._show_next()

    def _candidate(self, base: Schedule, *, hours: bool = True) -> Schedule:
        minutes, window = self._typed()
        active = ActiveHours(*window) if window is not None and hours else None
        return replace(base, interval_minutes=minutes, active_hours=active)

    def _show_next(self) -> None:
        self._from.setEnabled(self._limited.isChecked())
        self._to.setEnabled(self._limited.isChecked())
        words, now = self._services.words, self._services.now()
        try:
            candidate = self._candidate(self._schedule or Schedule(0, ""))
        except InvalidInput:
            self._next.setText("—")
            return
        if not candidate.enabled:
            self._next.setText(self.tr("Paused: no sync until you resume"))
            return
        moment = next_run(candidate, now, words.zone)
        known = self.tr("Next sync {when}").format(when=words.when(moment, now, inside=True)) if moment else ""
        self._next.setText(known or self.tr("No sync is planned"))

    @Slot()
    def _on_edited(self) -> None:
        self.check()
        self._show_next()
        self.on_edited()

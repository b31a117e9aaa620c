"""The editor of a schedule: what is typed is said back in words at once, with the next five runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QGroupBox, QScrollArea, QVBoxLayout, QWidget

from fossatray.core import plan
from fossatray.core.commands import SaveSchedule
from fossatray.core.errors import FossaError, InvalidInput
from fossatray.core.runs import WORK_ORDERS
from fossatray.core.schedule_words import when_words
from fossatray.core.schedules import Schedule, check_schedule
from fossatray.core.timetable import Timetable
from fossatray.ui.field_form import refusal_text
from fossatray.ui.labels import PlainLabel
from fossatray.ui.midnight import Midnight
from fossatray.ui.schedule_holidays import HolidayFields
from fossatray.ui.schedule_late import LateFields
from fossatray.ui.schedule_limits import LimitFields
from fossatray.ui.schedule_rule import Kind, RuleFields
from fossatray.ui.services import WindowServices
from fossatray.ui.texts import error_text

RUNS_SHOWN = 5
_CHARACTERS = 90
_SHARE = 0.9
_MARGIN = 12
_NO_BREAK = "\u00a0"
"""A space at which no line ends: a moment stays in one piece."""
_LONGEST = timedelta(hours=1)
"""A timer does not count while the computer sleeps: so the next runs are looked at once an hour."""


class ScheduleDialog(QDialog):
    """Edits one schedule; one with the id 0 is added. It closes when the engine has kept it.

    `others` are all schedules there are: one of the same account can be what this one runs after.
    """

    def __init__(
        self,
        services: WindowServices,
        schedule: Schedule,
        others: Sequence[Schedule],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._services = services
        self._schedule = schedule
        self._others = others
        same = [other for other in others if other.account_id == schedule.account_id and other.id != schedule.id]
        first = next((other.id for other in same if other.job == WORK_ORDERS), None)
        self.setWindowTitle(self.tr("Edit the schedule") if schedule.id else self.tr("Add a schedule"))
        self._rule = RuleFields(services.words, [(other.id, other.title) for other in same], first)
        self._limits = LimitFields(services.words)
        self._holidays = HolidayFields(services.beside)
        self._late = LateFields()
        self._forms = (self._rule, self._limits, self._holidays, self._late)
        self._inside = QWidget()
        self._scroll = QScrollArea()
        self._said = PlainLabel()
        self._runs = PlainLabel()
        self._refused = PlainLabel()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel)
        self._midnight = Midnight(services.now, services.words, self)
        self._first_run = QTimer(self)
        self._first_run.setSingleShot(True)
        self._is_answered = False
        self._lay_out()
        self._load()
        self._connect()
        self._preview()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self._inside)
        column.setContentsMargins(0, 0, 0, 0)
        width = max(form.head_width() for form in self._forms)
        for form in self._forms:
            form.set_head_width(width)
            column.addWidget(form)
        column.addStretch(1)
        self._scroll.setWidget(self._inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field that has the focus
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.addWidget(self._scroll, 1)
        outer.addWidget(self._outlook())
        outer.addWidget(self._buttons)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin as large as the form, and follow the clock while it stands open."""
        super().showEvent(event)
        self._fit()
        self._midnight.start()
        self._preview()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks at the next runs any more."""
        super().hideEvent(event)
        self._midnight.stop()
        self._first_run.stop()

    def follow(self, schedules: Sequence[Schedule]) -> None:
        """Take over what was done to the schedules meanwhile: this one may be paused, or resumed, by now.

        A state can come since clock or zone were changed, or a run has begun: then other runs come next.
        """
        self._others = schedules
        now = next((one for one in schedules if one.id == self._schedule.id), self._schedule)
        paused = replace(self._schedule, enabled=now.enabled, paused_until=now.paused_until)
        self._schedule = replace(paused, switched_off=now.switched_off, failures=now.failures)
        self._on_clock()

    def _fit(self) -> None:
        """Grow to the size of the form, as far as the screen has room; never shrink under the person's hands."""
        wanted = self._inside.sizeHint().expandedTo(QSize(self.fontMetrics().averageCharWidth() * _CHARACTERS, 0))
        rest = self.sizeHint().height() - self._scroll.sizeHint().height()
        room = self.screen().availableSize() * _SHARE
        bar = self._scroll.verticalScrollBar().sizeHint().width() + 2 * _MARGIN
        needed = QSize(wanted.width() + bar, wanted.height() + rest + _MARGIN).boundedTo(room)
        self.resize(needed.expandedTo(self.size()))

    def _outlook(self) -> QWidget:
        """Return the box that says what follows from the fields."""
        box = QGroupBox(self.tr("What follows"))
        column = QVBoxLayout(box)
        font = self._said.font()
        font.setBold(True)
        self._said.setFont(font)
        self._said.setAccessibleName(self.tr("The schedule in words"))
        self._runs.setAccessibleName(self.tr("The next runs"))
        self._refused.setProperty("role", "error")
        self._refused.setAccessibleName(self.tr("Why it cannot be saved"))
        for label in (self._said, self._runs, self._refused):
            column.addWidget(label)
        return box

    def _load(self) -> None:
        schedule = self._schedule
        self._rule.load(schedule)
        self._limits.load(schedule.timetable)
        self._holidays.load(schedule.timetable.holidays)
        self._late.load(schedule)

    def _connect(self) -> None:
        for form in self._forms:
            form.edited.connect(self._preview)
        self._midnight.day_changed.connect(self._on_clock)
        self._first_run.timeout.connect(self._on_clock)
        self._buttons.accepted.connect(self._on_save)
        self._buttons.rejected.connect(self.reject)
        save = self._buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setDefault(True)

    # --- what was typed -------------------------------------------------------------------------------------------

    def candidate(self) -> Schedule | None:
        """Return the schedule as typed; None, with the errors said beside their fields, where it cannot be used."""
        for form in self._forms:
            form.clear_errors()
        rule, days = self._rule.rule(), self._limits.weekdays()
        good_hours, hours = self._limits.hours()
        good_days, calendar = self._holidays.calendar()
        timetable = self._schedule.timetable
        if self._rule.after is None:
            if rule is None or days is None or not good_hours or not good_days:
                return None
            timetable = Timetable(rule, days, hours, calendar)
        changed = replace(
            self._schedule,
            job=self._rule.job,
            timetable=timetable,
            after=self._rule.after,
            lateness=self._late.lateness,
            late_hours=self._late.late_hours,
        )
        try:
            return replace(changed, name=self._rule.name)
        except InvalidInput as error:
            self._rule.refuse_name(error)
            return None

    def _refusal(self, candidate: Schedule) -> str:
        """Return why a schedule cannot be kept, in words; empty if it can. A chain's is said beside its field, too."""
        words = self._services.words
        try:
            check_schedule(candidate, self._others, self._services.now(), words.zone, words.day)
        except InvalidInput as error:
            if candidate.after is not None:
                self._rule.refuse_chain(error)
            return refusal_text(error)
        return ""

    def _in_words(self, candidate: Schedule) -> str:
        try:
            return when_words(candidate, self._others, self._services.words)
        except InvalidInput:  # holidays of a place that nothing is known of: the refusal says so
            return ""

    @Slot()
    def _preview(self) -> None:
        """Say back what is typed, with the next runs, or why it cannot be kept."""
        self._is_answered = False
        has_times = self._rule.kind is not Kind.AFTER
        self._rule.follow_hours(limited=self._limits.is_limited)
        for form in (self._limits, self._holidays, self._late):
            form.setVisible(has_times)
        candidate = self.candidate()
        if candidate is None:
            self._show(self.tr("Correct what is marked with ✗."), "", "")
        elif has_times and not self._holidays.is_ready:
            self._show(self.tr("Looking up the holidays…"), "", "")
        else:
            refusal = self._refusal(candidate)
            self._show(self._in_words(candidate), "" if refusal else self._next_runs(candidate), refusal)

    @Slot()
    def _on_clock(self) -> None:
        """Another day, zone or hour: the next runs are other ones. What the engine has refused stays said."""
        if self.isVisible() and self._buttons.isEnabled() and not self._is_answered:
            self._preview()

    def _show(self, said: str, runs: str, refusal: str) -> None:
        self._said.setText(said)
        self._runs.setText(runs)
        self._runs.setVisible(bool(runs))
        self._refused.setText(f"✗ {refusal}" if refusal else "")
        self._refused.setVisible(bool(refusal))
        if self.isVisible():
            self._fit()

    def _next_runs(self, candidate: Schedule) -> str:
        if candidate.after is not None:
            return ""
        words, now = self._services.words, self._services.now()
        start = now if candidate.paused_until is None else max(now, candidate.paused_until)
        found: list[datetime] = list(islice(plan.occurrences(candidate.timetable, start, words.zone), RUNS_SHOWN))
        if self.isVisible() and found:
            wait = max(min(found[0] - now, _LONGEST), timedelta()) + timedelta(seconds=1)
            self._first_run.start(int(wait.total_seconds() * 1000))
        shown = " · ".join(words.when(moment, now).replace(" ", _NO_BREAK) for moment in found)
        lines = [self.tr("The next runs: {runs}").format(runs=shown)]
        if candidate.is_off:
            lines.append(self.tr("It is paused now: nothing runs before you resume it."))
        elif start > now:
            lines.append(self.tr("It is paused until {when}.").format(when=words.when(start, now, inside=True)))
        return "\n".join(lines)

    # --- saving ---------------------------------------------------------------------------------------------------

    @Slot()
    def _on_save(self) -> None:
        """Hand the schedule to the engine, or turn to what is wrong with it."""
        candidate = self.candidate()
        if candidate is None:
            any(form.focus_first_error() for form in self._forms)
            return
        refusal = self._refusal(candidate)
        if refusal:
            self._show(self._said.text(), "", refusal)
            self._refused.setFocus()
            return
        self._set_usable(usable=False)
        self._services.submit(SaveSchedule(candidate), self._on_saved, self._on_not_saved)

    def _on_saved(self, result: object) -> None:
        self.accept()

    def _on_not_saved(self, error: FossaError) -> None:
        self._set_usable(usable=True)
        self._is_answered = True
        self._show(self._said.text(), self._runs.text(), error_text(error.info()))

    def reject(self) -> None:
        """Close without saving; not while the answer to a saving is awaited."""
        if self._buttons.isEnabled():
            super().reject()

    def _set_usable(self, *, usable: bool) -> None:
        self._scroll.setEnabled(usable)
        self._buttons.setEnabled(usable)

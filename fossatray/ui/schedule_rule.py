"""The first part of the editor of a schedule: its job, its name, and what its times follow from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from enum import StrEnum

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QWidget

from fossatray.core.errors import InvalidInput
from fossatray.core.runs import DISPENSERS, WORK_ORDERS
from fossatray.core.schedules import NAME_LIMIT, Schedule
from fossatray.core.timetable import STEP_MINUTES, Cron, Every, Rule, Times
from fossatray.core.timetable_text import times_from
from fossatray.core.words import Words, twenty_four_hours
from fossatray.ui.field_form import FieldForm, in_a_row

_TIMES = (time(8), time(16))
_CRON = "0 6,18 * * 1-5"
_NUMBERED = re.compile(r"(?P<name>.*?)(?: [0-9]+)?", re.DOTALL)


class Kind(StrEnum):
    """What the times of a schedule follow from."""

    EVERY = "every"
    TIMES = "times"
    CRON = "cron"
    AFTER = "after"


class RuleFields(FieldForm):
    """Job, name, kind, and the fields of the kind; only these are seen.

    `others` are the schedules that this one may run after, with their names for people, and `first` is the one that
    dispensers are best read after: it reads the work orders, which name their sites.
    """

    def __init__(
        self,
        words: Words,
        others: Sequence[tuple[int, str]],
        first: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("What and when"))
        self._words = words
        self._first = first
        self._is_new = False
        self._job = QComboBox()
        self._name = QLineEdit()
        self._name.setMaxLength(NAME_LIMIT)
        self._kind = QComboBox()
        self._hours = QSpinBox()
        self._minutes = QSpinBox()
        self._anchor = QSpinBox()
        self._times = QLineEdit()
        self._cron = QLineEdit()
        self._after = QComboBox()
        self._rows: dict[Kind, tuple[int, ...]] = {}
        self._has_hours = False
        self._build(others)

    def _build(self, others: Sequence[tuple[int, str]]) -> None:
        self._name.setPlaceholderText(self.tr("Work orders"))
        for job in (WORK_ORDERS, DISPENSERS):
            self._job.addItem(self._words.job(job), job)
        self.add_field(self.tr("&Name:"), self._name)
        self.add_field(self.tr("Rea&ds:"), self._job)
        self._kind.addItem(self.tr("At an interval"), Kind.EVERY)
        self._kind.addItem(self.tr("At times of day"), Kind.TIMES)
        self._kind.addItem(self.tr("By a cron expression"), Kind.CRON)
        if others:
            self._kind.addItem(self.tr("After another schedule"), Kind.AFTER)
        self.add_field(self.tr("&Runs:"), self._kind)
        self._hours.setRange(0, 24)
        self._hours.setSuffix(self.tr(" h"))
        self._hours.setAccessibleName(self.tr("Interval, hours"))
        self._minutes.setRange(0, 45)
        self._minutes.setSingleStep(STEP_MINUTES)
        self._minutes.setSuffix(self.tr(" min"))
        self._minutes.setAccessibleName(self.tr("Interval, minutes"))
        self._anchor.setRange(0, 59)
        self._anchor.setSuffix(self.tr(" min past midnight"))
        self._times.setPlaceholderText(self.tr("6:00, 18:30"))
        self._cron.setPlaceholderText(_CRON)
        for other, name in others:
            self._after.addItem(name, other)
        begin = self.form.rowCount()
        self.add_field(self.tr("&Every:"), in_a_row(self._hours, self._minutes), self._hours, self._minutes)
        self.add_field(self.tr("Co&unted from:"), self._anchor)
        self.add_field(self.tr("A&t:"), self._times)
        self.add_field(self.tr("E&xpression:"), self._cron)
        self.add_field(self.tr("A&fter a success of:"), self._after)
        self._cron.setToolTip(self.tr("Minute, hour, day of the month, month, day of the week"))
        self._rows = {
            Kind.EVERY: (begin, begin + 1),
            Kind.TIMES: (begin + 2,),
            Kind.CRON: (begin + 3,),
            Kind.AFTER: (begin + 4,),
        }
        self._name.textEdited.connect(self.on_edited)
        self._job.activated.connect(self._on_job)
        self._kind.currentIndexChanged.connect(self._on_kind)
        self._after.currentIndexChanged.connect(self.on_edited)
        for edit in (self._times, self._cron):
            edit.textEdited.connect(self.on_edited)
        for spin in (self._hours, self._minutes, self._anchor):
            spin.valueChanged.connect(self.on_edited)

    # --- showing and reading --------------------------------------------------------------------------------------

    def load(self, schedule: Schedule) -> None:
        """Show a schedule; the fields of the other kinds get something to begin with."""
        rule = schedule.timetable.rule
        every = rule if isinstance(rule, Every) else Every()
        times = rule.times if isinstance(rule, Times) else _TIMES
        self._is_new = not schedule.id
        self._name.setText(schedule.name)
        self._job.setCurrentIndex(max(0, self._job.findData(schedule.job)))
        self._hours.setValue(every.minutes // 60)
        self._minutes.setValue(every.minutes % 60)
        self._anchor.setValue(every.anchor_minute)
        self._times.setText(", ".join(self._written(moment) for moment in times))
        self._cron.setText(rule.expression if isinstance(rule, Cron) else _CRON)
        self._after.setCurrentIndex(max(0, self._after.findData(schedule.after)))
        kinds = {Every: Kind.EVERY, Times: Kind.TIMES, Cron: Kind.CRON}
        kind = Kind.AFTER if self._after.findData(schedule.after) >= 0 else kinds[type(rule)]
        self._kind.setCurrentIndex(self._kind.findData(kind))
        self._show_rows()

    @property
    def name(self) -> str:
        """What was typed as the name."""
        return self._name.text().strip()

    @property
    def job(self) -> str:
        """What is read."""
        return str(self._job.currentData())

    @property
    def kind(self) -> Kind:
        """The kind that is chosen."""
        return Kind(self._kind.currentData())

    @property
    def after(self) -> int | None:
        """The id of the schedule that this one runs after, or None if it has times of its own."""
        return int(self._after.currentData()) if self.kind is Kind.AFTER else None

    def rule(self) -> Rule | None:
        """Return the rule that was typed; None, with the error said beside its field, if it is none."""
        kind = self.kind
        field: QWidget = {Kind.TIMES: self._times, Kind.CRON: self._cron}.get(kind, self._hours)
        try:
            if kind is Kind.TIMES:
                return Times(times_from(self._times.text()))
            if kind is Kind.CRON:
                return Cron(self._cron.text())
            if kind is Kind.AFTER:
                return Every()
            return Every(self._hours.value() * 60 + self._minutes.value(), self._anchor.value())
        except InvalidInput as error:
            self.show_invalid(field, error)
            return None

    def refuse_name(self, error: InvalidInput) -> None:
        """Say beside the name why it was refused."""
        self.show_invalid(self._name, error)

    def refuse_chain(self, error: InvalidInput) -> None:
        """Say beside the schedule that this one would run after why that was refused."""
        self.show_invalid(self._after, error)

    def follow_hours(self, *, limited: bool) -> None:
        """With active hours the slots are counted from their start: the minute is not asked for."""
        self._has_hours = limited
        self._show_rows()

    def first_field(self) -> QWidget:
        """Return the field that the person begins with."""
        return self._name

    def _written(self, moment: time) -> str:
        """Return a time as the person would write it, where what is written so can be read again."""
        shown = self._words.clock(moment)
        try:
            return shown if times_from(shown) == (moment,) else twenty_four_hours(moment)
        except InvalidInput:
            return twenty_four_hours(moment)

    def _show_rows(self) -> None:
        kind = self.kind
        for of_kind, rows in self._rows.items():
            for row in rows:
                self.form.setRowVisible(row, of_kind is kind)
        if kind is Kind.EVERY and self._has_hours:
            self.form.setRowVisible(self._rows[kind][1], False)

    @Slot()
    def _on_job(self) -> None:
        """Offer what suits the job: a name that nobody has typed follows it, and dispensers come after work orders."""
        names = {self._words.job(job): job for job in (WORK_ORDERS, DISPENSERS)}
        number = _NUMBERED.fullmatch(self.name)
        if not self.name or (number is not None and number["name"] in names):
            self._name.setText(self._words.job(self.job))
        if self._is_new and self.job == DISPENSERS and self._first is not None:
            self._kind.setCurrentIndex(self._kind.findData(Kind.AFTER))
            self._after.setCurrentIndex(self._after.findData(self._first))
        elif self._is_new and self.job == WORK_ORDERS and self.after == self._first:
            self._kind.setCurrentIndex(self._kind.findData(Kind.EVERY))
        self.on_edited()

    @Slot()
    def _on_kind(self) -> None:
        self._show_rows()
        self.on_edited()

"""The question until when a schedule is paused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.schedules import Schedule
from fossatray.core.words import Words
from fossatray.ui.labels import PlainLabel
from fossatray.ui.midnight import Midnight
from fossatray.ui.words_qt import with_century

_MORNING = time(8)
_LAST = QDateTime(QDate(2999, 12, 31), QTime(23, 59))
"""Moments beyond the last years there are cannot be reckoned with in every zone."""


class PauseDialog(QDialog):
    """Asks for the end of a pause: a moment of the person's clock, or none. `until` is the answer once accepted.

    For a schedule that is paused already it begins with that pause, to be made longer or shorter.
    """

    def __init__(
        self, schedule: Schedule, words: Words, now: Callable[[], datetime], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        is_paused = schedule.rests(now())
        self.setWindowTitle(self.tr("Change the pause") if is_paused else self.tr("Pause the schedule"))
        self._question = PlainLabel(self.tr('How long is "{name}" to be paused?').format(name=schedule.title))
        self._open = QRadioButton(self.tr("Until I &resume it"))
        self._until = QRadioButton(self.tr("&Until:"))
        self._moment = QDateTimeEdit()
        self._moment.setAccessibleName(self.tr("Paused until"))
        self._moment.setCalendarPopup(True)
        self._said = PlainLabel()
        self._buttons = QDialogButtonBox()
        self._pause = self._buttons.addButton(self.tr("&Pause"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)  # after it, as Tab goes
        self._lay_out()
        local = now().astimezone(words.zone)
        self._moment.setDisplayFormat(with_century(self._moment.displayFormat()))
        self._moment.setDateTimeRange(_wall(local), _LAST)
        morning = datetime.combine(local.date() + timedelta(days=1), _MORNING)
        ends = schedule.paused_until if is_paused and schedule.enabled else None
        self._moment.setDateTime(_wall(ends.astimezone(words.zone) if ends else morning))
        (self._open if is_paused and ends is None else self._until).setChecked(True)
        self._midnight = Midnight(now, words, self)
        self._midnight.day_changed.connect(self._follow)
        self._until.toggled.connect(self._follow)
        self._moment.dateTimeChanged.connect(self._follow)
        self._buttons.accepted.connect(self._on_pause)
        self._buttons.rejected.connect(self.reject)
        self._follow()
        (self._pause if self._open.isChecked() else self._moment).setFocus()  # where Enter pauses on every desktop

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self._until)
        row.addWidget(self._moment)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.addWidget(self._question)
        column.addLayout(row)
        column.addWidget(self._open)
        column.addWidget(self._said)
        column.addStretch(1)
        column.addWidget(self._buttons)
        self._pause.setDefault(True)
        QWidget.setTabOrder(self._until, self._moment)
        QWidget.setTabOrder(self._moment, self._open)

    @property
    def until(self) -> datetime | None:
        """The end that is chosen (aware), or None for none."""
        if not self._until.isChecked():
            return None
        shown = self._moment.dateTime()
        day, at = shown.date(), shown.time()
        return datetime(day.year(), day.month(), day.day(), at.hour(), at.minute(), tzinfo=self._words.zone)

    @Slot()
    def _on_pause(self) -> None:
        """Take the answer, unless its moment has passed while the question stood."""
        self._follow()
        if self._pause.isEnabled():
            self.accept()

    @Slot()
    def _follow(self) -> None:
        """Say what was chosen, and that a moment has to lie ahead."""
        until, now = self.until, self._now()
        self._moment.setEnabled(until is not None)
        ahead = until is None or until > now
        self._pause.setEnabled(ahead)
        if not ahead:
            self._said.setText(self.tr("✗ Choose a time that is still to come."))
        elif until is None:
            self._said.setText(self.tr("Nothing runs until you resume it."))
        else:
            when = self._words.when(until, now, inside=True)
            self._said.setText(self.tr("It goes on by itself {when}.").format(when=when))

    def showEvent(self, event: QShowEvent) -> None:
        """Follow the days while it stands open: "tomorrow" may become "today"."""
        super().showEvent(event)
        self._midnight.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._midnight.stop()


def _wall(local: datetime) -> QDateTime:
    return QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute))

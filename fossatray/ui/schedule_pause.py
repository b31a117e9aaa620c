"""The question until when a schedule is paused."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from PySide6.QtCore import QDate, QDateTime, QTime, Slot
from PySide6.QtWidgets import (
    QDateTimeEdit,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.words import Words
from fossatray.ui.labels import PlainLabel

_MORNING = time(8)


class PauseDialog(QDialog):
    """Asks for the end of a pause: a moment of the person's clock, or none. `until` is the answer once accepted."""

    def __init__(self, title: str, words: Words, now: datetime, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self.setWindowTitle(self.tr("Pause the schedule"))
        self._question = PlainLabel(self.tr('How long is "{name}" to be paused?').format(name=title))
        self._open = QRadioButton(self.tr("Until I &resume it"))
        self._until = QRadioButton(self.tr("&Until:"))
        self._moment = QDateTimeEdit()
        self._moment.setAccessibleName(self.tr("Paused until"))
        self._moment.setCalendarPopup(True)
        self._said = PlainLabel()
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._pause = self._buttons.addButton(self.tr("&Pause"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._lay_out()
        local = now.astimezone(words.zone)
        morning = local.date() + timedelta(days=1)
        self._moment.setMinimumDateTime(_wall(local))
        self._moment.setDateTime(QDateTime(QDate(morning), QTime(_MORNING.hour, _MORNING.minute)))
        self._until.setChecked(True)
        self._until.toggled.connect(self._follow)
        self._moment.dateTimeChanged.connect(self._follow)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self._follow()

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
    def _follow(self) -> None:
        """Say what was chosen, and that a moment has to lie ahead."""
        until = self.until
        self._moment.setEnabled(until is not None)
        ahead = until is None or until > self._now
        self._pause.setEnabled(ahead)
        if not ahead:
            self._said.setText(self.tr("✗ Choose a time that is still to come."))
        elif until is None:
            self._said.setText(self.tr("Nothing runs until you resume it."))
        else:
            when = self._words.when(until, self._now, inside=True)
            self._said.setText(self.tr("It goes on by itself {when}.").format(when=when))


def _wall(local: datetime) -> QDateTime:
    return QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute))

"""The editor of a schedule as its tests use it: opened over the examples, its fields by their names."""

from collections.abc import Callable

from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fossatray.core.schedules import Schedule
from fossatray.ui.schedule_dialog import ScheduleDialog
from tests.desktop.fakes import ACCOUNT, OTHER, SCHEDULE, Desk

Open = Callable[[Schedule], ScheduleDialog]
DISPENSERS = Schedule(2, ACCOUNT.id, name="Dispensers", after=1)
NIGHT = Schedule(3, OTHER.id, name="Night")
PATIENCE = 30_000


def open_editor(qtbot: QtBot, desk: Desk, schedule: Schedule) -> ScheduleDialog:
    dialog = ScheduleDialog(desk.services(), schedule, [SCHEDULE, DISPENSERS, NIGHT])
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitExposed(dialog)
    return dialog


def box(dialog: QWidget, name: str) -> QComboBox:
    return next(item for item in dialog.findChildren(QComboBox) if item.accessibleName() == name)


def line(dialog: QWidget, name: str) -> QLineEdit:
    return next(item for item in dialog.findChildren(QLineEdit) if item.accessibleName() == name)


def check(dialog: QWidget, name: str) -> QCheckBox:
    return next(item for item in dialog.findChildren(QCheckBox) if item.accessibleName() == name)


def spin(dialog: QWidget, name: str) -> QSpinBox:
    return next(item for item in dialog.findChildren(QSpinBox) if item.accessibleName() == name)


def less_than(dialog: QWidget) -> QDoubleSpinBox:
    return dialog.findChildren(QDoubleSpinBox)[0]


def retype(field: QLineEdit, text: str) -> None:
    """Type in place of what is there, key by key."""
    field.clear()
    QTest.keyClicks(field, text)


def choose(combo: QComboBox, text: str) -> None:
    place = combo.findText(text)
    assert place >= 0, [combo.itemText(index) for index in range(combo.count())]
    combo.setCurrentIndex(place)


def texts(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel) if label.isVisibleTo(dialog))


def runs(dialog: ScheduleDialog) -> list[str]:
    """The next runs as they are shown."""
    shown = dialog._runs.text().splitlines()[0].removeprefix("The next runs: ").split(" · ")
    assert not any(" " in run for run in shown), "a line could end in the middle of a moment"
    return [run.replace("\u00a0", " ") for run in shown]


def save(dialog: ScheduleDialog) -> None:
    dialog.findChildren(QDialogButtonBox)[0].button(QDialogButtonBox.StandardButton.Save).click()

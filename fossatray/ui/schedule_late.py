"""The fourth part of the editor of a schedule: what becomes of a run that could not begin in time."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QWidget

from fossatray.core.schedules import LEAST_LATE_HOURS, MOST_LATE_HOURS, Lateness, Schedule
from fossatray.ui.field_form import FieldForm

_HOURS = 4.0


class LateFields(FieldForm):
    """The policy for runs that are more than five minutes late."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("When it is late"))
        self._policy = QComboBox()
        self._hours = QDoubleSpinBox()
        self._build()

    def _build(self) -> None:
        self._policy.addItem(self.tr("Run once"), Lateness.RUN_ONCE)
        self._policy.addItem(self.tr("Run only if not too late"), Lateness.WITHIN)
        self._policy.addItem(self.tr("Skip the run"), Lateness.SKIP)
        self._policy.setToolTip(
            self.tr("After sleep, or when the computer was off: several missed runs make one at most")
        )
        self.add_field(self.tr("&More than 5 minutes late:"), self._policy)
        self._hours.setRange(LEAST_LATE_HOURS, MOST_LATE_HOURS)
        self._hours.setSingleStep(0.25)
        self._hours.setDecimals(2)
        self._hours.setSuffix(self.tr(" h"))
        self.add_field(self.tr("&Less late than:"), self._hours)
        self._policy.currentIndexChanged.connect(self._on_policy)
        self._hours.valueChanged.connect(self.on_edited)

    def load(self, schedule: Schedule) -> None:
        """Show the policy of a schedule."""
        self._hours.setValue(schedule.late_hours if schedule.late_hours is not None else _HOURS)
        self._policy.setCurrentIndex(self._policy.findData(schedule.lateness))
        self._show()

    @property
    def lateness(self) -> Lateness:
        """The policy that is chosen."""
        return Lateness(self._policy.currentData())

    @property
    def late_hours(self) -> float | None:
        """The hours that go with it, if any do."""
        return self._hours.value() if self.lateness is Lateness.WITHIN else None

    def _show(self) -> None:
        self.form.setRowVisible(1, self.lateness is Lateness.WITHIN)

    @Slot()
    def _on_policy(self) -> None:
        self._show()
        self.on_edited()

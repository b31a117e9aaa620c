"""The part of the settings about all schedules: when to hold back, when to tell, and how much is kept."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox, QWidget

from fossatray.ui.field_form import in_a_row
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import ValuesSection

_NAMES = (
    "metered",
    "battery_below",
    "notify_after",
    "silent_hours",
    "at_once",
    "run_minutes",
    "retries",
    "retention_days",
)

_BATTERY = 20
_SILENT = 24


class SyncingSection(ValuesSection):
    """Metered networks, battery, notices of failures and of silence, syncs at once, limit, tries, days of history."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, _NAMES, parent)
        self.setTitle(self.tr("All schedules"))
        self._metered = QCheckBox(self.tr("Skip planned syncs on metered networ&ks"))
        self._on_battery = QCheckBox(self.tr("Skip planned syncs on &battery below"))
        self._battery = _number(1, 100, self.tr(" %"))
        self._failures = _number(1, 5, "")
        self._on_silence = QCheckBox(self.tr("Notify when nothing has succ&eeded for"))
        self._silence = _number(1, 24 * 365, self.tr(" h"))
        self._at_once = _number(1, 9, "")
        self._minutes = _number(1, 120, self.tr(" min"))
        self._retries = _number(0, 2, "")
        self._days = _number(90, 3650, self.tr(" days"))
        self._build()

    def _build(self) -> None:
        self._metered.setAccessibleName(self.tr("Skip planned syncs on metered networks"))
        self._on_battery.setAccessibleName(self.tr("Skip planned syncs on battery below a level"))
        self._battery.setAccessibleName(self.tr("Battery level"))
        self._on_silence.setAccessibleName(self.tr("Notify when nothing has succeeded for some time"))
        self._silence.setAccessibleName(self.tr("Hours without a success"))
        self._on_silence.setToolTip(
            self.tr(
                "Counted from the first planned sync that came to nothing after the last success: "
                "while nothing is planned, nothing is missing"
            )
        )
        self._retries.setToolTip(
            self.tr(
                "What fails for now (no network, a busy portal) is tried again in the same sync, "
                "after about 30 seconds and 2 minutes; 0: never"
            )
        )
        self._days.setToolTip(self.tr("Older runs are kept as daily totals"))
        self.add_field("", self._metered)
        self.add_field("", in_a_row(self._on_battery, self._battery), self._on_battery, self._battery)
        self.add_field("", in_a_row(self._on_silence, self._silence), self._on_silence, self._silence)
        failures = in_a_row(self._failures, QLabel(self.tr("failed syncs in a row")))
        self.add_field(self.tr("Notif&y after:"), failures, self._failures)
        self.add_field(self.tr("Syncs at once:"), in_a_row(self._at_once), self._at_once)
        self.add_field(self.tr("End a sync after:"), in_a_row(self._minutes), self._minutes)
        retries = in_a_row(self._retries, QLabel(self.tr("times")))
        self.add_field(self.tr("Try again after a passing failure:"), retries, self._retries)
        self.add_field(self.tr("Keep &history for:"), in_a_row(self._days), self._days)
        for box in (self._metered, self._on_battery, self._on_silence):
            box.toggled.connect(self._on_changed)
        counts = (self._battery, self._failures, self._silence, self._at_once, self._minutes, self._retries, self._days)
        for spin in counts:
            spin.valueChanged.connect(self._on_changed)

    def _typed(self) -> dict[str, str]:
        return {
            "metered": "skip" if self._metered.isChecked() else "run",
            "battery_below": str(self._battery.value()) if self._on_battery.isChecked() else "",
            "notify_after": str(self._failures.value()),
            "silent_hours": str(self._silence.value()) if self._on_silence.isChecked() else "",
            "at_once": str(self._at_once.value()),
            "run_minutes": str(self._minutes.value()),
            "retries": str(self._retries.value()),
            "retention_days": str(self._days.value()),
        }

    def _show(self, values: Mapping[str, str]) -> None:
        self._metered.setChecked(values["metered"] == "skip")
        self._on_battery.setChecked(bool(values["battery_below"]))
        self._battery.setValue(int(values["battery_below"] or _BATTERY))
        self._failures.setValue(int(values["notify_after"]))
        self._on_silence.setChecked(bool(values["silent_hours"]))
        self._silence.setValue(int(values["silent_hours"] or _SILENT))
        self._at_once.setValue(int(values["at_once"]))
        self._minutes.setValue(int(values["run_minutes"]))
        self._retries.setValue(int(values["retries"]))
        self._days.setValue(int(values["retention_days"]))
        self._follow()

    def _follow(self) -> None:
        self._battery.setEnabled(self._on_battery.isChecked())
        self._silence.setEnabled(self._on_silence.isChecked())

    def _on_changed(self) -> None:
        self._follow()
        self.on_edited()


def _number(least: int, most: int, suffix: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.setSuffix(suffix)
    return spin

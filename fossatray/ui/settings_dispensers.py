"""The part of the settings about dispensers: for which services they are read, how often, and so many pages at once."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSpinBox, QWidget

from fossatray.core.commands import SaveSettings
from fossatray.core.dispensers import DISPENSER_CODES
from fossatray.core.errors import InvalidInput
from fossatray.store.defaults import check, codes
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, SettingsSection, Subject

DEFAULTS = {
    "dispenser_codes": ", ".join(DISPENSER_CODES),
    "dispenser_fresh_days": "7",
    "pages_at_once": "3",
}
"""The settings of this part, as they are without anybody's choice."""


class DispensersSection(SettingsSection):
    """Service codes, days after which a site is read again, pages at once."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("Dispensers"))
        self._services = services
        self._loaded = dict(DEFAULTS)
        self._saving: tuple[dict[str, str], str | None, Saved] | None = None
        self._codes = QLineEdit()
        self._codes.setPlaceholderText(DEFAULTS["dispenser_codes"])
        self._days = QSpinBox()
        self._pages = QSpinBox()
        self._build()

    def _build(self) -> None:
        self._codes.setToolTip(
            self.tr("The dispensers are read at the sites of open orders with one of these services")
        )
        self._days.setRange(0, 365)
        self._days.setSuffix(self.tr(" days"))
        self._days.setSpecialValueText(self.tr("every time"))
        self._days.setToolTip(self.tr("A site that was read more lately is left out"))
        self._pages.setRange(1, 6)
        self._pages.setToolTip(self.tr("So many pages of the portal are read at the same time"))
        self.add_field(self.tr("Service codes:"), self._codes)
        self.add_field(self.tr("Read a site again after:"), _row(self._days), self._days)
        self.add_field(self.tr("Pages at once:"), _row(self._pages), self._pages)
        self._codes.textEdited.connect(self.on_edited)
        for spin in (self._days, self._pages):
            spin.valueChanged.connect(self.on_edited)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show what is stored."""
        self._show({name: subject.settings.get(name, default) for name, default in DEFAULTS.items()})
        self._loaded = self._typed()

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        return self._typed() != self._loaded

    def check(self) -> bool:
        """Check that the service codes are some."""
        self.clear_errors()
        try:
            check("dispenser_codes", self._typed()["dispenser_codes"])
        except InvalidInput:
            example = DEFAULTS["dispenser_codes"]
            text = self.tr("Enter service codes with commas between them, such as {codes}.").format(codes=example)
            self.show_error(self._codes, text)
            return False
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store what was typed."""
        values = self._typed()
        self._saving = (values, account_id, saved)
        self._services.submit(SaveSettings(values), self._on_saved, not_saved)

    def restore_defaults(self) -> None:
        """Show the defaults, without storing them."""
        self._show(DEFAULTS)
        self.on_edited()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _on_saved(self, result: object) -> None:
        saving, self._saving = self._saving, None
        if saving is not None:
            self._loaded = saving[0]
            saving[2](saving[1])

    def _typed(self) -> dict[str, str]:
        return {
            "dispenser_codes": ", ".join(dict.fromkeys(codes(self._codes.text()))),
            "dispenser_fresh_days": str(self._days.value()),
            "pages_at_once": str(self._pages.value()),
        }

    def _show(self, values: dict[str, str]) -> None:
        self._codes.setText(values["dispenser_codes"])
        self._days.setValue(int(values["dispenser_fresh_days"]))
        self._pages.setValue(int(values["pages_at_once"]))
        self.clear_errors()


def _row(spin: QSpinBox) -> QWidget:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(spin)
    row.addStretch(1)
    return box

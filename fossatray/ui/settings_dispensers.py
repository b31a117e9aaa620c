"""The part of the settings about dispensers: for which services they are read, how often, and so many pages at once."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QLineEdit, QSpinBox, QWidget

from fossatray.core.errors import InvalidInput
from fossatray.store.defaults import check, codes
from fossatray.ui.field_form import in_a_row
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import ValuesSection

_NAMES = ("dispenser_codes", "dispenser_fresh_days", "pages_at_once")


class DispensersSection(ValuesSection):
    """Service codes, days after which a site is read again, pages at once."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, _NAMES, parent)
        self.setTitle(self.tr("Dispensers"))
        self._codes = QLineEdit()
        self._codes.setPlaceholderText(self._defaults["dispenser_codes"])
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
        self._pages.setToolTip(
            self.tr("So many pages of the portal are read at the same time; a long list of work orders by two at most")
        )
        self.add_field(self.tr("Service codes:"), self._codes)
        self.add_field(self.tr("Read a site again after:"), in_a_row(self._days), self._days)
        self.add_field(self.tr("Pages at once:"), in_a_row(self._pages), self._pages)
        self._codes.textEdited.connect(self.on_edited)
        for spin in (self._days, self._pages):
            spin.valueChanged.connect(self.on_edited)

    def check(self) -> bool:
        """Check that the service codes are some."""
        self.clear_errors()
        try:
            check("dispenser_codes", self._typed()["dispenser_codes"])
        except InvalidInput:
            example = self._defaults["dispenser_codes"]
            text = self.tr("Enter service codes with commas between them, such as {codes}.").format(codes=example)
            self.show_error(self._codes, text)
            return False
        return True

    def _typed(self) -> dict[str, str]:
        return {
            "dispenser_codes": ", ".join(dict.fromkeys(codes(self._codes.text()))),
            "dispenser_fresh_days": str(self._days.value()),
            "pages_at_once": str(self._pages.value()),
        }

    def _show(self, values: Mapping[str, str]) -> None:
        self._codes.setText(values["dispenser_codes"])
        self._days.setValue(int(values["dispenser_fresh_days"]))
        self._pages.setValue(int(values["pages_at_once"]))
        self.clear_errors()

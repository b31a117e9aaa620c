"""The program's own part of the settings: notices, start at login, browser, evidence of failures, and the log."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from fossatray.core.errors import FossaError
from fossatray.ui.field_form import in_a_row
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, Subject, ValuesSection

_NAMES = ("notifications", "browser_path", "log_level", "evidence", "show_browser")


class GeneralSection(ValuesSection):
    """Notifications on or off, start at login (as the system has it), the browser of the person's choice, the log."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, _NAMES, parent)
        self.setTitle(self.tr("This program"))
        self._had_login = False
        self._notices = QCheckBox(self.tr("Show n&otifications"))
        self._try = QPushButton(self.tr("Show a test noti&fication"))
        self._login = QCheckBox(self.tr("Start at &login"))
        self._browser = QLineEdit()
        self._browser.setPlaceholderText(self.tr("Chosen by FossaTray"))
        self._detailed = QCheckBox(self.tr("Write a detailed lo&g"))
        self._evidence = QCheckBox(self.tr("Keep the portal's page of a failed sync, every word masked"))
        self._shown = QCheckBox(self.tr("Show the browser's window (for developers)"))
        self._browse = QPushButton(self.tr("Choo&se…"))
        self._profile = PlainLabel()
        self._build()

    def _build(self) -> None:
        self.add_field("", in_a_row(self._notices, self._try), self._notices)
        self.add_field("", self._login)
        path = QWidget()
        row = QHBoxLayout(path)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._browser, 1)
        row.addWidget(self._browse)
        self.add_field(self.tr("Browser &program:"), path, self._browser)
        self.add_field("", self._shown)
        self.add_field("", self._evidence)
        self.add_field("", self._detailed)
        self.form.addRow(self._profile)
        self._evidence.setToolTip(self.tr("For whoever helps you with a problem. You find it in the history."))
        self._detailed.setToolTip(self.tr("For whoever helps you with a problem. It holds no password."))
        self._notices.setAccessibleName(self.tr("Show notifications"))
        self._try.setAccessibleName(self.tr("Show a test notification"))
        self._detailed.setAccessibleName(self.tr("Write a detailed log"))
        self._evidence.setAccessibleName(self.tr("Keep the portal's page of a failed sync"))
        self._shown.setAccessibleName(self.tr("Show the browser's window"))
        self._login.setAccessibleName(self.tr("Start at login"))
        self._browse.setAccessibleName(self.tr("Choose the browser program"))
        self._notices.toggled.connect(self.on_edited)
        self._login.toggled.connect(self.on_edited)
        for box in (self._detailed, self._evidence, self._shown):
            box.toggled.connect(self.on_edited)
        self._browser.textEdited.connect(self.on_edited)
        self._try.clicked.connect(self._on_try)
        self._browse.clicked.connect(self._on_browse)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show what is stored, and what the system says about the login."""
        self._had_login = self._services.autostart.is_enabled()
        self._login.setChecked(self._had_login)
        super().load(subject)
        self._show_profile(self._services.own_profile)

    def is_changed(self) -> bool:
        """Tell whether something was chosen that is not stored."""
        return super().is_changed() or self._login.isChecked() != self._had_login

    def check(self) -> bool:
        """Check that the browser program is one."""
        self.clear_errors()
        path = self._typed()["browser_path"]
        if path and not (Path(path).is_file() and os.access(path, os.X_OK)):
            self.show_error(self._browser, self.tr("This is no program on this computer."))
            return False
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Switch the start at login, then store the settings."""
        login = self._login.isChecked()
        try:
            if login != self._had_login:
                (self._services.autostart.enable if login else self._services.autostart.disable)()
        except FossaError as error:
            self.show_error(self._login, self._services.words.tr(error.message))
            not_saved(error)
            return
        self._had_login = login
        super().save(account_id, saved, not_saved)

    def restore_defaults(self) -> None:
        """Show the defaults, and no start at login, without storing them."""
        self._login.setChecked(False)
        super().restore_defaults()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _typed(self) -> dict[str, str]:
        return {
            "notifications": _switch(self._notices),
            "browser_path": self._browser.text().strip(),
            "log_level": "detailed" if self._detailed.isChecked() else "normal",
            "evidence": _switch(self._evidence),
            "show_browser": _switch(self._shown),
        }

    def _show(self, values: Mapping[str, str]) -> None:
        self._notices.setChecked(values["notifications"] == "on")
        self._browser.setText(values["browser_path"])
        self._detailed.setChecked(values["log_level"] == "detailed")
        self._evidence.setChecked(values["evidence"] == "on")
        self._shown.setChecked(values["show_browser"] == "on")
        self.clear_errors()

    def _show_profile(self, own: Path | None) -> None:
        """Say that syncs use a portal profile of the person's own, and where it lies, if there is anything there."""
        there = own is not None and os.path.lexists(own)
        told = self.tr("Syncs use your own portal profile: {path}. Delete it to use FossaTray's again.")
        self._profile.setText(told.format(path=own) if there else "")
        self._profile.setVisible(there)

    @Slot()
    def _on_try(self) -> None:
        self._services.notify_test()

    @Slot()
    def _on_browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Choose the browser program"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._on_file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _on_file_chosen(self, path: str) -> None:
        self._browser.setText(path)
        self.check()
        self.on_edited()


def _switch(box: QCheckBox) -> str:
    return "on" if box.isChecked() else "off"

"""The program's own part of the settings: notices, start at login, browser, evidence of failures, and the log."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from fossatray.core.commands import SaveSettings
from fossatray.core.errors import FossaError
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, SettingsSection, Subject

Values = tuple[bool, bool, str, bool, bool, bool]
"""Notices, start at login, path of the browser, detailed log, evidence of failures, the browser's window is shown."""

DEFAULTS: Values = (True, False, "", False, True, False)


class GeneralSection(SettingsSection):
    """Notifications on or off, start at login (as the system has it), the browser of the person's choice, the log."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("This program"))
        self._services = services
        self._loaded = DEFAULTS
        self._saving: tuple[Values, str | None, Saved] | None = None
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
        notices = QWidget()
        row = QHBoxLayout(notices)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._notices)
        row.addWidget(self._try)
        row.addStretch(1)
        self.add_field("", notices, self._notices)
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
        self._show(
            (
                subject.settings.get("notifications", "on") == "on",
                self._services.autostart.is_enabled(),
                subject.settings.get("browser_path", ""),
                subject.settings.get("log_level", "normal") == "detailed",
                subject.settings.get("evidence", "on") == "on",
                subject.settings.get("show_browser", "off") == "on",
            )
        )
        self._loaded = self._typed()
        self._show_profile(self._services.own_profile)

    def is_changed(self) -> bool:
        """Tell whether something was chosen that is not stored."""
        return self._typed() != self._loaded

    def check(self) -> bool:
        """Check that the browser program is one."""
        self.clear_errors()
        path = self._typed()[2]
        if path and not (Path(path).is_file() and os.access(path, os.X_OK)):
            self.show_error(self._browser, self.tr("This is no program on this computer."))
            return False
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Switch the start at login, then store the settings."""
        notices, login, browser, detailed, evidence, shown = self._typed()
        try:
            if login != self._loaded[1]:
                (self._services.autostart.enable if login else self._services.autostart.disable)()
        except FossaError as error:
            self.show_error(self._login, self._services.words.tr(error.message))
            not_saved(error)
            return
        self._loaded = (self._loaded[0], login, *self._loaded[2:])
        self._saving = (self._typed(), account_id, saved)
        values = {
            "notifications": "on" if notices else "off",
            "browser_path": browser,
            "log_level": "detailed" if detailed else "normal",
            "evidence": "on" if evidence else "off",
            "show_browser": "on" if shown else "off",
        }
        self._services.submit(SaveSettings(values), self._on_saved, not_saved)

    def restore_defaults(self) -> None:
        """Show notices and evidence on, no start at login, no browser of one's own, unseen, no detailed log."""
        self._show(DEFAULTS)
        self.on_edited()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _on_saved(self, result: object) -> None:
        saving, self._saving = self._saving, None
        if saving is not None:
            self._loaded = saving[0]
            saving[2](saving[1])

    def _typed(self) -> Values:
        browser = self._browser.text().strip()
        detailed, evidence, shown = (box.isChecked() for box in (self._detailed, self._evidence, self._shown))
        return self._notices.isChecked(), self._login.isChecked(), browser, detailed, evidence, shown

    def _show(self, values: Values) -> None:
        self._notices.setChecked(values[0])
        self._login.setChecked(values[1])
        self._browser.setText(values[2])
        self._detailed.setChecked(values[3])
        self._evidence.setChecked(values[4])
        self._shown.setChecked(values[5])
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

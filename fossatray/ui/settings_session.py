"""The part of the settings about staying signed in: whether a sync's session serves the next, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QWidget

from fossatray.core.accounts import Account
from fossatray.core.commands import ForgetSession
from fossatray.core.errors import FossaError
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import Subject, ValuesSection
from fossatray.ui.texts import error_text

_NAMES = ("keep_session",)


class SessionSection(ValuesSection):
    """Staying signed in between two syncs, on or off, and a button that forgets the edited account's session."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, _NAMES, parent)
        self.setTitle(self.tr("Signing in"))
        self._account: Account | None = None
        self._keep = QCheckBox(self.tr("Keep me signed in between syncs"))
        self._forget = QPushButton(self.tr("Forget the session"))
        self._result = PlainLabel()
        self._build()

    def _build(self) -> None:
        self._keep.setAccessibleName(self.tr("Keep me signed in between syncs"))
        self._keep.setToolTip(
            self.tr(
                "Syncs are faster, and the portal sees fewer sign-ins. What is kept is encrypted; its key is in your"
                " keyring. Without a keyring nothing is kept."
            )
        )
        self._forget.setAccessibleName(self.tr("Forget the session"))
        self._forget.setToolTip(self.tr("The next sync signs in with your password"))
        row = QHBoxLayout()
        row.addWidget(self._forget)
        row.addWidget(self._result, 1)
        self.add_field("", self._keep)
        self.form.addRow(row)
        self._keep.toggled.connect(self.on_edited)
        self._forget.clicked.connect(self._on_forget)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show what is stored; the button is for the account that is edited."""
        account = subject.account.account if subject.account is not None else None
        if account is None or self._account is None or account.id != self._account.id:
            self._result.setText("")
        self._account = account
        self._forget.setEnabled(account is not None)
        super().load(subject)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _typed(self) -> dict[str, str]:
        return {"keep_session": "on" if self._keep.isChecked() else "off"}

    def _show(self, values: Mapping[str, str]) -> None:
        self._keep.setChecked(values["keep_session"] == "on")

    @Slot()
    def _on_forget(self) -> None:
        if self._account is not None:
            self._forget.setEnabled(False)
            account_id = self._account.id
            done, failed = partial(self._on_forgotten, account_id), partial(self._on_not_forgotten, account_id)
            self._services.submit(ForgetSession(account_id), done, failed)

    def _on_forgotten(self, account_id: str, result: object) -> None:
        self._show_result(account_id, self.tr("✓ Forgotten. The next sync signs in."))

    def _on_not_forgotten(self, account_id: str, error: FossaError) -> None:
        self._show_result(account_id, f"✗ {error_text(error.info())}")

    def _show_result(self, account_id: str, text: str) -> None:
        """Say what became of it, unless another account is shown by now."""
        self._forget.setEnabled(self._account is not None)
        if self._account is not None and self._account.id == account_id:
            self._result.setText(text)

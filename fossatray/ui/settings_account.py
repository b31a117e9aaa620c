"""The account's part of the settings: where to sign in, as whom, and with which password."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMessageBox, QPushButton, QWidget

from fossatray.core.accounts import DEFAULT_PORTAL, NAME_LIMIT, USERNAME_LIMIT, Account, checked_account
from fossatray.core.commands import SaveAccount
from fossatray.core.errors import FossaError, InvalidInput, KeyringAbsent
from fossatray.core.secret import Secret
from fossatray.core.urls import normal_origin
from fossatray.ui.labels import PlainLabel, plain_box
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, SettingsSection, Subject

_DEFAULT_NAME = "WorkFossa"


class AccountSection(SettingsSection):
    """Name, portal address, user name and password of one account.

    The password is never shown and never filled in; the field says whether one is stored.

    Signals:
        test_requested, remove_requested: the buttons of these names.
    """

    test_requested = Signal()
    remove_requested = Signal()

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("Account"))
        self._services = services
        self._account: Account | None = None
        self._loaded: tuple[str, str, str] = ("", "", "")
        self._pending: tuple[SaveAccount, Saved, NotSaved] | None = None
        self._name = QLineEdit()
        self._name.setMaxLength(NAME_LIMIT)
        self._portal = QLineEdit()
        self._portal.setPlaceholderText(DEFAULT_PORTAL)
        self._username = QLineEdit()
        self._username.setMaxLength(USERNAME_LIMIT)
        self._password = QLineEdit()
        self._password.setEchoMode(QLineEdit.EchoMode.Password)
        self._state = PlainLabel()
        self._test = QPushButton(self.tr("&Test sign-in"))
        self._remove = QPushButton(self.tr("Re&move account…"))
        self._build()

    def _build(self) -> None:
        self.add_field(self.tr("Account &name:"), self._name)
        self.add_field(self.tr("Portal add&ress:"), self._portal)
        self.add_field(self.tr("&User name:"), self._username)
        self.add_field(self.tr("Pass&word:"), self._password)
        buttons = QHBoxLayout()
        for button in (self._test, self._remove):
            button.setAccessibleName(button.text().replace("&", "").replace("…", ""))
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.form.addRow(buttons)
        self.form.addRow(self._state)
        for field in (self._name, self._portal, self._username, self._password):
            field.textEdited.connect(self.on_edited)
        self._test.clicked.connect(self.test_requested)
        self._remove.clicked.connect(self.remove_requested)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show the account, or empty fields for a new one."""
        state = subject.account
        self._account = state.account if state is not None else None
        self._show_account()
        self.clear_errors()
        self._remove.setEnabled(self._account is not None)
        blocked = state.blocked if state is not None else None
        tr = self._services.words.tr
        self.show_result(f"✗ {tr(blocked.title)}\n{tr(blocked.advice)}" if blocked is not None else "")

    def _show_account(self) -> None:
        account = self._account
        name, portal, user = (account.name, account.origin, account.username) if account else ("", DEFAULT_PORTAL, "")
        self._name.setText(name if account else _DEFAULT_NAME)
        self._portal.setText(portal)
        self._username.setText(user)
        self._password.clear()
        self._loaded = self._typed()
        self._password.setPlaceholderText("" if account else self.tr("Not stored yet"))
        if account is not None and self.isVisible():  # asking takes a process, so only where it is seen
            self._password.setPlaceholderText(self.tr("Looking…"))
            self._services.keyring_state(account, _KeyringAnswer(self, account))

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        return self._typed() != self._loaded or bool(self._password.text())

    def check(self) -> bool:
        """Check each field by itself; a new account needs its password, and so does a new portal address."""
        self.clear_errors()
        for field, checked in (
            (self._name, (self._name.text(), DEFAULT_PORTAL, "x")),
            (self._username, ("x", DEFAULT_PORTAL, self._username.text())),
        ):
            try:
                checked_account("", *checked)
            except InvalidInput as error:
                self.show_error(field, self._services.words.tr(error.message))
        try:
            origin = normal_origin(self._portal.text() or DEFAULT_PORTAL)
        except InvalidInput as error:
            self.show_error(self._portal, self._services.words.tr(error.message))
            origin = None
        if self._account is None and not self._password.text():
            self.show_error(self._password, self.tr("Enter the password that you sign in with."))
        elif self._account is not None and origin not in (None, self._account.origin) and not self._password.text():
            text = self.tr("The portal address is another one. Enter the password that you sign in with there.")
            self.show_error(self._password, text)
        return not self._has_errors()

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store the account and, if one was typed, its password in the keyring."""
        name, portal, user = self._typed()
        password = Secret(self._password.text()) if self._password.text() else None
        own_id = self._account.id if self._account is not None else None
        command = SaveAccount(name, portal or DEFAULT_PORTAL, user, own_id, password)
        self._submit(command, saved, not_saved)

    def restore_defaults(self) -> None:
        """Show the default portal address; name and user are the person's."""
        self._portal.setText(DEFAULT_PORTAL)
        self.on_edited()

    # --- what becomes of it ---------------------------------------------------------------------------------------

    def show_result(self, text: str) -> None:
        """Say what became of a test, or why syncing is stopped."""
        self._state.setText(text)
        self._state.setVisible(bool(text))

    def first_field(self) -> QWidget:
        """Return the field that is filled in first."""
        return self._name

    def focus_first_gap(self) -> None:
        """Give the focus to the first field that is still empty."""
        for field in (self._name, self._portal, self._username, self._password):
            if not field.text():
                field.setFocus()
                return

    def set_testing(self, *, testing: bool) -> None:
        """Allow no second test while one runs."""
        self._test.setEnabled(not testing)
        if testing:
            self.show_result(self.tr("Signing in to the portal…"))

    def show_keyring_state(self, account: Account, state: str) -> None:
        """Say in the empty password field whether a password is stored."""
        if self._account is None or account.id != self._account.id:
            return
        known = {
            "present": self.tr("Stored. Type to replace it"),
            "missing": self.tr("Not stored yet"),
            "locked": self.tr("The keyring is locked"),
            "denied": self.tr("The keyring denied access"),
            "absent": self.tr("No keyring was found"),
            "timeout": self.tr("The keyring did not answer"),
        }
        self._password.setPlaceholderText(known.get(state.removeprefix("keyring_"), ""))

    def _typed(self) -> tuple[str, str, str]:
        return self._name.text().strip(), self._portal.text().strip(), self._username.text().strip()

    def _has_errors(self) -> bool:
        fields = (self._name, self._portal, self._username, self._password)
        return any(field.accessibleDescription() for field in fields)

    def _submit(self, command: SaveAccount, saved: Saved, not_saved: NotSaved) -> None:
        self._pending = (command, saved, not_saved)
        self._services.submit(command, self._on_saved, self._on_not_saved)

    def _on_saved(self, result: object) -> None:
        if self._pending is None or not isinstance(result, Account):
            return
        saved = self._pending[1]
        self._pending = None
        self._account = result
        self._show_account()
        saved(result.id)

    def _on_not_saved(self, error: FossaError) -> None:
        if self._pending is None:
            return
        command, _, not_saved = self._pending
        if isinstance(error, KeyringAbsent) and not command.session_only:
            self._ask_for_session()
            return
        self._pending = None
        not_saved(error)

    def _ask_for_session(self) -> None:
        box = plain_box(
            self.window(),  # the section is disabled while it is saved, and would disable the box
            QMessageBox.Icon.Question,
            self.tr("No keyring was found"),
            self.tr("Keep the password for this session only?"),
            self.tr("It is kept in memory until FossaTray quits. After that, enter it again here."),
        )
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No)
        box.setDefaultButton(QMessageBox.StandardButton.No)
        box.finished.connect(self._on_session_answer)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot(int)
    def _on_session_answer(self, answer: int) -> None:
        if self._pending is None:
            return
        command, saved, not_saved = self._pending
        if answer == QMessageBox.StandardButton.Yes.value:
            self._submit(replace(command, session_only=True), saved, not_saved)
        else:
            self._pending = None
            not_saved(KeyringAbsent())


class _KeyringAnswer:
    """Takes the answer about one account's password to the section that asked."""

    def __init__(self, section: AccountSection, account: Account) -> None:
        self._section, self._account = section, account

    def __call__(self, state: str) -> None:
        self._section.show_keyring_state(self._account, state)

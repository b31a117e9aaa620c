"""The page of the settings: all parts are checked before any is saved, and an error loses nothing that was typed."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QMargins, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QPalette, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.commands import RemoveAccount, TestSignIn
from fossatray.core.errors import FossaError
from fossatray.core.status import AccountState, AppState
from fossatray.ui.labels import PlainLabel, plain_box
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_account import AccountSection
from fossatray.ui.settings_dispensers import DispensersSection
from fossatray.ui.settings_general import GeneralSection
from fossatray.ui.settings_schedule import ScheduleSection
from fossatray.ui.settings_section import SettingsSection, Subject
from fossatray.ui.settings_session import SessionSection
from fossatray.ui.settings_syncing import SyncingSection
from fossatray.ui.texts import error_text
from fossatray.ui.theme import theme_of

_WIDTH = 760
"""So wide, in pixels, is the form at most: longer lines are hard to read."""


class SettingsPage(QWidget):
    """Edits one account with its schedule, and the program's own settings.

    Signals:
        saved: everything that was typed is stored.
    """

    saved = Signal()

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._state = AppState()
        self._account_id: str | None = None
        self._is_saving = False
        self._test_after = False
        self._tested: set[str] = set()
        self._test_result = ""
        self._removing: str | None = None
        self._focus_before: QWidget | None = None
        self._account = AccountSection(services)
        self._session = SessionSection(services)
        self._schedule = ScheduleSection(services)
        self._syncing = SyncingSection(services)
        self._dispensers = DispensersSection(services)
        self._general = GeneralSection(services)
        self._sections: tuple[SettingsSection, ...] = (
            *(self._account, self._session, self._schedule, self._syncing),
            *(self._dispensers, self._general),
        )
        self._queue: list[SettingsSection] = []
        self._chooser = QComboBox()
        self._chooser.setAccessibleName(self.tr("Account to edit"))
        self._chooser_label = QLabel(self.tr("&Account to edit:"))
        self._chooser_label.setBuddy(self._chooser)
        self._add = self._button(self.tr("Add an a&ccount"))
        self._save = self._button(self.tr("Sa&ve"))
        self._discard = self._button(self.tr("D&iscard changes"))
        self._defaults = self._button(self.tr("Restore &defaults"))
        self._status = PlainLabel()
        self._lay_out()
        self._connect()
        self.apply_palette(QGuiApplication.palette())
        self.load()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(text.replace("&", ""))
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._chooser_label)
        top.addWidget(self._chooser, 1)
        top.addWidget(self._add)
        top.addStretch(1)
        inside = QWidget()
        inside.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(inside)
        column.addLayout(top)
        width = max(section.head_width() for section in self._sections)
        for section in self._sections:
            section.set_head_width(width)
            column.addWidget(section)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the field that has the focus
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll, 1)
        outer.addLayout(self._button_row(column.contentsMargins()))

    def _button_row(self, margins: QMargins) -> QHBoxLayout:
        """Return the row of buttons, which ends where the form above ends."""
        bar = QWidget()
        bar.setMaximumWidth(_WIDTH)
        buttons = QHBoxLayout(bar)
        buttons.setContentsMargins(margins.left(), 0, margins.right(), 0)
        buttons.addWidget(self._status, 1)
        for button in (self._defaults, self._discard, self._save):
            buttons.addWidget(button)
        row = QHBoxLayout()
        row.addWidget(bar, 1000)
        row.addStretch(1)
        return row

    def _connect(self) -> None:
        for section in self._sections:
            section.edited.connect(self._on_edited)
        self._account.test_requested.connect(self._on_test)
        self._account.remove_requested.connect(self._on_remove)
        self._chooser.activated.connect(self._on_chosen)
        self._add.clicked.connect(self._on_add)
        self._save.clicked.connect(self.save)
        self._discard.clicked.connect(self.load)
        self._defaults.clicked.connect(self.restore_defaults)

    # --- the contract ---------------------------------------------------------------------------------------------

    @Slot()
    def load(self) -> None:
        """Show what is stored; what was typed is given up."""
        try:
            settings = self._services.reader().settings()
        except FossaError as error:
            self._status.setText(error_text(error.info()))
            settings = {}
        subject = Subject(self._edited_account(), settings)
        for section in self._sections:
            section.load(subject)
        self._account.set_testing(testing=self._account_id in self._tested)
        self._test_result = ""
        self._show_accounts()
        self._status.setText("")
        self._adjust_buttons()

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        return any(section.is_changed() for section in self._sections)

    def check(self) -> bool:
        """Check all parts; the first field that has an error gets the focus."""
        wanted = [section for section in self._sections if section.is_changed() or self._is_new(section)]
        good = [section.check() for section in wanted]
        if all(good):
            return True
        for section in wanted:
            if section.focus_first_error():
                break
        self._status.setText(self.tr("Not saved: correct what is marked with ✗."))
        return False

    @Slot()
    def save(self) -> None:
        """Check everything, then store what has changed, part by part."""
        if self._is_saving or not self.check():
            self._test_after = False
            return
        self._queue = [section for section in self._sections if section.is_changed() or self._is_new(section)]
        self._status.setText(self.tr("Saving…"))
        self._begin_saving()
        self._save_next(self._account_id)

    @Slot()
    def restore_defaults(self) -> None:
        """Show the defaults, without storing them."""
        for section in self._sections:
            section.restore_defaults()

    # --- saving ---------------------------------------------------------------------------------------------------

    def _is_new(self, section: SettingsSection) -> bool:
        """Tell whether a part is the account that is still to be added, which its schedule needs."""
        begun = self._account.is_changed()
        return section is self._account and self._account_id is None and begun

    def _save_next(self, account_id: str | None) -> None:
        self._account_id = account_id or self._account_id
        if self._queue:
            self._queue.pop(0).save(self._account_id, self._save_next, self._on_not_saved)
            return
        self._status.setText(self.tr("✓ Saved"))
        self._show_accounts()
        self._end_saving()
        self.saved.emit()
        if self._test_after:
            self._test_after = False
            self._start_test()

    def _on_not_saved(self, error: FossaError) -> None:
        self._test_after = False
        self._status.setText(f"✗ {error_text(error.info())}")
        self._end_saving()

    def _begin_saving(self) -> None:
        """Nothing can be typed from here on: what is stored is what was seen. The focus waits at "Saving…"."""
        self._is_saving = True
        self._focus_before = next((part for part in self.findChildren(QWidget) if part.hasFocus()), None)
        if self._focus_before is not None:
            self._status.setFocus()
        self._adjust_buttons()

    def _end_saving(self) -> None:
        """Let the person go on where they were, unless they have turned to something else meanwhile."""
        self._is_saving = False
        self._adjust_buttons()
        before, self._focus_before = self._focus_before, None
        if before is not None and self._status.hasFocus():
            (before if before.isEnabled() and before.isVisibleTo(self) else self._account.first_field()).setFocus()

    # --- accounts -------------------------------------------------------------------------------------------------

    def show_state(self, state: AppState) -> None:
        """Follow what changed elsewhere, unless something was typed here."""
        before, was_there, edited = self._facts(), self._edited_account() is not None, self._account_id
        is_first = not self._state.accounts
        self._state = state
        if self._account_id is None and is_first and state.accounts and not self._account.is_changed():
            self._account_id = state.accounts[0].account.id
        elif was_there and self._edited_account() is None and not self._is_saving:
            self._account_id = state.accounts[0].account.id if state.accounts else None
        self._schedule.follow(self._edited_account())
        if self._facts() != before and not self.is_changed() and not self._is_saving:
            status, result = self._status.text(), self._test_result
            self.load()
            self._status.setText(status)
            if result and self._account_id == edited:
                self._show_result(result)

    def _facts(self) -> tuple[object, ...]:
        return tuple((item.account, item.blocked) for item in self._state.accounts)

    def _edited_account(self) -> AccountState | None:
        return self._state.account(self._account_id) if self._account_id is not None else None

    def _show_accounts(self) -> None:
        self._chooser.clear()
        for item in self._state.accounts:
            self._chooser.addItem(item.account.name, item.account.id)
        if self._account_id is None:
            self._chooser.addItem(self.tr("New account"), None)
        self._chooser.setCurrentIndex(self._chooser.findData(self._account_id))
        several = self._chooser.count() > 1
        self._chooser.setVisible(several)
        self._chooser_label.setVisible(several)
        self._add.setVisible(self._account_id is not None)

    @Slot(int)
    def _on_chosen(self, index: int) -> None:
        self._edit(self._chooser.itemData(index))

    @Slot()
    def _on_add(self) -> None:
        self._edit(None)

    def _edit(self, account_id: str | None) -> None:
        """Turn to another account; what was typed here has to be saved or given up first."""
        if self.is_changed():
            self._chooser.setCurrentIndex(self._chooser.findData(self._account_id))
            self._status.setText(self.tr("Save or discard your changes first."))
            return
        self._account_id = account_id
        self.load()

    @Slot()
    def _on_test(self) -> None:
        """Save first what was typed, so that what is tested is what will be used."""
        if self.is_changed() or self._account_id is None:
            self._test_after = True
            if self._account_id is None and not self._account.check():
                self._account.focus_first_error()
                self._test_after = False
                return
            self.save()
        else:
            self._start_test()

    def _start_test(self) -> None:
        tested = self._account_id
        if tested is not None:
            self._tested.add(tested)
            self._account.set_testing(testing=True)
            passed, failed = partial(self._on_test_passed, tested), partial(self._on_test_failed, tested)
            self._services.submit(TestSignIn(tested), passed, failed)

    def _on_test_passed(self, tested: str, result: object) -> None:
        self._show_test_result(tested, self.tr("✓ The portal accepted the sign-in."))

    def _on_test_failed(self, tested: str, error: FossaError) -> None:
        self._show_test_result(tested, f"✗ {error_text(error.info())}")

    def _show_test_result(self, tested: str, text: str) -> None:
        """Say what became of a test, unless another account is shown by now."""
        self._tested.discard(tested)
        if tested == self._account_id:
            self._account.set_testing(testing=False)
            self._show_result(text)

    def _show_result(self, text: str) -> None:
        self._test_result = text
        self._account.show_result(text)

    @Slot()
    def _on_remove(self) -> None:
        edited = self._edited_account()
        if edited is None:
            return
        self._removing = edited.account.id
        box = plain_box(
            self,
            QMessageBox.Icon.Warning,
            self.tr("Remove the account"),
            self.tr('Remove the account "{name}"?').format(name=edited.account.name),
            self.tr("Its work orders, history, schedule and stored password are deleted from this computer."),
        )
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(self._on_remove_answer)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot(int)
    def _on_remove_answer(self, answer: int) -> None:
        removed, self._removing = self._removing, None
        if answer == QMessageBox.StandardButton.Yes.value and removed is not None:
            self._services.submit(RemoveAccount(removed), partial(self._on_removed, removed), self._on_not_removed)

    def _on_removed(self, removed: str, result: object) -> None:
        """Turn to another account, unless the state that came first, or the person, has done so."""
        if self._account_id == removed:
            left = [item.account.id for item in self._state.accounts if item.account.id != removed]
            self._account_id = left[0] if left else None
            self.load()
        self._status.setText(self.tr("The account was removed."))

    def _on_not_removed(self, error: FossaError) -> None:
        self._status.setText(f"✗ {error_text(error.info())}")

    # --- looks ----------------------------------------------------------------------------------------------------

    def _adjust_buttons(self) -> None:
        changed, idle = self.is_changed(), not self._is_saving
        for part in (*self._sections, self._chooser, self._add, self._defaults):
            part.setEnabled(idle)
        self._save.setEnabled(changed and idle)
        self._discard.setEnabled(changed and idle)

    @Slot()
    def _on_edited(self) -> None:
        if not self._is_saving:
            self._status.setText("")
        self._adjust_buttons()

    def apply_palette(self, palette: QPalette) -> None:
        """Take the colours of another palette."""
        style = f'QLabel[role="error"] {{ color: {theme_of(palette).red}; }}'
        if self.styleSheet() != style:
            self.setStyleSheet(style)

    def showEvent(self, event: QShowEvent) -> None:
        """Read anew what the system may have changed meanwhile, unless something was typed."""
        super().showEvent(event)
        if self.is_changed() or self._is_saving or event.spontaneous():
            return
        self.load()
        if self._account_id is None:
            self._account.focus_first_gap()

"""What all parts of the settings share: load, check, save, restore defaults; errors are shown beside the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QGroupBox, QLabel, QVBoxLayout, QWidget

from fossatray.core.errors import FossaError
from fossatray.core.status import AccountState
from fossatray.ui.labels import PlainLabel

Saved = Callable[[str | None], None]
"""Takes the id of the account that the settings are now about."""

NotSaved = Callable[[FossaError], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is edited: one account's state (None: an account still to be added) and the program's settings."""

    account: AccountState | None
    settings: dict[str, str]


class SettingsSection(QGroupBox):
    """One part of the settings.

    Signals:
        edited: something was typed or chosen.
    """

    edited = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.form = QFormLayout(self)
        self.form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        self._errors: dict[QWidget, PlainLabel] = {}
        self._heads: list[QLabel] = []

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show what is stored; what was typed is given up."""
        raise NotImplementedError

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        raise NotImplementedError

    def check(self) -> bool:
        """Tell whether what was typed can be stored; says beside each field what is wrong with it."""
        raise NotImplementedError

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store what was typed. One of the two is called when that is done; what was typed stays where it is."""
        raise NotImplementedError

    def restore_defaults(self) -> None:
        """Show the defaults, without storing them."""
        raise NotImplementedError

    # --- building -------------------------------------------------------------------------------------------------

    def add_field(self, title: str, widget: QWidget, *focus_widgets: QWidget) -> None:
        """Add a row with a title (its & marks the mnemonic), the widget, and a place for its error below it."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(widget)
        error = PlainLabel()
        error.setProperty("role", "error")
        error.hide()
        column.addWidget(error)
        head = QLabel(title)
        self._heads.append(head)
        target = focus_widgets[0] if focus_widgets else widget
        head.setBuddy(target)
        for named in focus_widgets or (widget,):
            if not named.accessibleName():
                named.setAccessibleName(title.replace("&", "").rstrip(":"))
            self._errors[named] = error
        self.form.addRow(head, box)

    def head_width(self) -> int:
        """Return the width that the widest title needs."""
        return max((head.sizeHint().width() for head in self._heads), default=0)

    def set_head_width(self, width: int) -> None:
        """Make all titles so wide, so that the fields of all parts begin in one line."""
        for head in self._heads:
            head.setMinimumWidth(width)

    def show_error(self, widget: QWidget, text: str) -> None:
        """Say beside a field what is wrong with it; an empty text takes that back."""
        label = self._errors[widget]
        label.setText(f"✗ {text}" if text else "")
        label.setVisible(bool(text))
        widget.setAccessibleDescription(text)

    def clear_errors(self) -> None:
        """Take all errors back."""
        for widget in self._errors:
            self.show_error(widget, "")

    def focus_first_error(self) -> bool:
        """Give the focus to the first field that has an error; tells whether there is one."""
        for widget in self._errors:
            if widget.accessibleDescription():
                widget.setFocus()
                return True
        return False

    @Slot()
    def on_edited(self) -> None:
        """Say that something was typed; connected to every field."""
        self.edited.emit()

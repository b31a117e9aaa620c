"""A form whose fields say beside themselves what is wrong with them; settings and dialogs are made of such forms."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QFormLayout, QGroupBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from fossatray.core.errors import InvalidInput
from fossatray.ui.labels import PlainLabel

translate = QCoreApplication.translate


class FieldForm(QGroupBox):
    """Titles at the left, fields at the right, and below each field a place for its error.

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

    def show_invalid(self, widget: QWidget, error: InvalidInput) -> None:
        """Say beside a field why it was refused and, where the refusal has advice of its own, what to do."""
        self.show_error(widget, refusal_text(error))

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


def refusal_text(error: InvalidInput) -> str:
    """Return why something typed was refused and, where the refusal has advice of its own, what to do."""
    info = error.info()
    advice = "" if info.advice == InvalidInput.advice else translate("Words", info.advice)
    return " ".join(part for part in (translate("Words", info.message), advice) if part)


def in_a_row(*parts: QWidget) -> QWidget:
    """Return one widget with the parts beside each other at its left: a number with its unit, two halves of a time."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    for part in parts:
        row.addWidget(part)
    row.addStretch(1)
    return box

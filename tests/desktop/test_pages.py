"""The window's pages: one order in the menu, the side bar, the keys and the command line."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from fossatray.control.verbs import PAGES as COMMANDED
from fossatray.core.notices import TARGETS
from fossatray.ui.main_window import PAGES, MainWindow

Show = Callable[[QWidget], QWidget]


def test_menu_side_bar_keys_and_commands_have_the_pages_in_one_order(window: MainWindow, shown: Show) -> None:
    """The key of each page is its place: Ctrl+1 for the first."""
    shown(window)
    menu = [one for one in window.findChildren(QAction) if one.data() in PAGES]
    keys = [f"Ctrl+{place + 1}" for place in range(len(PAGES))]
    assert [(one.data(), one.shortcut().toString()) for one in menu] == list(zip(PAGES, keys, strict=True))
    side = sorted(window._navigation.buttons(), key=lambda button: button.y())
    assert [button.property("page") for button in side] == list(PAGES)
    assert [button.toolTip().rpartition(" ")[2] for button in side] == [f"({key})" for key in keys]
    for one, button in zip(menu, side, strict=True):
        one.trigger()
        assert button.isChecked()
        assert window.windowTitle() == f"{button.text()} – FossaTray"
        assert window._stack.currentWidget() is getattr(window, f"{one.data()}_page")
    assert [page for page in COMMANDED if page != "progress"] == list(PAGES)


def test_a_notice_opens_the_card_or_a_page() -> None:
    assert "dispensers" in TARGETS
    assert set(TARGETS) - {"card"} <= set(PAGES)

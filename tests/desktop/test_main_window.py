"""The window as a whole, what every widget must have, and the crash dialog."""

import ast
import html
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollBar,
    QTableView,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fossatray.core.commands import Cancel, Pause, Resume, SyncNow
from fossatray.core.errors import StoreBusy
from fossatray.core.notices import Notice
from fossatray.core.status import AppState
from fossatray.ui.crash_dialog import CrashDialog
from fossatray.ui.glow_card import GlowCard
from fossatray.ui.labels import PlainLabel, plain_box, plain_tooltip
from fossatray.ui.main_window import PAGES, MainWindow
from fossatray.ui.theme import DARK, LIGHT, theme_of
from tests.desktop.fakes import HOSTILE, Clock, Desk, account_state, armed, states, words

Show = Callable[[QWidget], QWidget]
UI = Path(__file__).parents[2] / "fossatray" / "ui"
INTERACTIVE = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QTableView, QPlainTextEdit)


def action(window: MainWindow, text: str) -> QAction:
    return next(item for item in window.findChildren(QAction) if item.text().replace("&", "") == text)


def own_widgets(widget: QWidget) -> Iterator[QWidget]:
    """Yield the interactive widgets that we made: parts that Qt makes inside them have names of Qt's own."""
    for part in widget.findChildren(QWidget):
        inside_of_qts = isinstance(part.parent(), QAbstractSpinBox | QComboBox | QLineEdit | QTableView | QScrollBar)
        if isinstance(part, INTERACTIVE) and not inside_of_qts and not part.objectName().startswith("qt_"):
            yield part


def test_every_interactive_widget_has_an_accessible_name(qtbot: QtBot, window: MainWindow) -> None:
    card = GlowCard(words(), Clock())
    crash = CrashDialog("trace")
    qtbot.addWidget(card)
    qtbot.addWidget(crash)
    window.show_state(states()["idle"])
    nameless = [
        f"{type(part).__name__} in {type(root).__name__}: {part.parent()}"
        for root in (window, card)
        for part in own_widgets(root)
        if not part.accessibleName()
    ]
    assert nameless == []
    assert sum(1 for _ in own_widgets(window)) > 25
    assert all(part.accessibleName() for part in crash.findChildren(QPlainTextEdit))


def test_every_interactive_widget_can_have_the_focus(qtbot: QtBot, window: MainWindow) -> None:
    unreachable = [
        part.accessibleName()
        for part in own_widgets(window)
        if not part.focusPolicy() & Qt.FocusPolicy.TabFocus and not isinstance(part, QToolButton)
    ]
    assert unreachable == []


def test_tab_stops_at_nothing_that_has_no_name(window: MainWindow, shown: Show) -> None:
    window.show_state(states()["idle"])
    shown(window)
    for name in PAGES:
        window.open_page(name)
        stops = [part for part in focus_chain(window) if part.isVisible() and part.isEnabled()]
        assert len(stops) > 5
        assert [type(stop).__name__ for stop in stops if not (stop.accessibleName() or stop.focusProxy())] == [], name


def focus_chain(window: QWidget) -> Iterator[QWidget]:
    """Yield what the Tab key can stop at, in its order."""
    part = window.nextInFocusChain()
    while part is not None and part is not window:
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus:
            yield part
        part = part.nextInFocusChain()


def test_mnemonics_are_used_once_a_page(window: MainWindow) -> None:
    window.show_state(states()["idle"])
    pages = (window.orders_page, window.history_page, window.statistics_page, window.settings_page)
    for page in (*pages, window.dispensers_page):
        letters = [
            part.text()[part.text().index("&") + 1].lower()
            for part in page.findChildren(QWidget)
            if isinstance(part, QAbstractButton | QLabel) and "&" in part.text().replace("&&", "")
        ]
        assert sorted(letters) == sorted(set(letters)), type(page)


@pytest.mark.parametrize("name", PAGES)
def test_pages_open_by_name_key_and_button(window: MainWindow, shown: Show, name: str) -> None:
    shown(window)
    window.open_page(name)
    assert window._stack.currentIndex() == PAGES.index(name)
    assert window._navigation.checkedId() == PAGES.index(name)


def test_the_title_names_the_page_however_it_was_turned_to(window: MainWindow, shown: Show) -> None:
    shown(window)
    assert window.windowTitle() == "Work orders – FossaTray"
    QTest.mouseClick(window._navigation.button(PAGES.index("settings")), Qt.MouseButton.LeftButton)
    assert window.windowTitle() == "Settings – FossaTray"
    action(window, "History").trigger()  # as its shortcut does
    assert window.windowTitle() == "History – FossaTray"
    window.present("orders")
    assert window.windowTitle() == "Work orders – FossaTray"
    window._on_notice_opened("dispensers")
    assert window.windowTitle() == "Dispensers – FossaTray"
    window._on_notice_opened("history")
    assert window.windowTitle() == "History – FossaTray"


def test_a_minimised_window_comes_back_as_large_as_it_was(window: MainWindow, shown: Show) -> None:
    window.setWindowState(Qt.WindowState.WindowMaximized)
    shown(window)
    window.setWindowState(Qt.WindowState.WindowMaximized | Qt.WindowState.WindowMinimized)
    window.present()
    assert window.isMaximized()
    assert not window.isMinimized()


def test_everything_of_the_tray_menu_is_here(window: MainWindow, desk: Desk, qtbot: QtBot) -> None:
    window.show_state(states()["idle"])
    action(window, "Sync now").trigger()
    action(window, "Read dispensers now").trigger()
    action(window, "Pause").trigger()
    window.show_state(states()["syncing"])
    action(window, "Cancel sync").trigger()
    window.show_state(states()["paused"])
    action(window, "Resume").trigger()
    assert desk.commands == [SyncNow(), SyncNow(job="dispensers"), Pause(), Cancel(), Resume()]
    for text, signal in (
        ("Progress…", window.card_requested),
        ("Open log folder", window.log_requested),
        ("Quit FossaTray", window.quit_requested),
    ):
        with qtbot.waitSignal(signal):
            action(window, text).trigger()
    for text, page in (("Settings", 4), ("Statistics", 3), ("History", 2), ("Dispensers", 1), ("Work orders", 0)):
        action(window, text).trigger()
        assert window._stack.currentIndex() == page


def test_actions_are_offered_only_when_they_make_sense(window: MainWindow) -> None:
    window.show_state(states()["not_set_up"])
    names = ("Sync now", "Read dispensers now", "Cancel sync", "Pause", "Resume")
    assert not any(action(window, text).isEnabled() for text in names)
    window.show_state(states()["syncing"])
    assert not action(window, "Sync now").isEnabled()
    assert not action(window, "Read dispensers now").isEnabled()
    assert action(window, "Cancel sync").isEnabled()
    window.show_state(states()["paused"])
    assert action(window, "Resume").isEnabled()
    assert not action(window, "Pause").isEnabled()


def test_a_failed_command_is_told(window: MainWindow, desk: Desk, shown: Show) -> None:
    shown(window)
    desk.answers[SyncNow] = StoreBusy()
    window.show_state(states()["idle"])
    action(window, "Sync now").trigger()
    texts = [label.text() for label in window._notice.findChildren(QLabel)]
    assert any("Another FossaTray uses this data folder" in text for text in texts)
    assert window._notice.isVisible()


def test_a_notice_without_a_desktop_is_shown_and_opens_its_page(window: MainWindow, shown: Show) -> None:
    shown(window)
    window.show_notice(Notice("1", "3 new work orders", HOSTILE, "batch", "history"))
    label = window._notice.findChildren(PlainLabel)[0]
    assert HOSTILE in label.text()
    assert label.textFormat() == Qt.TextFormat.PlainText
    next(part for part in own_widgets(window._notice) if part.accessibleName().startswith("Show")).click()  # type: ignore[attr-defined]
    assert window._stack.currentIndex() == PAGES.index("history")
    assert not window._notice.isVisible()


def test_closing_hides_it_and_keeps_what_was_typed(window: MainWindow, shown: Show, qtbot: QtBot) -> None:
    window.show_state(states()["idle"])
    shown(window)
    window.open_page("settings")
    field = next(item for item in window.findChildren(QLineEdit) if item.accessibleName() == "Account name")
    QTest.keyClicks(field, "X")
    with qtbot.waitSignal(window.closed):
        window.close()
    window.present()
    assert field.text() == "FieldX"


def test_changes_are_read_at_once_only_where_they_are_seen(window: MainWindow, desk: Desk, shown: Show) -> None:
    shown(window)
    window.open_page("orders")
    desk.reader.kept_orders = desk.reader.kept_orders[:3]
    desk.reader.kept_history = desk.reader.kept_history[:1]
    window.orders_changed()
    window.history_changed()
    assert window.orders_page.table.model().rowCount() == 3
    assert window.history_page.table.model().rowCount() == 0
    window.open_page("history")
    assert window.history_page.table.model().rowCount() == 1


def test_nothing_moves_in_the_window_while_nothing_changes(window: MainWindow, shown: Show) -> None:
    shown(window)
    window.show_state(states()["idle"])
    before = window._strip._sentence.text()
    window.show_state(states()["idle"])
    assert window._strip._sentence.text() == before == "Next sync today at 2:00 PM"


def test_the_strip_resumes_by_one_click_where_something_rests(window: MainWindow, desk: Desk, shown: Show) -> None:
    shown(window)
    resume = window._strip._resume
    window.show_state(states()["idle"])
    assert not resume.isVisible()
    for schedules in (
        (armed(), armed(held="switched_off", switched_off=True, failures=5)),
        (armed(held="paused", enabled=False),),
    ):
        window.show_state(AppState((account_state(schedules=schedules),)))
        assert resume.isVisible()
    resume.click()
    assert desk.commands == [Resume()]
    window.show_state(states()["syncing"])
    assert not resume.isVisible()


def test_light_and_dark_follow_the_palette(window: MainWindow, shown: Show, qtbot: QtBot) -> None:
    card = GlowCard(words(), Clock())
    shown(card)
    shown(window)
    light = QGuiApplication.palette()
    assert theme_of(light) is LIGHT
    try:
        QApplication.setPalette(QPalette(QColor("#2b2f36"), QColor("#1f2329")))
        QApplication.processEvents()
        assert theme_of(QGuiApplication.palette()) is DARK
        assert card._theme is DARK
        assert DARK.red in window.settings_page.styleSheet()
        assert window.orders_page._model._warn == QColor(DARK.warn)
    finally:
        QApplication.setPalette(light)
        QApplication.processEvents()
    assert card._theme is LIGHT


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_has_contrast(theme: object) -> None:
    def luminance(name: str) -> float:
        color = QColor(name)
        shares = (color.redF(), color.greenF(), color.blueF())
        parts = [float(x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4) for x in shares]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    for text, ground in (
        ("text", "card"),
        ("muted", "card"),
        ("pill_text", "pill"),
        ("text", "button"),
        ("red", "card"),
    ):
        pair = sorted((luminance(getattr(theme, text)), luminance(getattr(theme, ground))))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 4.5, (text, ground)


def test_boxes_and_tooltips_show_text_as_it_is(qtbot: QtBot) -> None:
    box = plain_box(None, QMessageBox.Icon.Warning, "Title", HOSTILE, HOSTILE)
    qtbot.addWidget(box)
    shown = [label for label in box.findChildren(QLabel) if "<img" in label.text()]
    assert len(shown) == 2
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in shown)
    assert html.escape("<img") in plain_tooltip(HOSTILE)
    assert "<img" not in plain_tooltip(HOSTILE)


@pytest.mark.parametrize("previous", [False, True])
def test_the_crash_dialog_copies_its_text(qtbot: QtBot, previous: bool) -> None:
    dialog = CrashDialog("Traceback: <b>boom</b>", previous=previous)
    qtbot.addWidget(dialog)
    dialog._copy.click()
    assert QGuiApplication.clipboard().text() == "Traceback: <b>boom</b>"
    assert dialog.findChildren(QPlainTextEdit)[0].toPlainText() == "Traceback: <b>boom</b>"


def test_no_lambda_is_connected_to_a_signal() -> None:
    """A lambda keeps dead objects and runs in the sender's thread."""
    found = []
    for module in UI.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect":
                found += [f"{module.name}:{node.lineno}" for part in node.args if isinstance(part, ast.Lambda)]
    assert found == []


def test_every_label_with_text_of_its_own_is_plain() -> None:
    """QLabel is used for fixed captions and pictures only; its text is given where it is made."""
    found = []
    for module in UI.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            is_label = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QLabel"
            if is_label and any(isinstance(part, ast.JoinedStr) for part in node.args):  # type: ignore[attr-defined]
                found.append(f"{module.name}:{node.lineno}")  # type: ignore[attr-defined]
    assert found == []


def test_translations_are_literals() -> None:
    """What is no literal finds no entry in a catalogue."""
    found = []
    for module in UI.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "tr":
                owner = node.func.value
                if isinstance(owner, ast.Name) and owner.id == "self" and not isinstance(node.args[0], ast.Constant):
                    found.append(f"{module.name}:{node.lineno}")
    assert found == []


@pytest.mark.parametrize("name", ["orders", "history"])
def test_all_columns_are_in_sight_in_a_small_window(window: MainWindow, shown: Show, name: str) -> None:
    window.resize(1060, 660)
    shown(window)
    window.open_page(name)
    QApplication.processEvents()
    table = {"orders": window.orders_page.table, "history": window.history_page.table}[name]
    assert table.horizontalScrollBar().maximum() == 0
    header = table.horizontalHeader()
    widths = [header.sectionSize(place) for place in range(header.count()) if not header.isSectionHidden(place)]
    assert sum(widths) <= table.viewport().width()
    assert min(widths) >= table.fontMetrics().horizontalAdvance("0") * 6
    for place in range(header.count()):
        if not header.isSectionHidden(place):
            title = table.model().headerData(place, Qt.Orientation.Horizontal)
            assert header.sectionSize(place) > header.fontMetrics().horizontalAdvance(title), title


def test_places_and_notices_follow_the_palette(window: MainWindow, shown: Show, qtbot: QtBot) -> None:
    """Style sheets would keep the colours of the day before."""
    shown(window)
    window.show_notice(Notice("1", "Title", "", "batch", "orders"))
    light = QGuiApplication.palette()
    other = QPalette(light)
    for role, name in (("Base", "#112233"), ("Highlight", "#aa5500"), ("WindowText", "#ddeeff")):
        other.setColor(QPalette.ColorRole[role], QColor(name))
    try:
        QApplication.setPalette(other)
        QApplication.processEvents()
        bar = window._notice.grab().toImage()
        assert bar.pixelColor(1, bar.height() // 2) == QColor("#aa5500")
        assert bar.pixelColor(bar.width() // 2, 4) == QColor("#112233")
        place = window._navigation.button(0).grab().toImage()
        assert place.pixelColor(8, place.height() // 2) == QColor("#aa5500")
        unmarked = window._navigation.button(1).grab().toImage()
        shades = {unmarked.pixelColor(x, y).name() for x in range(unmarked.width()) for y in range(unmarked.height())}
        assert "#ddeeff" in shades
    finally:
        QApplication.setPalette(light)
        QApplication.processEvents()


def test_a_place_shows_the_keyboards_focus(window: MainWindow, shown: Show) -> None:
    shown(window)
    window.activateWindow()
    place = window._navigation.button(1)
    place.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(place, Qt.Key.Key_Tab)
    without = place.grab().toImage()
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Backtab)
    assert place.hasFocus()
    assert place.grab().toImage() != without
    QTest.keyClick(place, Qt.Key.Key_Space)
    assert window._stack.currentIndex() == 1

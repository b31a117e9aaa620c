"""The dispensers: table, search, sorting, details, what could not be read, and reading them now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.commands import SyncNow
from fossatray.core.dispensers import Dispenser, LocationWanted, StoredDispenser
from fossatray.core.errors import LocationGone, PortalUnreachable, StoreBusy
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.ui.dispensers_model import Column, DispensersModel, Line
from fossatray.ui.dispensers_page import DispensersPage
from fossatray.ui.main_window import PAGES, MainWindow
from fossatray.ui.orders_page import OrdersPage
from fossatray.ui.row_filter import RowFilter, natural
from tests.desktop.fakes import ACCOUNT, HOSTILE, NOW, OTHER, Desk, first, order, states, stored, words

Show = Callable[[QWidget], QWidget]
ORIGIN = "https://app.workfossa.com"
WAWA = LocationWanted(f"{ORIGIN}/app/customers/locations/7/", "#4711", "Wawa")
CORNER = LocationWanted(f"{ORIGIN}/app/customers/locations/8/", "#815", "Corner Store")
AWAY = LocationWanted(f"{ORIGIN}/app/customers/locations/9/", "#99", "Gone & Co")
ONE = Dispenser(
    "1/2", ("Regular", "Plus"), "Gilbarco", "Encore 700", "EN1", "0128", 2, "HD Meter", "02-019", (("Island", "A"),)
)


def kept(site: LocationWanted, one: Dispenser, **changes: object) -> StoredDispenser:
    made = StoredDispenser(ACCOUNT.id, site.url, site.store_number, site.site_name, one, NOW - timedelta(hours=2))
    return replace(made, **changes)  # type: ignore[arg-type]


def asked(site: LocationWanted, state: LocationState, **changes: object) -> StoredLocation:
    read = NOW - timedelta(hours=2) if state is LocationState.READ else None
    made = StoredLocation(ACCOUNT.id, site, state, NOW - timedelta(hours=1), read)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> DispensersPage:
    made = DispensersPage(desk.services())
    qtbot.addWidget(made)
    made.resize(1000, 600)
    desk.reader.kept_dispensers = [
        kept(WAWA, ONE),
        kept(WAWA, replace(ONE, numbers="11/12", serial="EN6", grades=("Diesel",))),
        kept(WAWA, replace(ONE, numbers="3/4", serial="EN2", make="Dresser Wayne")),
        kept(CORNER, replace(ONE, numbers="5/6", serial="EN9")),
        kept(CORNER, replace(ONE, numbers="7/8", serial="EN0"), archived_at=NOW - timedelta(hours=3)),
    ]
    desk.reader.kept_locations = [
        asked(WAWA, LocationState.READ),
        asked(CORNER, LocationState.FAILED, error=PortalUnreachable("The portal did not answer.").info()),
        asked(AWAY, LocationState.GONE, error=LocationGone().info()),
    ]
    return made


def column(page: DispensersPage, which: Column) -> list[str]:
    model = page.table.model()
    return [model.index(row, which).data() for row in range(model.rowCount())]


def labels(page: QWidget) -> list[str]:
    return [label.text() for label in page.findChildren(QLabel) if not label.isHidden() and label.text()]


def find_button(page: QWidget, name: str) -> QPushButton:
    return next(item for item in page.findChildren(QPushButton) if item.accessibleName() == name)


def test_the_models_keep_qts_rules(qtbot: QtBot) -> None:
    model = DispensersModel(words(), lambda: NOW)
    proxy = RowFilter(model, model)
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = QAbstractItemModelTester(model, mode), QAbstractItemModelTester(proxy, mode)
    lines = [Line(ACCOUNT.id, WAWA, kept(WAWA, ONE), None), Line(ACCOUNT.id, AWAY, None, None)]
    model.set_records(lines, [ACCOUNT])
    proxy.search("gilbarco")
    proxy.sort(Column.NUMBERS)
    model.set_records(lines[:1], [])
    model.set_records([], [])
    assert testers


def test_every_column_has_its_text_and_numbers_are_in_their_order(page: DispensersPage, shown: Show) -> None:
    shown(page)
    page.table.sortByColumn(Column.NUMBERS, Qt.SortOrder.AscendingOrder)
    assert column(page, Column.NUMBERS) == ["1/2", "3/4", "5/6", "11/12", ""]
    row = [page.table.model().index(0, which).data() for which in Column]
    assert row[:9] == ["#4711", "Wawa", "1/2", "Regular, Plus", "Gilbarco", "Encore 700", "EN1", "HD Meter", "02-019"]
    assert row[9:] == ["Today at 11:00 AM", "Field"]
    assert natural("3/4") < natural("11/12")  # type: ignore[operator]


def test_a_site_that_could_not_be_read_says_so_with_the_reason(page: DispensersPage, shown: Show) -> None:
    shown(page)
    page.table.sortByColumn(Column.STORE, Qt.SortOrder.AscendingOrder)
    assert column(page, Column.STORE) == ["#99", "#815", "#4711", "#4711", "#4711"]
    assert column(page, Column.READ)[:2] == ["⚠ No longer in the portal", "⚠ Could not be read"]
    page.table.selectRow(0)
    assert "⚠ This site is no longer in the portal (asked today at 12:00 PM)." in labels(page)
    page.table.selectRow(1)
    told = "\n".join(labels(page))
    assert "⚠ This site could not be read today at 12:00 PM." in told
    assert "The portal did not answer." in told
    assert "Today at 11:00 AM" in told, "when it was read last"
    assert "4 dispensers" in labels(page), "a site alone is no dispenser"


def test_details_show_all_that_is_there_and_nothing_else(page: DispensersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_dispensers = [kept(WAWA, ONE), kept(WAWA, Dispenser("9/10"))]
    desk.reader.kept_locations = []
    shown(page)
    page.table.selectRow(0)
    texts = labels(page._detail)
    for text in ("Dispenser 1/2", "Regular\nPlus", "Gilbarco", "0128", "2", "HD Meter", "02-019", "Island: A"):
        assert text in texts
    page.table.selectRow(1)
    assert labels(page._detail) == ["Dispenser 9/10", "Store", "#4711", "Site", "Wawa", "Read", "Today at 11:00 AM"]


@pytest.mark.parametrize(("text", "count"), [("en2", 1), ("wawa gilbarco", 2), ("island", 4), ("gone", 1), ("xyz", 0)])
def test_search_finds_every_word_anywhere(page: DispensersPage, shown: Show, text: str, count: int) -> None:
    shown(page)
    QTest.keyClicks(first(page, QLineEdit), text)
    assert page.table.model().rowCount() == count


def test_the_count_and_the_hint_follow_the_search(page: DispensersPage, shown: Show) -> None:
    shown(page)
    first(page, QLineEdit).setText("en2")
    assert "1 of 4 dispensers" in labels(page)
    first(page, QLineEdit).setText("nowhere")
    assert page.table.accessibleDescription() == "No dispenser matches the search."


def test_an_empty_store_says_how_to_begin(page: DispensersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_dispensers, desk.reader.kept_locations = [], []
    shown(page)
    assert page.table.accessibleDescription().startswith("No dispensers yet. Read them")


def test_the_switch_shows_what_is_no_longer_there(page: DispensersPage, shown: Show) -> None:
    shown(page)
    first(page, QCheckBox).click()
    assert column(page, Column.NUMBERS) == ["7/8"]
    assert "No longer there since today at 10:00 AM" in "\n".join(labels(page))


def test_the_site_is_opened_only_on_the_accounts_own_origin(page: DispensersPage, desk: Desk, shown: Show) -> None:
    bad = LocationWanted("https://evil.example/app/customers/locations/1/", "#9999")
    desk.reader.kept_dispensers = [kept(WAWA, ONE), kept(bad, ONE)]
    desk.reader.kept_locations = []
    shown(page)
    page.table.selectRow(0)
    find_button(page, "Open site in portal").click()
    assert desk.opened == [WAWA.url]
    page.table.selectRow(1)
    assert not find_button(page, "Open site in portal").isEnabled()


def test_accounts_are_told_apart_only_where_there_are_several(page: DispensersPage, desk: Desk, shown: Show) -> None:
    shown(page)
    box = first(page, QComboBox)
    assert box.isHidden()
    desk.reader.kept_accounts = [ACCOUNT, OTHER]
    desk.reader.kept_dispensers.append(kept(CORNER, replace(ONE, numbers="21/22"), account_id=OTHER.id))
    page.mark_stale()
    assert not box.isHidden()
    assert not page.table.isColumnHidden(Column.ACCOUNT)
    box.setCurrentIndex(box.findData(OTHER.id))
    assert column(page, Column.NUMBERS) == ["21/22"]


def test_the_selected_one_stays_selected_when_read_again(page: DispensersPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.table.selectRow(column(page, Column.NUMBERS).index("3/4"))
    desk.reader.kept_dispensers.insert(0, kept(CORNER, replace(ONE, numbers="15/16", serial="EN7")))
    page.mark_stale()
    assert "Dispenser 3/4" in labels(page)


def test_hostile_text_stays_plain(page: DispensersPage, desk: Desk, shown: Show) -> None:
    evil = replace(ONE, numbers=HOSTILE, make=HOSTILE, grades=(HOSTILE,), other=((HOSTILE, HOSTILE),))
    desk.reader.kept_dispensers = [kept(replace(WAWA, site_name=HOSTILE), evil)]
    desk.reader.kept_locations = []
    shown(page)
    told = [label for label in page._detail.findChildren(QLabel) if HOSTILE in label.text()]
    assert told
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in told)
    tooltip = page.table.model().index(0, Column.MAKE).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tooltip


def test_they_are_read_when_asked_for_and_a_refusal_is_told(page: DispensersPage, desk: Desk, qtbot: QtBot) -> None:
    assert not find_button(page, "Read dispensers now").isEnabled()
    page.show_state(states()["idle"])
    find_button(page, "Read dispensers now").click()
    find_button(page, "Read all dispensers again").click()
    assert desk.commands == [SyncNow(job="dispensers"), SyncNow(job="dispensers", force=True)]
    desk.answers[SyncNow] = StoreBusy()
    with qtbot.waitSignal(page.problem):
        find_button(page, "Read dispensers now").click()
    page.show_state(states()["syncing"])
    assert not find_button(page, "Read dispensers now").isEnabled()


def test_it_is_a_page_of_the_window_with_a_key(window: MainWindow, desk: Desk, shown: Show) -> None:
    window.show_state(states()["idle"])
    shown(window)
    window.activateWindow()
    QTest.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert window._stack.currentWidget() is window.dispensers_page
    assert window.windowTitle() == "Dispensers – FossaTray"
    assert window._navigation.checkedId() == PAGES.index("dispensers")
    desk.reader.kept_dispensers = [kept(WAWA, ONE)]
    window.history_changed()
    assert column(window.dispensers_page, Column.NUMBERS) == ["1/2"]
    window._dispensers.trigger()
    assert desk.commands == [SyncNow(job="dispensers")]


def test_an_order_shows_the_dispensers_of_its_site(qtbot: QtBot, desk: Desk, shown: Show) -> None:
    page = OrdersPage(desk.services())
    qtbot.addWidget(page)
    desk.reader.kept_orders = [stored(order(4, location_url=WAWA.url))]
    shown(page)
    assert "Dispensers of the site" not in labels(page)
    desk.reader.kept_dispensers = [kept(WAWA, ONE), kept(CORNER, ONE)]
    desk.reader.kept_locations = [asked(WAWA, LocationState.READ)]
    page.mark_stale()
    texts = labels(page)
    told = texts[texts.index("Dispensers of the site") + 1]
    assert told == "1/2 · Regular, Plus · Gilbarco Encore 700 · EN1\nRead today at 11:00 AM"
    desk.reader.kept_locations = [asked(WAWA, LocationState.GONE)]
    page.mark_stale()
    assert "no longer in the portal" in "\n".join(labels(page))

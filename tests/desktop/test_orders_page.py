"""The work orders: table, search, sorting, details, links."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QSize, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.errors import StoreDamaged
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.ui.main_window import MainWindow
from fossatray.ui.orders_model import Column, OrdersModel
from fossatray.ui.orders_page import OrdersPage
from fossatray.ui.row_filter import RowFilter
from tests.desktop.fakes import ACCOUNT, HOSTILE, NOW, OTHER, TODAY, Desk, first, order, stored

Show = Callable[[QWidget], QWidget]


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> OrdersPage:
    made = OrdersPage(desk.services())
    qtbot.addWidget(made)
    made.resize(1000, 600)
    return made


def checked(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def column(page: OrdersPage, which: Column) -> list[str]:
    model = page.table.model()
    return [model.index(row, which).data() for row in range(model.rowCount())]


def labels(page: OrdersPage) -> list[str]:
    return [label.text() for label in page._detail.findChildren(QLabel) if not label.isHidden() and label.text()]


def find_button(page: OrdersPage, name: str) -> QPushButton:
    return next(item for item in page.findChildren(QPushButton) if item.accessibleName() == name)


def test_the_models_keep_qts_rules(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    proxy = RowFilter(model, model)
    testers = checked(model), checked(proxy)
    model.set_records([stored(order(number)) for number in range(5)], [ACCOUNT])
    proxy.search("wawa")
    proxy.sort(Column.DUE)
    model.set_records([stored(WorkOrder("1"))], [ACCOUNT])
    model.set_records([], [])
    assert testers


def test_every_column_has_its_text(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    model.set_records([stored(order(4))], [ACCOUNT])
    cells = [model.index(0, part).data() for part in Column]
    assert cells == [
        "W-129004",
        "Wawa",
        "#5004",
        "Ocala",
        "8 × 2861",
        "Wed, Nov 25",
        "Nov 26",
        "Work Created",
        "Field",
    ]


def test_due_today_and_past_are_marked_in_words(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    visits = [Visit(None, None, None, None, TODAY + timedelta(days=days)) for days in (-1, 0, 1)]
    model.set_records([stored(order(n, visit=visit)) for n, visit in enumerate(visits)], [ACCOUNT])
    assert [model.index(row, Column.DUE).data() for row in range(3)] == [
        "⚠ Nov 22 (past)",
        "⚠ Nov 23 (today)",
        "Nov 24",
    ]
    marked = [model.index(row, Column.DUE).data(Qt.ItemDataRole.ForegroundRole) is not None for row in range(3)]
    assert marked == [True, True, False]


def test_an_archived_order_is_not_overdue(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    visit = Visit(None, None, None, None, TODAY - timedelta(days=9))
    model.set_records([stored(order(1, visit=visit), archived=NOW)], [ACCOUNT])
    assert model.index(0, Column.DUE).data() == "Nov 14"


def test_it_sorts_by_meaning_with_the_absent_last(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    proxy = RowFilter(model, model)
    made = [order(1), replace(order(2), number="99"), order(3, visit=None), order(7)]
    model.set_records([stored(item) for item in made], [ACCOUNT])

    def numbers() -> list[str]:
        return [proxy.index(row, 0).data() for row in range(proxy.rowCount())]

    proxy.sort(Column.NUMBER)
    assert numbers() == ["W-99", "W-129001", "W-129003", "W-129007"]
    proxy.sort(Column.VISIT, Qt.SortOrder.AscendingOrder)
    assert numbers() == ["W-129001", "W-99", "W-129007", "W-129003"]
    proxy.sort(Column.VISIT, Qt.SortOrder.DescendingOrder)
    assert numbers() == ["W-129007", "W-99", "W-129001", "W-129003"]


@pytest.mark.parametrize(
    ("text", "count"), [("129003", 1), ("wawa ocala", 6), ("WAWA tampa", 0), ("2861", 24), ("call the store", 24)]
)
def test_search_finds_every_word_anywhere(page: OrdersPage, shown: Show, qtbot: QtBot, text: str, count: int) -> None:
    shown(page)
    field = first(page, QLineEdit)
    QTest.keyClicks(field, text)
    assert page.table.model().rowCount() == count


def test_the_count_and_the_hint_follow_the_search(page: OrdersPage, shown: Show, qtbot: QtBot) -> None:
    shown(page)
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "24 work orders" in texts
    first(page, QLineEdit).setText("nowhere")
    texts = [label.text() for label in page.findChildren(QLabel)]
    assert "0 of 24 work orders" in texts
    assert page.table.accessibleDescription() == "No work order matches the search."


def test_an_empty_store_says_so(page: OrdersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_orders = []
    shown(page)
    assert page.table.accessibleDescription() == "No work orders yet. They appear here after the first sync."


def test_details_show_all_that_is_there_and_nothing_else(page: OrdersPage, desk: Desk, shown: Show) -> None:
    who_pays = {"contact": ("Pat Contact", "Example Account"), "billing": ("Fuel Equipment", "BILL001", "Net 30")}
    desk.reader.kept_orders = [stored(order(4, **who_pays)), stored(WorkOrder("7"))]
    shown(page)
    page.table.selectRow(0)
    texts = labels(page)
    for text in (
        "W-129004  Wawa #5004",
        "131004",
        "Wawa",
        "#5004",
        "104 N Main St\nOcala, FL 33602\nHillsborough County",
        "Meter Calibration: 8 × All Dispensers (2861)",
        "Pat Contact\nExample Account",
        "Fuel Equipment\nBILL001\nNet 30",
        "Calibrate all dispensers.\nCall the store first.",
        "Wed, Nov 25 (anytime)",
        "0 / 1",
        "Pat Example, Mon, Nov 2, 9:15 AM",
        "AccuMeasure",
    ):
        assert text in texts
    assert "Completed" not in texts
    page.table.selectRow(1)
    assert labels(page) == ["W-7", "First seen", "Nov 20 at 1:00 PM", "Last seen", "Today at 1:00 PM"]


def test_details_say_when_an_order_was_completed(page: OrdersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_orders = [stored(order(4, completed_on=date(2026, 11, 20)))]
    shown(page)
    page.table.selectRow(0)
    texts = labels(page)
    assert texts[texts.index("Completed") + 1] == "Fri, Nov 20"


def test_a_completed_order_says_so_at_a_glance_and_has_no_next_visit(page: OrdersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_orders = [stored(order(4, completed_on=date(2026, 11, 20)), archived=NOW)]
    shown(page)
    first(page, QCheckBox).click()
    page.table.selectRow(0)
    texts = labels(page)
    assert "Completed on Fri, Nov 20; no longer in your open list since today at 1:00 PM" in texts
    assert "Next visit" not in texts
    assert "131004" in texts, "the visit's number stays"


def test_details_say_which_day_of_a_job_an_order_is(page: OrdersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_orders = [stored(order(4, instructions="Day 2 of 3\nCalibrate all dispensers."))]
    shown(page)
    page.table.selectRow(0)
    texts = labels(page)
    assert texts[texts.index("Part of a job") + 1] == "Day 2 of 3"


def test_the_portal_page_is_opened_only_on_the_accounts_own_origin(page: OrdersPage, desk: Desk, shown: Show) -> None:
    visit = Visit("5", "https://evil.example/app/work/1/visits/5/", TODAY, None, None)
    bad = order(5, visit=visit, location_url="javascript:alert(1)", customer_url="//evil.example/")
    desk.reader.kept_orders = [stored(order(4)), stored(bad)]
    shown(page)
    page.table.sortByColumn(Column.NUMBER, Qt.SortOrder.AscendingOrder)
    page.table.selectRow(0)
    find_button(page, "Open in portal").click()
    find_button(page, "Open site in portal").click()
    find_button(page, "Open customer in portal").click()
    assert desk.opened == [
        "https://app.workfossa.com/app/work/129004/visits/131004/",
        "https://app.workfossa.com/app/customers/locations/32004/",
        "https://app.workfossa.com/app/customers/77/",
    ]
    page.table.selectRow(1)
    assert not find_button(page, "Open in portal").isEnabled()
    assert not find_button(page, "Open site in portal").isEnabled()
    assert not find_button(page, "Open customer in portal").isEnabled()


def test_hostile_text_stays_plain(page: OrdersPage, desk: Desk, shown: Show) -> None:
    hostile = order(4, customer=HOSTILE, instructions=HOSTILE, status=HOSTILE, store_number=HOSTILE, reason=HOSTILE)
    desk.reader.kept_orders = [stored(hostile)]
    shown(page)
    for label in page._detail.findChildren(QLabel):
        if HOSTILE in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
    assert any(HOSTILE in label.text() for label in page._detail.findChildren(QLabel))
    tooltip = page.table.model().index(0, Column.CUSTOMER).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tooltip
    assert "&lt;img" in tooltip


def test_the_switch_shows_what_left_the_list(page: OrdersPage, desk: Desk, shown: Show) -> None:
    desk.reader.kept_orders = [stored(order(1)), stored(order(2), archived=NOW - timedelta(hours=2))]
    shown(page)
    assert column(page, Column.NUMBER) == ["W-129001"]
    first(page, QCheckBox).click()
    assert column(page, Column.NUMBER) == ["W-129002"]
    assert "No longer in your open list since today at 11:00 AM" in labels(page)


def test_accounts_are_told_apart_only_where_there_are_several(page: OrdersPage, desk: Desk, shown: Show) -> None:
    shown(page)
    box = first(page, QComboBox)
    assert box.isHidden()
    assert page.table.isColumnHidden(Column.ACCOUNT)
    desk.reader.kept_accounts = [ACCOUNT, OTHER]
    desk.reader.kept_orders = [stored(order(1)), stored(order(2), account_id=OTHER.id)]
    page.mark_stale()
    assert not box.isHidden()
    assert not page.table.isColumnHidden(Column.ACCOUNT)
    box.setCurrentIndex(box.findData(OTHER.id))
    assert column(page, Column.NUMBER) == ["W-129002"]


def test_the_selected_order_stays_selected_when_read_again(page: OrdersPage, desk: Desk, shown: Show) -> None:
    shown(page)
    page.table.selectRow(5)
    before = page._selected()
    desk.reader.kept_orders.insert(0, stored(order(90)))
    page.mark_stale()
    assert page._selected() == before
    assert page.table.model().rowCount() == 25


def test_it_is_not_read_while_it_is_not_seen(page: OrdersPage, desk: Desk) -> None:
    desk.reader.error = StoreDamaged()
    page.mark_stale()
    assert page.table.model().rowCount() == 0


def test_a_store_that_cannot_be_read_is_told(page: OrdersPage, desk: Desk, shown: Show, qtbot: QtBot) -> None:
    desk.reader.error = StoreDamaged()
    with qtbot.waitSignal(page.problem) as caught:
        shown(page)
    assert caught.args is not None
    assert "The database is damaged" in caught.args[0]


def test_ctrl_f_goes_to_the_search(page: OrdersPage, shown: Show, qtbot: QtBot) -> None:
    shown(page)
    page.activateWindow()
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert first(page, QLineEdit).hasFocus()


def test_an_order_without_a_visit_is_opened_on_its_own_page(page: OrdersPage, desk: Desk, shown: Show) -> None:
    visit = Visit(None, None, TODAY, None, None)
    desk.reader.kept_orders = [stored(order(4, visit=None)), stored(order(5, visit=visit))]
    shown(page)
    for row in range(2):
        page.table.selectRow(row)
        find_button(page, "Open in portal").click()
    assert sorted(desk.opened) == [
        "https://app.workfossa.com/app/work/129004/",
        "https://app.workfossa.com/app/work/129005/",
    ]


def test_services_are_short_in_the_table_and_whole_in_the_tooltip(qtbot: QtBot) -> None:
    model = OrdersModel(lambda: TODAY)
    services = (
        Service("Meter Calibration", "All Dispensers", "2861", 8),
        Service(None, "Open Neck Prover", None, None),
    )
    model.set_records([stored(order(4, services=services))], [ACCOUNT])
    cell = model.index(0, Column.SERVICES)
    assert cell.data() == "8 × 2861, Open Neck Prover"
    assert "Meter Calibration: 8 × All Dispensers (2861)" in cell.data(Qt.ItemDataRole.ToolTipRole)
    proxy = RowFilter(model, model)
    proxy.search("all dispensers")
    assert proxy.rowCount() == 1


def test_what_tells_orders_apart_is_whole_in_a_small_window(window: MainWindow, desk: Desk, shown: Show) -> None:
    cities = ("Jacksonville", "St. Petersburg", "Port Charlotte", "Fort Lauderdale")
    visits = [Visit(None, None, TODAY, None, TODAY - timedelta(days=days)) for days in (-9, 0, 30)]
    desk.reader.kept_orders = [
        stored(order(n, store_number="#429816", address=Address(city=cities[n % 4]), visit=visits[n % 3]))
        for n in range(40)
    ]
    window.resize(1060, 660)
    shown(window)
    table = window.orders_page.table
    for which in (Column.NUMBER, Column.STORE, Column.CITY, Column.VISIT, Column.DUE):
        assert not table.isColumnHidden(which)
        assert table.sizeHintForColumn(which) <= table.columnWidth(which), which.name
    room = table.fontMetrics().horizontalAdvance
    assert table.columnWidth(Column.CUSTOMER) >= room("7-Eleven S…")
    assert table.columnWidth(Column.SERVICES) >= room("10 × 2861, …")


def test_usual_texts_are_whole_at_the_first_size_on_a_usual_screen(window: MainWindow, desk: Desk, shown: Show) -> None:
    address = Address(city="Port St. Lucie")
    usual = order(1, customer="7-Eleven Stores, Inc", store_number="#99688/7512", address=address)
    desk.reader.kept_orders = [stored(usual)]
    window.resize(window.first_size(QSize(1920, 1040)))
    assert (window.width(), window.height()) == (1440, 900)
    shown(window)
    table = window.orders_page.table
    for column in (Column.NUMBER, Column.CUSTOMER, Column.STORE, Column.CITY, Column.VISIT, Column.DUE):
        assert table.sizeHintForColumn(column) <= table.columnWidth(column), column


def test_the_first_size_leaves_room_on_a_small_screen(window: MainWindow) -> None:
    assert window.first_size(QSize(1280, 800)) == QSize(1152, 720)


def test_the_status_is_shown_where_there_is_room(page: OrdersPage, shown: Show) -> None:
    shown(page)
    table = page.table
    seen = []
    for width in (1400, 900, 1400, 900):
        page.resize(width, 600)
        QApplication.processEvents()
        seen.append(not table.isColumnHidden(Column.STATUS))
        assert table.horizontalScrollBar().maximum() == 0
        assert table.columnWidth(Column.DUE) >= table.sizeHintForColumn(Column.DUE)
    assert seen == [True, False, True, False]
    assert not table._is_set_by_hand, "hiding a column is no width set by hand"
    assert "Work Created" in labels(page), "the details have it all the same"


def test_the_status_comes_back_beside_widths_set_by_hand(page: OrdersPage, shown: Show) -> None:
    shown(page)
    page.resize(900, 600)
    QApplication.processEvents()
    page.table.setColumnWidth(Column.CUSTOMER, 151)
    page.resize(1400, 600)
    QApplication.processEvents()
    assert not page.table.isColumnHidden(Column.STATUS)
    assert page.table.columnWidth(Column.CUSTOMER) == 151


def test_a_width_set_by_hand_is_kept(page: OrdersPage, shown: Show) -> None:
    shown(page)
    page.resize(1400, 600)
    QApplication.processEvents()
    page.table.setColumnWidth(Column.CUSTOMER, 301)
    page.resize(700, 600)
    QApplication.processEvents()
    assert page.table.columnWidth(Column.CUSTOMER) == 301

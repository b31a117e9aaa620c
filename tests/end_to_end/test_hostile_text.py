"""Texts that try to be more than text, from the portal's page to the store, the command line, notices and windows."""

from __future__ import annotations

import asyncio
import html
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.orders import StoredOrder
from fossatray.core.runs import Outcome, Run
from fossatray.core.text import notice_body, storable, visible
from fossatray.demo.hostile_text import HOSTILE_TEXTS
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.engine.conductor import Conductor
from fossatray.store.reader import Reader
from fossatray.system.credentials_client import MemoryCredentialStore
from fossatray.ui.order_detail import OrderDetail
from fossatray.ui.orders_model import OrdersModel
from fossatray.ui.words_qt import make_words
from tests.harness.canary import Canary
from tests.harness.canary_engine import Scene, add_account, synced

pytestmark = pytest.mark.browser

ORDERS = 180
"""So many that every hostile text meets every field that one is planted in."""

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
BIDIRECTIONAL = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(orders=ORDERS, mishaps=[Mishap.HOSTILE_TEXT]) as practice:
        yield practice


@pytest.fixture
def scene(own_home: Path, portal: PracticePortal) -> Iterator[Scene]:
    """A data folder into which the hostile list has been read."""
    made = Scene(own_home, Canary())
    with made.logging():
        (run,) = asyncio.run(one_sync(made, portal))
        assert run.outcome is Outcome.SUCCEEDED, run
        yield made


async def one_sync(scene: Scene, portal: PracticePortal) -> list[Run]:
    conductor = Conductor(scene.parts(MemoryCredentialStore()), scene.ear)
    await conductor.open()
    try:
        return await synced(conductor, await add_account(conductor, portal, "Work"))
    finally:
        await conductor.close()


def stored(scene: Scene) -> list[StoredOrder]:
    reader = Reader(scene.paths.database)
    try:
        return reader.orders()
    finally:
        reader.close()


def as_seen(text: str, *, lines: bool = False) -> str:
    """A text as the page shows it: what cannot be stored replaced, white space as one sees it."""
    text = storable(text)[0].strip()
    return text.replace("\r\n", "\n").replace("\r", "\n") if lines else " ".join(text.split())


def command_line(scene: Scene, *words: str) -> str:
    command = [sys.executable, "-P", "-m", "fossatray.cli", *words, "--data-dir", str(scene.paths.data)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    return done.stdout.decode("utf-8")


# One test reads the list once; the rest is looked at in turn.
def test_hostile_texts_stay_texts_all_the_way(scene: Scene, portal: PracticePortal, qtbot: QtBot) -> None:
    orders = stored(scene)
    nothing_was_harmed(orders, portal)
    what_cannot_be_stored_was_counted(scene, portal)
    the_command_line_shows_controls(scene, orders)
    the_detail_pane_shows_plain_text(orders, portal, qtbot)
    the_tables_tooltips_are_escaped(orders)
    no_notice_carries_them(scene)
    the_log_holds_no_control_character(scene)


def nothing_was_harmed(orders: list[StoredOrder], portal: PracticePortal) -> None:
    made = {order.number: order for order in portal.orders}
    assert {one.order.number for one in orders} == set(made)
    for one in orders:
        order, kept = made[one.order.number], one.order
        assert kept.instructions == as_seen(order.instructions, lines=True)
        assert kept.customer == as_seen(order.customer)
        assert kept.site_name == as_seen(order.site_name)
        assert kept.address.street == as_seen(order.address.street)
        assert kept.created_by == as_seen(order.created_by)
        assert kept.contact is not None
        assert kept.contact[0] == as_seen(order.contact.name)
    everything = "\n".join(one.order.instructions or "" for one in orders)
    for text in HOSTILE_TEXTS:
        assert as_seen(text, lines=True) in everything


def what_cannot_be_stored_was_counted(scene: Scene, portal: PracticePortal) -> None:
    planted = sum(
        storable(text)[1]
        for order in portal.orders
        for text in (
            *(order.instructions, order.customer, order.site_name, order.address.street),
            *(order.created_by, order.contact.name),
        )
    )
    (told,) = re.findall(rb'"t":"finished".*?"replaced":(\d+)', (scene.raw / "stdout").read_bytes())
    assert planted > 0
    assert int(told) == planted
    assert f"{planted} characters that cannot be stored were replaced" in log_of(scene)


def the_command_line_shows_controls(scene: Scene, orders: list[StoredOrder]) -> None:
    table = command_line(scene, "orders")
    assert {char for char in table if is_hidden(char)} == {"\n"}
    assert "\\u001b[31mred" in table
    assert "\\u202e" in table
    assert len(table.splitlines()) == len(orders) + 2  # heads, and the count
    told: list[dict[str, Any]] = json.loads(command_line(scene, "orders", "--json"))
    assert [one["instructions"] for one in told] == [one.order.instructions for one in orders]


def is_hidden(char: str) -> bool:
    return char in BIDIRECTIONAL or unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")


def the_detail_pane_shows_plain_text(orders: list[StoredOrder], portal: PracticePortal, qtbot: QtBot) -> None:
    pane = OrderDetail(make_words(UTC), lambda: NOW, lambda url: False)
    qtbot.addWidget(pane)
    pane.show()
    for one in orders:
        pane.show_order(one, portal.origin)
        shown = [label for label in labels_of(pane) if label.isVisibleTo(pane)]
        for label in shown:
            plain = label.textFormat() == Qt.TextFormat.PlainText
            assert plain or "<" not in label.text(), label.text()
        texts = "\n".join(label.text() for label in shown if label.textFormat() == Qt.TextFormat.PlainText)
        assert visible(one.order.site_name or "") in visible(texts)
        assert (one.order.instructions or "")[:100] in texts
    QApplication.processEvents()


def labels_of(widget: QWidget) -> list[QLabel]:
    return widget.findChildren(QLabel)


def the_tables_tooltips_are_escaped(orders: list[StoredOrder]) -> None:
    model = OrdersModel(NOW.date)
    model.set_records(orders, [])
    tips = list(tooltips(model))
    assert any("&lt;script&gt;" in tip for tip in tips)
    for tip in tips:
        inside = tip.removeprefix("<p>").removesuffix("</p>")
        assert "<" not in inside
        assert ">" not in inside


def tooltips(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(model.rowCount(QModelIndex())):
        for column in range(model.columnCount(QModelIndex())):
            yield str(model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole) or "")


def no_notice_carries_them(scene: Scene) -> None:
    """A notice says counts and our own sentences; and what it says is escaped, whatever it is."""
    told = repr(scene.ear.told)
    for text in HOSTILE_TEXTS:
        assert text not in told
        body = notice_body(text)
        assert "<" not in body
        assert not any(is_hidden(char) and char != "\n" for char in body)
        assert html.unescape(body) == visible(text, keep_newlines=True)


def log_of(scene: Scene) -> str:
    return (scene.paths.logs / "fossatray.log").read_text("utf-8")


def the_log_holds_no_control_character(scene: Scene) -> None:
    assert {char for char in log_of(scene) if is_hidden(char)} == {"\n"}

"""From the glow card's button to the next sync, in the whole program, with Playwright's real installer."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from fossatray.core.errors import BrowserMissing
from fossatray.core.runs import Outcome, Trigger
from fossatray.store.reader import Reader
from fossatray.store.store import Store
from fossatray.system.clock import utc_now
from fossatray.system.paths import app_paths, prepare
from fossatray.ui.glow_card import GlowCard
from tests.desktop.fakes import ACCOUNT
from tests.desktop.program import Life, shown
from tests.harness.downloads import STAND_IN, DownloadServer, archive, serving

PATIENCE_MS = 60_000
CANCEL_S = 5.0


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose last sync failed for want of a browser, on a machine without one."""
    monkeypatch.setenv("PATH", str(tmp_path / "no-programs"))
    paths = app_paths(tmp_path / "data")
    prepare(paths)
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        store.accounts.add(ACCOUNT)
        for schedule in store.schedules.all():
            store.schedules.save(replace(schedule, enabled=False))
        run = store.runs.start(ACCOUNT.id, "work_orders", Trigger.MANUAL, None, utc_now(), None)
        store.runs.finish(run.id, Outcome.FAILED, utc_now(), error=BrowserMissing().info())
    finally:
        store.close()
    return paths.data


@pytest.fixture
def life(qtbot: QtBot, qapp: QApplication, data: Path) -> Iterator[Life]:
    made = Life(qtbot, qapp, data)
    yield made
    made.close()


def open_card(life: Life) -> GlowCard:
    life.desktop.open("card")
    return life.wait_for(GlowCard)


def says(card: GlowCard, text: str) -> bool:
    return any(text in label.text() for label in card.findChildren(QLabel) if label.isVisible())


def install_button(card: GlowCard) -> QPushButton:
    return next(one for one in card.findChildren(QPushButton) if one.accessibleName() == "Install a browser")


def runs(life: Life) -> int:
    reader = Reader(life.paths.database)
    try:
        return len(reader.history())
    finally:
        reader.close()


def test_the_cards_button_installs_a_browser_and_the_sync_is_done_again(
    life: Life, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = threading.Event()

    def pack(name: str) -> bytes:
        seen.wait(PATIENCE_MS / 1000)
        return archive(STAND_IN)(name)

    with serving(DownloadServer(pack)) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        card = open_card(life)
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)
        install_button(card).click()
        try:
            qtbot.waitUntil(lambda: says(card, "Installing a browser"), timeout=PATIENCE_MS)
        finally:
            seen.set()
        qtbot.waitUntil(lambda: runs(life) == 2, timeout=PATIENCE_MS)
        qtbot.waitUntil(lambda: life.desktop.state.accounts[0].run is None, timeout=PATIENCE_MS)
        assert server.asked


def test_the_card_says_why_no_browser_could_be_installed(
    life: Life, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(DownloadServer(archive(STAND_IN), status="404 Not Found")) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        card = open_card(life)
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)
        install_button(card).click()
        qtbot.waitUntil(lambda: says(card, "The browser could not be installed"), timeout=PATIENCE_MS)
        assert says(card, "The download server answered with HTTP status 404.")
        assert install_button(card).isVisible()
        assert runs(life) == 1


def test_the_cards_button_cancels_the_installation(
    life: Life, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    with serving(DownloadServer()) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        card = open_card(life)
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)
        install_button(card).click()
        qtbot.waitUntil(lambda: says(card, "Installing a browser") and bool(server.asked), timeout=PATIENCE_MS)
        cancel = next(one for one in card.findChildren(QPushButton) if one.isVisible() and one.text() == "&Cancel")
        began = time.monotonic()
        cancel.click()
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)
        assert time.monotonic() - began < CANCEL_S
        assert install_button(card).isVisible()
        assert not shown(QMessageBox)
        assert list(own_home.glob(".cache/ms-playwright/chromium_headless_shell-*")) == []
        assert runs(life) == 1


def test_the_command_cancel_cancels_the_installation(
    life: Life, data: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    with serving(DownloadServer()) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        card = open_card(life)
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)
        install_button(card).click()
        qtbot.waitUntil(lambda: bool(server.asked), timeout=PATIENCE_MS)
        said = []
        for _ in range(2):
            command = [sys.executable, "-P", "-m", "fossatray.cli", "cancel", "--data-dir", str(data)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                qtbot.waitUntil(partial(ended, process), timeout=PATIENCE_MS)
                said.append((process.returncode, *process.communicate()))
        assert said == [
            (0, "The installation of the browser was cancelled.\n", ""),
            (0, "Nothing was running.\n", ""),
        ]
        qtbot.waitUntil(lambda: says(card, "No browser was found"), timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("is_running", "number"),
    [(True, signal.SIGINT), (False, signal.SIGINT), (True, signal.SIGTERM), (True, signal.SIGHUP)],
)
def test_ctrl_c_and_its_like_cancel_what_the_command_installs(
    data: Path,
    qtbot: QtBot,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    own_home: Path,
    number: signal.Signals,
    *,
    is_running: bool,
) -> None:
    with serving(DownloadServer()) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        life = Life(qtbot, qapp, data) if is_running else None
        try:
            if life is not None:
                desktop = life.desktop
                qtbot.waitUntil(lambda: bool(desktop.state.accounts), timeout=PATIENCE_MS)
            command = [sys.executable, "-P", "-m", "fossatray.cli", "install-browser", "--data-dir", str(data)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                qtbot.waitUntil(lambda: bool(server.asked), timeout=PATIENCE_MS)
                began = time.monotonic()
                process.send_signal(number)
                qtbot.waitUntil(lambda: process.poll() is not None, timeout=PATIENCE_MS)
                assert time.monotonic() - began < CANCEL_S
                _, err = process.communicate()
            assert process.returncode == 1
            assert err.startswith("fossatray: The installation of the browser was cancelled")
            if life is not None:
                assert life.desktop.state.browser_install is None
        finally:
            if life is not None:
                life.close()
    assert list(app_paths(data).runs.iterdir()) == []
    assert list(own_home.glob(".cache/ms-playwright/chromium_headless_shell-*")) == []


@pytest.mark.parametrize(("status", "exit_status"), [("200 OK", 0), ("404 Not Found", 1)])
@pytest.mark.parametrize("is_running", [True, False])
def test_the_command_installs_with_and_without_the_program(
    data: Path,
    qtbot: QtBot,
    qapp: QApplication,
    monkeypatch: pytest.MonkeyPatch,
    own_home: Path,
    status: str,
    exit_status: int,
    *,
    is_running: bool,
) -> None:
    with serving(DownloadServer(archive(STAND_IN), status=status)) as server:
        monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", server.origin)
        life = Life(qtbot, qapp, data) if is_running else None
        try:
            if life is not None:
                desktop = life.desktop
                qtbot.waitUntil(lambda: bool(desktop.state.accounts), timeout=PATIENCE_MS)
            command = [sys.executable, "-P", "-m", "fossatray.cli", "install-browser", "--data-dir", str(data)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
                qtbot.waitUntil(lambda: process.poll() is not None, timeout=PATIENCE_MS)
                out, err = process.communicate()
            if life is not None:
                qtbot.waitUntil(lambda: not is_syncing(life), timeout=PATIENCE_MS)
        finally:
            if life is not None:
                life.close()
    assert process.returncode == exit_status, err
    shells = list(own_home.glob(".cache/ms-playwright/chromium_headless_shell-*/*/chrome-headless-shell"))
    if exit_status == 0:
        assert "The browser is installed." in out
        assert ("done again" in out) == is_running
        assert len(shells) == 1
    else:
        assert "HTTP status 404" in err
        assert "sync again" in err
        assert shells == []


def ended(process: subprocess.Popen[str]) -> bool:
    return process.poll() is not None


def is_syncing(life: Life) -> bool:
    return any(account.run is not None for account in life.desktop.state.accounts)

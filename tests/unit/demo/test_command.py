"""The practice portal on its own, as a process of its own; and how fast it stops."""

import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from fossatray.demo.command import run_practice_portal
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.unit.demo.client import Client

ROOT = Path(__file__).parents[3]
PROGRAM = (
    "import sys; from fossatray.demo.command import run_practice_portal; sys.exit(run_practice_portal(0, 5, 1, []))"
)


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGTERM")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_runs_until_a_signal(number: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(4)]
        origin = lines[0].removeprefix("Practice portal: ")
        assert origin.startswith("http://127.0.0.1:")
        with urlopen(f"{origin}/login", timeout=60) as page:  # noqa: S310 - checked above
            assert b'name="login"' in page.read()
        assert [line.split(": ")[0] for line in lines[1:3]] == ["Username", "Password"]
        process.send_signal(number)
        assert process.wait(10) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGTERM")
def test_changes_its_orders_every_so_often() -> None:
    command = [sys.executable, "-m", "fossatray", "practice-portal", "--orders", "2", "--change-every", "1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(6)]
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert [line.startswith("Changed: new W-") for line in lines] == [False] * 4 + [True] * 2
    assert lines[4] != lines[5]


@pytest.mark.parametrize(
    ("orders", "mishaps", "text"), [(-1, [], "cannot be negative"), (1, ["no-such-mishap"], "Known: slow, hanging")]
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], orders: int, mishaps: list[str], text: str) -> None:
    assert run_practice_portal(0, orders, 1, mishaps) == 2
    assert text in capsys.readouterr().err


def test_taken_port(capsys: pytest.CaptureFixture[str], portal: PracticePortal) -> None:
    assert run_practice_portal(urlsplit(portal.origin).port or 0, 1, 1, []) == 2
    assert "Cannot listen" in capsys.readouterr().err


def test_stops_at_once_while_a_request_hangs() -> None:
    with PracticePortal(mishaps=[Mishap.HANGING_PAGE]) as portal:
        client = Client(portal)
        client.sign_in()
        waiting = HTTPConnection(urlsplit(portal.origin).netloc)
        cookie = "; ".join(f"{name}={value}" for name, value in client.jar.items())
        waiting.request("GET", "/app/dashboard", headers={"Cookie": cookie})
        seen = threading.Event()
        while "/app/dashboard" not in portal.requests:
            seen.wait(0.01)
        before = time.monotonic()
        portal.stop()
        assert time.monotonic() - before < 5
        waiting.close()


def test_changed_from_many_threads() -> None:
    with PracticePortal(orders=30) as portal:
        failures: list[BaseException] = []

        def use() -> None:
            try:
                for _ in range(20):
                    portal.mishaps.add(Mishap.SLOW)
                    portal.mishaps.discard(Mishap.SLOW)
                    assert len(portal.orders) == 30
                    set(portal.mishaps)
            except BaseException as error:  # noqa: BLE001 - told to the test
                failures.append(error)

        threads = [threading.Thread(target=use) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []

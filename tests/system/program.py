"""FossaTray as a technician runs it: the command line, the tray program on a private desktop, a practice portal."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from fossatray.demo.portal import PracticePortal
from tests.desktop_session import DesktopSession
from tests.desktop_tools import wait_until
from tests.desktop_tray import TrayItem

COMMAND = (sys.executable, "-P", "-m", "fossatray.cli")
ACCOUNT = "Main"
SYNC_SECONDS = 60.0


class Program:
    """One FossaTray with a data folder of its own on a private desktop."""

    def __init__(self, desktop: DesktopSession, data: Path) -> None:
        self.desktop = desktop
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    def cli(self, *words: str, stdin: str = "", status: int | None = 0) -> str:
        """Run a command to its end and return what it printed; `status` None takes any exit status."""
        command = [*COMMAND, *words, "--data-dir", str(self.data)]
        done = subprocess.run(
            command,
            env=self.desktop.env(),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SYNC_SECONDS,
            check=False,
        )
        assert status is None or done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *words: str) -> Any:
        """Run a command with `--json` and return what it printed."""
        return json.loads(self.cli(*words, "--json"))

    def add_account(self, portal: PracticePortal, name: str = ACCOUNT) -> None:
        """Add an account on the practice portal, with its password in the desktop's keyring."""
        words = ("accounts", "add", "--name", name, "--portal", portal.origin, "--username", portal.username)
        self.cli(*words, "--password-stdin", stdin=portal.password)

    def start(self, *words: str) -> TrayItem:
        """Start the tray program in the background and wait for its icon."""
        self.launch(*words)
        return self.desktop.wait_for_icon()

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the tray program in the background and do not wait."""
        command = [*COMMAND, "--background", *words, "--data-dir", str(self.data)]
        self.process = self.desktop.start(command)
        return self.process

    def tooltip(self) -> str:
        """Return the tray icon's tooltip."""
        return self.desktop.tray_items()[0].tooltip()

    def percentage(self) -> int:
        """Return the percentage in the tooltip, -1 while it shows none."""
        match = re.search(r"syncing (\d+) %", self.tooltip())
        return int(match[1]) if match else -1

    def wait_for_percentage(self, least: int) -> int:
        """Wait until the tooltip shows at least that percentage of a running sync, and return it."""
        return wait_until(
            lambda: shown if (shown := self.percentage()) >= least else None, SYNC_SECONDS, f"{least} % in the tooltip"
        )

    def wait_for_rest(self) -> dict[str, Any]:
        """Wait until nothing is being synced and return the last run (see `status --json`)."""
        wait_until(lambda: self.json("status")["status"] != "in_progress", SYNC_SECONDS, "the sync to end")
        last: dict[str, Any] = self.json("status")["last_run"]
        return last

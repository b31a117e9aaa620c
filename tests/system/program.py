"""FossaTray as a technician runs it: the command line, the tray program on a private desktop, a practice portal."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

from fossatray.core.timetable import Every, Timetable
from fossatray.demo.portal import PracticePortal
from fossatray.store.store import Store
from fossatray.system.paths import Paths, app_paths
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import DesktopError, is_alive, wait_until
from tests.private_desktop.tray import TrayItem

COMMAND = (sys.executable, "-P", "-m", "fossatray.cli")
ACCOUNT = "Main"
SYNC_SECONDS = 60.0


class Program:
    """One FossaTray with a data folder of its own on a private desktop; `env` is added to the tray program's."""

    def __init__(self, desktop: DesktopSession, data: Path, **env: str) -> None:
        self.desktop = desktop
        self._env = env
        self.data = data
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def paths(self) -> Paths:
        """The folders of this FossaTray."""
        return app_paths(self.data)

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
        self._plan_for_later()

    def _plan_for_later(self) -> None:
        """Move the schedule to half an hour from now: no run of the plan shall come between a test and its own.

        It is never the full hour, so that another plan is told from this one. And what fails is not tried again: that
        would take minutes.
        """
        paths = self.paths
        store = Store.open(paths.database, paths.lock, paths.backups)
        try:
            minute = (datetime.now(UTC).minute + 30) % 60 or 1
            for schedule in store.schedules.all():
                store.schedules.save(replace(schedule, timetable=Timetable(Every(60, minute))))
            store.settings.set("retries", "0")
        finally:
            store.close()

    def start(self, *words: str) -> TrayItem:
        """Start the tray program in the background and wait for its icon, and until that knows the state."""
        self.launch(*words)
        return self.wait_for_state()

    def wait_for_state(self) -> TrayItem:
        """Wait for the icon and for the program's first sentence in its tooltip."""
        item = wait_until(lambda: self._has_ended() or self._speaking_icon(), 60, self._where_it_stands)
        if not isinstance(item, TrayItem):
            raise DesktopError(f"the program ended while this was waited for: {self._where_it_stands()}")
        return item

    def _speaking_icon(self) -> TrayItem | None:
        with contextlib.suppress(DesktopError):  # an icon may go while it is asked; then the process says more
            items = self.desktop.tray_items()
            return next((item for item in items if item.tooltip().startswith("FossaTray: ")), None)
        return None

    def _has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def _where_it_stands(self) -> str:
        """Return what is known of the program, for a failure's message."""
        tooltips: list[str] = []
        with contextlib.suppress(DesktopError):
            tooltips = [item.tooltip() for item in self.desktop.tray_items()]
        log = app_paths(self.data).logs / "fossatray.log"
        told = log.read_text(errors="replace")[-1500:] if log.exists() else "nothing"
        status = self.process.poll() if self.process is not None else "not started"
        return (
            f"the state in the tooltip, of {tooltips}; exit status {status}; the program said:"
            f" {self.desktop.program_log()[-1500:]}; its log: {told}"
        )

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start the tray program in the background and do not wait."""
        command = [*COMMAND, "--background", *words, "--data-dir", str(self.data)]
        self.process = self.desktop.start(command, cwd=None, **self._env)
        return self.process

    def end(self) -> None:
        """End the tray program, if it runs, and remove its data folder."""
        if self.process is not None:
            self.desktop.stop(self.process)
        shutil.rmtree(self.data, ignore_errors=True)

    def family(self) -> list[psutil.Process]:
        """Return the tray program's process and all its descendants."""
        assert self.process is not None
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def remains(self, family: list[psutil.Process]) -> list[str]:
        """Return what an ended program left behind: processes of `family` or of its desktop, folders of runs."""
        left = {process for process in family if is_alive(process)} | set(self.desktop.leftovers())
        folders = app_paths(self.data).runs
        return [str(process) for process in left] + [str(folder) for folder in folders.glob("*")]

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

"""`fossatray demo`: the program on the practice portal, in a throw-away data folder, with made-up orders."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fossatray.app.cleanup import CleanUp
from fossatray.app.desktop import Plan
from fossatray.app.main import run_desktop
from fossatray.core.commands import SaveAccount
from fossatray.core.errors import FossaError
from fossatray.core.runs import Outcome, Run
from fossatray.core.secret import Secret
from fossatray.core.words import Words
from fossatray.demo.portal import PracticePortal
from fossatray.system.clock import local_zone
from fossatray.system.credentials_client import MemoryCredentialStore
from fossatray.system.early_signals import EarlySignals
from fossatray.system.paths import app_paths, prepare

_LATENCY_SECONDS = 0.15


def start_demo(*, once: bool, orders: int) -> int:
    """Run the demo; with `once` end after the first sync with a summary. Returns the exit status."""
    clean_up = CleanUp()
    early = EarlySignals(all_of_them=True)  # else the folder, or the portal's thread, would be left behind
    clean_up.add(early.close)
    try:
        folder = tempfile.TemporaryDirectory(prefix="fossatray-demo-")
        clean_up.add(folder.cleanup)
        portal = PracticePortal(orders=orders, latency=_LATENCY_SECONDS)
        portal.start()
        clean_up.add(portal.stop)
        return _run(Path(folder.name), portal, clean_up, early, once=once)
    except FossaError as error:
        print(f"fossatray: {error.message}\n  {error.what_to_do}")
        return 1
    finally:
        clean_up.run()


def _run(folder: Path, portal: PracticePortal, clean_up: CleanUp, early: EarlySignals, *, once: bool) -> int:
    paths = app_paths(folder)
    prepare(paths)
    _introduce(portal, once=once)
    account = SaveAccount("Practice", portal.origin, portal.username, password=Secret(portal.password))
    watcher = DemoWatcher(portal, once=once)
    plan = Plan(
        open_at_start=not once,
        open_card=True,
        credentials=MemoryCredentialStore(),
        first_account=account,
        run_ended=watcher.run_ended,
    )
    status = run_desktop(paths, clean_up, lambda: plan, tray_wait_s=1.0 if once else 60.0, early=early)
    return status or watcher.status


def _introduce(portal: PracticePortal, *, once: bool) -> None:
    print(f"Practice portal: {portal.origin} (made-up orders, on this computer only)", flush=True)
    print(f"  sign-in for your own browser: {portal.username} / {portal.password}", flush=True)
    if not once:
        print("FossaTray's icon is in your tray: click it for the glow card, right-click it for the menu.", flush=True)
        print("Each further sync finds a few changes. Quit from the menu, or with Ctrl+C.", flush=True)


class DemoWatcher:
    """Says how each run ended, and lets the practice portal change before the next."""

    def __init__(self, portal: PracticePortal, *, once: bool) -> None:
        self._portal = portal
        self._once = once
        self._words = Words(local_zone)
        self.status = 1 if once else 0  # until the one sync has succeeded

    def run_ended(self, run: Run) -> bool:
        """Take note of a run's end; returns whether the program shall end now."""
        if run.finished_at is not None:
            seconds = (run.finished_at - run.started_at).total_seconds()
            print(f"Sync {run.outcome}: {self._words.found(run.counts.found)}, in {seconds:.1f} s", flush=True)
        if run.error is not None:
            print(f"  {run.error.message}\n  {run.error.advice}", flush=True)
        if self._once:
            self.status = 0 if run.outcome is Outcome.SUCCEEDED else 1
            return True
        self._portal.change_a_little()
        return False

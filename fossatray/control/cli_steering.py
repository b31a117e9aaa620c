"""The commands pause, resume and show: what the tray's menu offers of the running program, besides syncing."""

from __future__ import annotations

import argparse

from fossatray.control.cli_output import say
from fossatray.control.client import ask
from fossatray.core.text import visible
from fossatray.system.paths import Paths


def pause(arguments: argparse.Namespace, paths: Paths) -> int:
    """Pause the schedule of one account, or of all; a sync that is running goes on to its end."""
    ask(paths, "pause", account=arguments.account)
    say(f"Scheduled syncs{_of(arguments.account)} are paused. Go on with: fossatray resume")
    return 0


def resume(arguments: argparse.Namespace, paths: Paths) -> int:
    """Resume the schedule of one account, or of all."""
    ask(paths, "resume", account=arguments.account)
    say(f"Scheduled syncs{_of(arguments.account)} go on.")
    return 0


def show(arguments: argparse.Namespace, paths: Paths) -> int:
    """Open a page of the running program's windows and bring it to the front."""
    ask(paths, "show", page=arguments.page)
    return 0


def _of(account: str | None) -> str:
    return f" of {visible(account)}" if account is not None else ""


COMMANDS = {"pause": pause, "resume": resume, "show": show}

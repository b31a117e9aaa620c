"""The command line as tests use it: run to its end, or in the background; and the public names of its JSON."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.private_desktop.tools import wait_until
from tests.system.program import COMMAND, SYNC_SECONDS, Program

HISTORY_NAMES = {
    *("id", "account", "job", "trigger", "planned_at", "started_at", "finished_at", "outcome", "reason", "found"),
    *("new", "changed", "archived", "attempts", "error_kind", "error_message", "advice", "schedule"),
    *("schedule_id", "phases", "evidence"),
}


def ask(program: Program, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end, however it ends."""
    command = [*COMMAND, *words, "--data-dir", str(program.data)]
    return subprocess.run(
        command,
        env=program.desktop.env(),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=SYNC_SECONDS,
        check=False,
    )


@contextmanager
def in_background(program: Program, *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command and go on; it is ended at the end."""
    command = [*COMMAND, *words, "--data-dir", str(program.data)]
    with subprocess.Popen(
        command, env=program.desktop.env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def started(program: Program) -> None:
    """Start the tray program and wait until its engine works."""
    program.start()
    wait_until(lambda: program.json("status")["next_run"], 30, "the engine to plan")

"""A scrape process that does what a file says: a real child, for tests of the engine. Started with the file's path.

The file holds a JSON list of steps, each an object with one key:
  request   write the request line to this file
  line      write this text as one line
  raw       write this text as it is
  many      [count, text]: write the text as that many lines
  answer    read one line of the engine and append it to this file
  errors    write this text to standard error
  wait      connect to this local socket and wait until it is closed
  closed    wait until the engine closes our input
  hang      wait for ever, whatever happens
  browser   start a child in a session of its own (as Playwright starts browsers), stopped if the value is "stopped";
            its id goes to the file named by the run's folder and "browser.pid"
  leave     write a file of this name into the run's folder
  die       end by this signal
  exit      end with this status
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _browser(how: str) -> None:
    folder = os.environ["TMPDIR"]
    child = subprocess.Popen(
        [sys.executable, "-c", "import signal; signal.pause()", f"--user-data-dir={folder}/profile"],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if how == "stopped":
        child.send_signal(signal.SIGSTOP)
        os.waitpid(child.pid, os.WUNTRACED)
    Path(folder, "browser.pid").write_text(str(child.pid))
    child.returncode = 0  # it is to outlive us: no warning that it runs


def _answer(out: str) -> None:
    with Path(out).open("a") as file:
        file.write(sys.stdin.readline())


def _wait(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as gate:
        gate.connect(address)
        gate.recv(1)  # nothing comes: it is closed when the gate opens


STEPS: dict[str, Callable[[Any], object]] = {
    "request": lambda out: Path(out).write_text(sys.stdin.readline()),
    "line": lambda text: _say(text + "\n"),
    "raw": _say,
    "many": lambda told: _say((told[1] + "\n") * told[0]),
    "answer": _answer,
    "errors": sys.stderr.write,
    "wait": _wait,
    "closed": lambda _: sys.stdin.read(),
    "hang": lambda _: signal.pause(),
    "browser": _browser,
    "leave": lambda name: Path(os.environ["TMPDIR"], name).write_text("left"),
    "die": lambda number: os.kill(os.getpid(), number),
    "exit": sys.exit,
}


def main() -> None:
    """Take the steps of the file given as the argument."""
    for step in json.loads(Path(sys.argv[1]).read_text()):
        for name, value in step.items():
            STEPS[name](value)


if __name__ == "__main__":
    main()

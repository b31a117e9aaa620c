"""The browser's memory is looked at every so often, and the first look that finds too much is told."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pytest

from fossatray.engine.memory_watch import measured, until_too_large

MB = 1024 * 1024
TAKER = "import sys; taken = bytearray(b'x') * int(sys.argv[1]); print(flush=True); sys.stdin.read()"


def test_the_first_look_that_finds_too_much_ends_the_watch() -> None:
    told = iter((10, 100, 101, 500))
    asked: list[tuple[int, int]] = []

    def measure(pid: int, enough: int) -> int:
        asked.append((pid, enough))
        return next(told)

    assert asyncio.run(until_too_large(7, 100, 0.0, measure)) == 101
    assert asked == [(7, 100)] * 3


def test_the_first_look_is_at_once_and_does_not_wait_for_its_turn() -> None:
    a_day = 86_400.0
    assert asyncio.run(asyncio.wait_for(until_too_large(7, 100, a_day, lambda pid, enough: 101), 30)) == 101


@pytest.mark.parametrize("enough", [10**12, 0])
def test_what_a_child_takes_is_seen_and_what_we_take_is_not(enough: int) -> None:
    ours = bytearray(b"x") * (100 * MB)
    with subprocess.Popen(
        [sys.executable, "-S", "-c", TAKER, str(40 * MB)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        used = measured(os.getpid(), enough)
        child.communicate()
    assert 40 * MB < used < 40 * MB + len(ours)


def test_a_process_that_has_ended_uses_nothing() -> None:
    child = subprocess.Popen([sys.executable, "-S", "-c", ""])
    child.wait()
    assert measured(child.pid, 0) == 0

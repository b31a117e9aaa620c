"""kill -9 of the whole program in mid-run: its processes end, and the next start sweeps and tells."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from fossatray.core.runs import Outcome
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.unit.engine import doomed_program
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
END_S = 10.0


@contextmanager
def program_in_mid_run(real: RealWorld) -> Iterator[tuple[subprocess.Popen[bytes], list[psutil.Process]]]:
    """The program, syncing at a portal that hangs, and all the processes it started."""
    command = [sys.executable, "-m", "tests.unit.engine.doomed_program", str(real.world.home), str(real.browser)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(real.portal.password.encode() + b"\n")
        program.stdin.flush()
        while (line := program.stdout.readline()) != b"scraping\n":
            assert line, "the program ended by itself"
        started = psutil.Process(program.pid).children(recursive=True)
        try:
            yield program, started
        finally:
            program.kill()
            for process in started:
                if process.is_running():
                    process.kill()


@pytest.mark.parametrize("browser", ["running", "stopped"])
def test_after_a_kill_nothing_is_left_and_the_run_is_interrupted(
    browser: str, own_home: Path, browser_path: Path
) -> None:
    assert doomed_program.__file__
    with PracticePortal(orders=10, mishaps=[Mishap.HANGING]) as portal:
        real = RealWorld(own_home, portal, browser_path)

        async def before() -> None:
            async with real.life() as life:
                await real.add_account(life)

        async def after() -> None:
            portal.mishaps = []
            async with real.life() as life:
                assert real.world.left() == []
                (state,) = life.state.accounts
                assert state.last_run is not None
                assert state.last_run.outcome is Outcome.INTERRUPTED
                assert life.store.runs.running() == []
                assert (await life.sync()).outcome is Outcome.SUCCEEDED

        run(before())
        with program_in_mid_run(real) as (program, started):
            assert len(started) > 3
            stopped = []
            if browser == "stopped":
                stopped = [one for one in started if any("--remote-debugging-pipe" in part for part in one.cmdline())]
                for process in stopped:
                    os.kill(process.pid, signal.SIGSTOP)
            program.send_signal(signal.SIGKILL)
            program.wait()
            _, alive = psutil.wait_procs(started, timeout=END_S)
            if not stopped:
                assert alive == []  # all ended by themselves, when their parent was gone
            run(after())
            _, alive = psutil.wait_procs(started, timeout=END_S)
            assert alive == []

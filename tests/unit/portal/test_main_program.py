"""The scrape process's main program ends at once, whatever happened, and waits for nothing."""

from __future__ import annotations

import subprocess
import sys
import time

BUG = """
import asyncio, time
from fossatray.portal import __main__ as program

async def serve(protocol):
    asyncio.get_running_loop().run_in_executor(None, time.sleep, 60)  # a keyring that hangs
    print("said by a library")
    raise RuntimeError("a bug")

program._serve = serve
program.main()
"""


def test_a_bug_is_told_on_standard_error_and_no_thread_is_waited_for() -> None:
    began = time.monotonic()
    ended = subprocess.run([sys.executable, "-P", "-c", BUG], capture_output=True, check=False, text=True, timeout=30)
    assert time.monotonic() - began < 20
    assert ended.returncode == 1
    assert ended.stdout == "", "that is the protocol's"
    assert "said by a library" in ended.stderr
    assert "RuntimeError: a bug" in ended.stderr

"""Giving memory back to the system."""

from __future__ import annotations

import hmac

from tests.harness.fresh_python import run_python

PROBE = """
import sys
from fossatray.system.memory import give_back, use_one_arena

def resident() -> int:
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))

use_one_arena()
hold = [bytes(2000) for _ in range(40_000)]
keep = hold[::199]
hold.clear()
del hold
before = resident()
give_back()
print(before - resident())
"""


def test_freed_memory_goes_back_to_the_system() -> None:
    done = run_python(PROBE)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 10_000, "KiB of about 80,000 that were freed"


def test_openssl_is_left_out_and_can_come_later() -> None:
    code = (
        "import sys; from fossatray.system.memory import import_without_openssl; import_without_openssl(); "
        "import asyncio, hashlib, hmac, secrets; left_out = not {'ssl', '_ssl', '_hashlib'} & set(sys.modules); "
        "digest = hmac.new(b'key', b'text', hashlib.sha256).hexdigest(); asyncio.run(asyncio.sleep(0)); "
        "import ssl; print(left_out, digest[:8], ssl.create_default_context().check_hostname)"
    )
    done = run_python(code)
    assert done.stdout.split() == ["True", hmac.new(b"key", b"text", "sha256").hexdigest()[:8], "True"], done.stderr


SOURCES = """
import linecache
from fossatray.system.memory import leave_sources_unread
{guard}
from PySide6.QtCore import QObject, QTimer, Signal
import asyncio, zipfile

class Thing(QObject):
    happened = Signal(int)

heard = []
thing = Thing()
thing.happened.connect(heard.append)
thing.happened.emit(7)
print(heard, any(file in linecache.cache for file in (asyncio.base_events.__file__, zipfile.__file__)))
"""


def test_pyside_reads_no_sources_where_it_is_told_so() -> None:
    assert run_python(SOURCES.replace("{guard}", "leave_sources_unread()")).stdout == "[7] False\n"


def test_pyside_would_read_the_sources() -> None:
    """The test above could not fail otherwise; the guard may go when this one fails."""
    assert run_python(SOURCES.replace("{guard}", "")).stdout == "[7] True\n"

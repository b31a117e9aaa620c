"""Giving memory back to the system."""

from __future__ import annotations

import hmac
import subprocess
import sys

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
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) > 10_000, "KiB of about 80,000 that were freed"


def test_openssl_is_left_out_and_can_come_later() -> None:
    code = (
        "import sys; from fossatray.system.memory import import_without_openssl; import_without_openssl(); "
        "import asyncio, hashlib, hmac, secrets; left_out = not {'ssl', '_ssl', '_hashlib'} & set(sys.modules); "
        "digest = hmac.new(b'key', b'text', hashlib.sha256).hexdigest(); asyncio.run(asyncio.sleep(0)); "
        "import ssl; print(left_out, digest[:8], ssl.create_default_context().check_hostname)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["True", hmac.new(b"key", b"text", "sha256").hexdigest()[:8], "True"]

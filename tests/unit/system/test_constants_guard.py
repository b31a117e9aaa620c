"""A long-running program does not use None up (see the module)."""

from __future__ import annotations

import subprocess
import sys

from fossatray.system.constants_guard import keep_constants_alive

MANY_CALLS = """
from fossatray.system.constants_guard import keep_constants_alive
keep_constants_alive()
from PySide6.QtCore import QCoreApplication, QObject, QTimer
app = QCoreApplication([])
thing = QObject()
for number in range(100_000):
    thing.setObjectName("x")
QTimer.singleShot(0, app.quit)
app.exec()
print("alive")
"""


def test_a_hundred_thousand_calls_that_return_nothing_are_survived() -> None:
    result = subprocess.run([sys.executable, "-c", MANY_CALLS], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "alive\n", "")


def test_it_is_done_where_it_is_needed() -> None:
    if keep_constants_alive():
        assert sys.version_info < (3, 12)
        assert min(map(sys.getrefcount, (None, True, False))) > 1 << 27
    else:
        assert sys.version_info >= (3, 12)

"""What the idle program has loaded: only what it idles with."""

from __future__ import annotations

import json
from pathlib import Path

from tests.harness.fresh_python import run_python

HEAVY = {
    *("PySide6.QtSvg", "cronsim", "holidays", "importlib.metadata", "jeepney", "keyring", "playwright", "psutil"),
    *("_hashlib", "_ssl", "secretstorage", "ssl"),
    *("csv", "email", "html", "http", "tomllib", "urllib.request", "xml"),
    *("fossatray.demo", "fossatray.portal", "fossatray.ui.glow_card", "fossatray.ui.main_window"),
    *("fossatray.control.client", "fossatray.system.credentials_helper"),
}
"""What windows, a sync, the command line or nobody needs."""

PROGRAM = """
import json, linecache, sys
from pathlib import Path
from fossatray.app.cleanup import CleanUp
from fossatray.app.main import run_desktop
from fossatray.system.paths import app_paths, prepare

watches = []

def plan():
    from PySide6.QtCore import QCoreApplication, QTimer
    from fossatray.app.desktop import Plan

    def look():
        if "apscheduler.schedulers.asyncio" in sys.modules:  # the engine's last import
            watches.clear()
            QCoreApplication.quit()

    watches.append(QTimer(interval=20, timeout=look))
    watches[0].start()
    return Plan()

paths = app_paths(Path(sys.argv[1]))
prepare(paths)
clean_up = CleanUp()
status = run_desktop(paths, clean_up, plan)
loaded = sorted(sys.modules)
clean_up.run()
sources = sum(len(line) for entry in linecache.cache.values() if len(entry) > 1 for line in entry[2])
print(json.dumps([status, loaded, sources]))
"""

ICON = """
import sys
import fossatray.app.main, fossatray.app.instance, fossatray.app.first_icon, fossatray.app.qt

print(*(name for name, module in sys.modules.items() if name.startswith("fossatray") and hasattr(module, "Qt")))
"""


def test_the_first_icon_does_not_wait_for_the_qt_namespace() -> None:
    """It alone takes 20 ms of the 40 by which the icon comes later than the barest one (benchmarks/idle.py)."""
    done = run_python(ICON)
    assert (done.returncode, done.stdout.split()) == (0, []), done.stderr


def test_the_idle_program_has_loaded_nothing_heavy(tmp_path: Path) -> None:
    done = run_python(PROGRAM, str(tmp_path / "data"))
    status, loaded, sources = json.loads(done.stdout.splitlines()[-1])
    assert status == 0, done.stderr
    assert "fossatray.engine.engine" in loaded
    assert sorted(HEAVY & set(loaded)) == []
    assert sources < 500_000, "characters of source text that linecache keeps; without the guard 3.6 million"

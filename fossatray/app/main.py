"""Starting the tray program: the icon first, then what the engine needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from fossatray.app.cleanup import CleanUp
from fossatray.core.errors import FossaError, StoreBusy
from fossatray.system.paths import Paths, app_paths, prepare

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from fossatray.app.desktop import Desktop, Plan
    from fossatray.app.first_icon import FirstIcon
    from fossatray.system.early_signals import EarlySignals

_FIRST_INSTANCE_SECONDS = 10.0
"""How long a first instance may take to start or to quit."""
_ASK_SECONDS = 0.5


def start(data_dir: Path | None, *, background: bool) -> int:
    """Run the tray program until it quits; a second start raises the first. Returns the exit status."""
    clean_up = CleanUp()
    try:
        paths = app_paths(data_dir)
        prepare(paths)
        if not _first(paths, clean_up, background=background):
            return 0
        return run_desktop(paths, clean_up, lambda: _plan(background))
    except FossaError as error:
        from fossatray.app.start_trouble import tell

        tell(error)
        return 1
    except KeyboardInterrupt:  # before there is an event loop to end
        return 1
    finally:
        clean_up.run()


def _plan(background: bool) -> Plan:
    from fossatray.app.desktop import Plan

    return Plan(open_at_start=not background)


def _first(paths: Paths, clean_up: CleanUp, *, background: bool) -> bool:
    """Tell whether this is the first instance; if not, raise the first, unless this start is one in the background.

    Raises StoreBusy if the first keeps silent.
    """
    from fossatray.app.instance import InstanceLock

    lock = InstanceLock(paths)
    end = time.monotonic() + _FIRST_INSTANCE_SECONDS
    while not lock.acquire():
        from fossatray.control.client import raise_first

        if raise_first(paths, wait=_ASK_SECONDS, show=not background):
            return False
        if time.monotonic() >= end:  # else it may be starting, or quitting: then we are the first
            break
    else:
        clean_up.add(lock.release)
        return True
    raise StoreBusy("FossaTray is running already, but it does not answer.", advice="End it, then start it again.")


def run_desktop(
    paths: Paths,
    clean_up: CleanUp,
    plan: Callable[[], Plan],
    *,
    tray_wait_s: float = 60.0,
    early: EarlySignals | None = None,
) -> int:
    """Run the Qt program on a data folder that is prepared and ours; returns the exit status.

    `tray_wait_s`: how long a tray is awaited before a window opens instead. `plan` is called after the icon is shown.
    `early` has noted the signals until now.
    """
    from fossatray.system.constants_guard import keep_constants_alive
    from fossatray.system.early_signals import EarlySignals
    from fossatray.system.memory import leave_sources_unread

    if early is None:
        early = EarlySignals()
        clean_up.add(early.close)
    keep_constants_alive()
    leave_sources_unread()
    from PySide6.QtCore import QTimer

    from fossatray.app.first_icon import FirstIcon
    from fossatray.app.qt import make_application

    application = make_application()
    icon = FirstIcon(tray_wait_s)
    clean_up.add(icon.close)
    icon.look()
    running: list[Desktop] = []

    def end(_number: int) -> None:
        (running[0].quit if running else application.quit)()

    def load() -> None:
        from fossatray.app.start_trouble import tell, tell_bug
        from fossatray.system.signals import QuitSignals

        try:
            signals = QuitSignals()
            clean_up.add(signals.close)
            signals.received.connect(end)
            if early.came:
                application.quit()
                return
            _prepare_process()
            running.append(_load(application, icon, paths, clean_up, plan()))
        except FossaError as error:
            tell(error, application)
            application.exit(1)
        except Exception as bug:  # noqa: BLE001 - told to the person, and then the program ends
            tell_bug(bug)
            application.exit(1)

    QTimer.singleShot(0, load)
    return int(application.exec())


def _prepare_process() -> None:
    """What must come before the rest is imported and threads are started."""
    from fossatray.system.core_dumps import forbid_core_dumps
    from fossatray.system.memory import import_without_openssl, use_one_arena

    forbid_core_dumps()
    use_one_arena()
    import_without_openssl()


def _load(application: QApplication, icon: FirstIcon, paths: Paths, clean_up: CleanUp, plan: Plan) -> Desktop:
    """Load and start all but the icon, which is shown already."""
    from fossatray.app.desktop import Desktop

    desktop = Desktop(application, icon, paths, plan)
    _watch_over(desktop, paths, clean_up)
    clean_up.add(desktop.close)
    desktop.start()
    return desktop


def _watch_over(desktop: Desktop, paths: Paths, clean_up: CleanUp) -> None:
    """Open the log, and catch what nobody else does: exceptions, Qt's messages, hard crashes."""
    import logging

    from fossatray.system.crash import enable_crash_log, install_excepthook, previous_crash
    from fossatray.system.logs import Redactor, install_qt_messages, open_log

    clean_up.add(open_log(paths, Redactor()))
    clean_up.add(install_qt_messages())
    logging.getLogger("fossatray.app").info("FossaTray starts")
    desktop.offer_crash(previous_crash(paths))
    clean_up.add(enable_crash_log(paths))
    clean_up.add(install_excepthook(desktop.report_crash))

"""When the program itself is wrong: unexpected exceptions reach a dialog, hard crashes leave a trace for later."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading  # noqa: TID251 - starts none
import traceback
from collections.abc import Callable
from types import TracebackType

from fossatray.system.paths import Paths

log = logging.getLogger("fossatray.crash")

_MOST_CHARACTERS = 65536

CrashCallback = Callable[[type[BaseException], BaseException, str], None]
"""Takes the exception's type, the exception, and the trace as text."""


def previous_crash(paths: Paths) -> str | None:
    """Return the trace that the last hard crash left, and move it away so that it is offered once.

    To be called before :func:`enable_crash_log`.
    """
    try:
        text = paths.crash_log.read_text("utf-8", "replace")[:_MOST_CHARACTERS]
        if not text.strip():
            return None
        paths.crash_log.replace(paths.crash_log.with_name("crash-previous.log"))
    except OSError:
        return None
    return text


def enable_crash_log(paths: Paths) -> Callable[[], None]:
    """Have a hard crash (a segmentation fault, an abort) write all threads' traces to the crash log.

    Returns what ends that and removes the empty log.
    """
    try:
        stream = paths.crash_log.open("w", encoding="utf-8")
    except OSError:
        log.warning("the crash log cannot be written")
        return lambda: None
    faulthandler.enable(stream, all_threads=True)

    def disable() -> None:
        faulthandler.disable()
        stream.close()
        try:
            if paths.crash_log.stat().st_size == 0:
                paths.crash_log.unlink()
        except OSError:
            log.warning("the crash log could not be removed")

    return disable


def install_excepthook(callback: CrashCallback) -> Callable[[], None]:
    """Log every exception that nobody caught and hand it to `callback`; return what puts the former hooks back.

    PySide6 hands exceptions of slots here, too, and carries on. One that ends a thread comes here as well. The callback
    may run in any thread.
    """
    former, former_unraisable, former_in_thread = sys.excepthook, sys.unraisablehook, threading.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            former(kind, error, trace)
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        log.critical("unexpected %s", kind.__name__, exc_info=(kind, error, trace))
        try:
            callback(kind, error, text)
        except Exception:
            log.exception("the crash dialog itself failed")

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            log.error("unraisable %s", args.exc_type.__name__, exc_info=args.exc_value)

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is None or issubclass(args.exc_type, KeyboardInterrupt | SystemExit):
            former_in_thread(args)
            return
        hook(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook, sys.unraisablehook, threading.excepthook = hook, unraisable, in_thread

    def restore() -> None:
        sys.excepthook, sys.unraisablehook, threading.excepthook = former, former_unraisable, former_in_thread

    return restore

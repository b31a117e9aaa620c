"""The practice portal on its own: `fossatray practice-portal`."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Sequence

from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal

_LOOK_SECONDS = 0.5


def run_practice_portal(port: int, orders: int, seed: int, mishaps: Sequence[str], change_every: float = 0.0) -> int:
    """Serves until SIGINT or SIGTERM, after printing address and made-up sign-in; returns the exit status.

    Every `change_every` seconds a few orders change, and a line says which (0: never).
    `mishaps` are names of `Mishap`; an unknown one, a negative number of orders or a taken port ends with status 2.
    Must run in the main thread, as signal handlers are set; the earlier ones are put back.
    """
    try:
        switches = [Mishap(name) for name in mishaps]
    except ValueError as error:
        print(f"{error}. Known: {', '.join(Mishap)}", file=sys.stderr)
        return 2
    if orders < 0:
        print("The number of orders cannot be negative.", file=sys.stderr)
        return 2
    try:
        portal = PracticePortal(port=port, orders=orders, seed=seed, mishaps=switches)
    except (OSError, OverflowError) as error:
        print(f"Cannot listen on 127.0.0.1:{port}: {error}", file=sys.stderr)
        return 2
    _serve(portal, change_every)
    return 0


def _serve(portal: PracticePortal, change_every: float) -> None:
    ended = threading.Event()
    earlier = {
        number: signal.signal(number, lambda _number, _frame: ended.set()) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        with portal:
            print(f"Practice portal: {portal.origin}")
            print(f"Username: {portal.username}")
            print(f"Password: {portal.password}")
            print("Made-up data only. End it with Ctrl+C.", flush=True)
            due = time.monotonic() + change_every
            while not ended.wait(_LOOK_SECONDS):
                if change_every and time.monotonic() >= due:
                    due += change_every
                    _change(portal)
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _change(portal: PracticePortal) -> None:
    made = (
        f"{change.kind} {', '.join(f'W-{number}' for number in change.numbers)}" for change in portal.change_a_little()
    )
    print(f"Changed: {'; '.join(made)}", flush=True)

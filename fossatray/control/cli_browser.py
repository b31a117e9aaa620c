"""The command install-browser: with or without a running FossaTray. Ctrl-C, SIGTERM and SIGHUP cancel it in both."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
from collections.abc import Iterator

from fossatray.control.cli_output import say
from fossatray.control.client import ask, ask_if_there
from fossatray.core.errors import BrowserInstallCancelled, NoInstance, RunCancelled
from fossatray.system.paths import Paths

_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_END_SECONDS = 15.0
"""Ending the installer takes less than 5 s."""


def install_browser(arguments: argparse.Namespace, paths: Paths) -> int:
    """Install a browser, through the running instance if there is one.

    Raises BrowserInstallFailed, BrowserInstallCancelled after such a signal and where somebody else cancelled it.
    """
    say("Installing a browser (about 100 MB). This may take some minutes; Ctrl-C cancels it.")
    sys.stdout.flush()
    with _signals_interrupt():
        try:
            there, runs = ask_if_there(paths, "install_browser", timeout=None)
        except KeyboardInterrupt:
            with contextlib.suppress(NoInstance):  # it has quit meanwhile, and the installation with it
                ask(paths, "cancel_install", timeout=_END_SECONDS)
            raise BrowserInstallCancelled from None
    if not there:
        _install_headless(paths)
    say("The browser is installed." + (" A sync that failed without it is done again." if runs else ""))
    return 0


@contextlib.contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let SIGTERM and SIGHUP do what Ctrl-C does; one that is ignored (nohup) stays so."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _install_headless(paths: Paths) -> None:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.core.commands import InstallBrowser
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import MemoryCredentialStore

    async def job(conductor: Conductor, ear: Ear) -> None:
        await conductor.execute(InstallBrowser(sync_again=False))

    try:
        run_headless(paths, MemoryCredentialStore(), job)
    except RunCancelled:
        raise BrowserInstallCancelled from None

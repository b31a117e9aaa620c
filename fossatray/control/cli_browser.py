"""The command install-browser: with or without a running FossaTray."""

from __future__ import annotations

import argparse
import sys

from fossatray.control.cli_output import say
from fossatray.control.client import ask_if_there
from fossatray.system.paths import Paths


def install_browser(arguments: argparse.Namespace, paths: Paths) -> int:
    """Install a browser, through the running instance if there is one. Raises BrowserInstallFailed."""
    say("Installing a browser (about 100 MB). This may take some minutes.")
    sys.stdout.flush()
    there, runs = ask_if_there(paths, "install_browser", timeout=None)
    if not there:
        _install_headless(paths)
    say("The browser is installed." + (" A sync that failed without it is done again." if runs else ""))
    return 0


def _install_headless(paths: Paths) -> None:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.core.commands import InstallBrowser
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import MemoryCredentialStore

    async def job(conductor: Conductor, ear: Ear) -> None:
        await conductor.execute(InstallBrowser(sync_again=False))

    run_headless(paths, MemoryCredentialStore(), job)

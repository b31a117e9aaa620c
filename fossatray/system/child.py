"""Runs one of FossaTray's child processes: the script that :func:`fossatray.system.processes.child_command` names.

It is a script, not a module, so that the child finds the same FossaTray as its parent whatever the current folder is,
whether it was installed, is a checkout, or only lies on the parent's path.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

ROLES = {
    "scrape": "fossatray.portal.__main__",
    "credentials": "fossatray.system.credentials_helper",
    "browser_installer": "fossatray.portal.browser_installer",
}
"""What a child process can be, and the module that is its main program."""


def run_role(role: str) -> None:
    """Run the main program of a role; it ends by SystemExit or by returning. Raises KeyError for an unknown role."""
    sys.argv = [role]
    runpy.run_module(ROLES[role], run_name="__main__", alter_sys=True)


def _main() -> None:
    root = str(Path(__file__).resolve().parent.parent.parent)
    if root not in sys.path:
        sys.path.insert(0, root)
    run_role(sys.argv[1])


if __name__ == "__main__":
    _main()

"""The commands evidence list and delete: what is kept of failed syncs."""

from __future__ import annotations

import argparse
from typing import Any

from fossatray.control.cli_output import say, say_json, table
from fossatray.control.client import ask_if_there
from fossatray.core.errors import NotFound
from fossatray.store.evidence import evidence_beside
from fossatray.system.paths import Paths

_LONGEST_PATH = 400


def show(arguments: argparse.Namespace, paths: Paths) -> int:
    """List the runs of which evidence is kept, and where."""
    kept = evidence_beside(paths.database).of_runs()
    if arguments.json:
        say_json([{"run": run, "folder": str(one.folder), "files": list(one.files)} for run, one in kept.items()])
    elif kept:
        rows = [(str(run), ", ".join(one.files), str(one.folder)) for run, one in kept.items()]
        table(("Run", "Files", "Folder"), rows, _LONGEST_PATH)
    else:
        say("No evidence is kept.")
    return 0


def delete(arguments: argparse.Namespace, paths: Paths) -> int:
    """Delete the evidence of one run, or all. Raises NotFound where the run has none."""
    there, deleted = ask_if_there(paths, "delete_evidence", timeout=30.0, run=arguments.run)
    if not there:
        deleted = _delete_headless(paths, arguments.run)
    if arguments.run is not None and not deleted:
        raise NotFound(f"No evidence of run {arguments.run} is kept.", advice="List it: fossatray evidence list")
    say(f"Deleted the evidence of {deleted} failed sync{'' if deleted == 1 else 's'}.")
    return 0


def _delete_headless(paths: Paths, run_id: int | None) -> Any:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.core.commands import DeleteEvidence
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import KeyringCredentialStore

    async def job(conductor: Conductor, ear: Ear) -> Any:
        return await conductor.execute(DeleteEvidence(run_id))

    return run_headless(paths, KeyringCredentialStore(), job)


VERBS = {"list": show, "delete": delete}

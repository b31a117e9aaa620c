"""The commands sync, cancel and quit."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from fossatray.control.cli_output import say, say_json, words
from fossatray.control.client import ask, ask_if_there
from fossatray.core.errors import FossaError, InvalidInput, NoInstance, NotFound, RunCancelled, StoreBusy
from fossatray.core.runs import ALL_FRESH
from fossatray.core.secret import Secret
from fossatray.core.text import capital, visible
from fossatray.store.reader import Reader
from fossatray.system.paths import Paths

_PASSWORD_LIMIT = 1024
_QUIT_SECONDS = 15.0


def read_password() -> Secret:
    """Read the password from standard input: one line, its line end not part of it. Raises InvalidInput."""
    line = sys.stdin.readline(_PASSWORD_LIMIT + 2)
    text = line.rstrip("\r\n")
    if not text:
        raise InvalidInput(
            "There was no password on standard input.", advice="Pipe it in: … | fossatray … --password-stdin"
        )
    if len(text) > _PASSWORD_LIMIT or "\0" in text:
        raise InvalidInput(f"The password on standard input is longer than {_PASSWORD_LIMIT} characters or broken.")
    return Secret(text)


def refuse_if_running(paths: Paths) -> None:
    """Raise StoreBusy if FossaTray runs: a password from standard input never crosses the socket to it."""
    running, _ = ask_if_there(paths, "status", timeout=10.0)
    if running:
        raise StoreBusy(
            "FossaTray is running, and takes no password from another command.",
            advice="Quit it first: fossatray quit. Or store the password: fossatray accounts add --name NAME"
            " --password-stdin",
        )


def sync(arguments: argparse.Namespace, paths: Paths) -> int:
    """Sync now, through the running instance; with --wait also without one."""
    if arguments.password_stdin:
        if not arguments.wait:
            raise InvalidInput(
                "--password-stdin needs --wait: the password is for a sync that this command does itself.",
                advice="Add --wait, or leave --password-stdin out.",
            )
        refuse_if_running(paths)
        return _sync_headless(arguments, paths, read_password())
    patience = None if arguments.wait else 30.0  # the program itself may be waiting for a headless sync to end
    asked: dict[str, Any] = {name: getattr(arguments, name) for name in ("account", "wait", "job", "force", "believe")}
    there, runs = ask_if_there(paths, "sync", timeout=patience, **asked)
    if there:
        return _follow(arguments, paths, runs)
    if not arguments.wait:
        raise NoInstance(advice="Start FossaTray, or add --wait to sync without it.")
    return _sync_headless(arguments, paths, None)


def _follow(arguments: argparse.Namespace, paths: Paths, runs: list[int]) -> int:
    if not arguments.wait:
        if arguments.json:
            say_json({"runs": [{"id": run} for run in runs]})
        elif runs:
            say("The sync has started.")
        else:
            say("Another FossaTray command is using the work orders. The sync starts when that has ended.")
        return 0
    try:
        ask(paths, "wait", timeout=None, runs=runs)
    except NoInstance:  # it quits, or it died: what became of the runs is in the database
        _wait_until_it_has_quit(paths)
    return _tell(arguments, paths, runs)


def _sync_headless(arguments: argparse.Namespace, paths: Paths, password: Secret | None) -> int:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.core.commands import SyncNow
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import CredentialStore, KeyringCredentialStore, MemoryCredentialStore

    account = _account_id(arguments, paths, needed=password is not None)
    credentials: CredentialStore = KeyringCredentialStore()
    if password is not None:
        memory = MemoryCredentialStore()
        memory.keep(account[0], account[1], password)
        credentials = memory

    runs: list[int] = []

    async def job(conductor: Conductor, ear: Ear) -> None:
        typed = password is not None
        command = SyncNow(
            account[0] or None,
            fresh_password=typed,
            job=arguments.job,
            force=arguments.force,
            believe=arguments.believe,
        )
        runs.extend(await conductor.execute(command))
        words()  # what tells the outcome is loaded while the browser starts
        await ear.wait_for(runs)

    try:
        run_headless(paths, credentials, job)
    except RunCancelled:
        if not runs:
            raise
        _tell(arguments, paths, runs)
        return 1
    return _tell(arguments, paths, runs)


def _account_id(arguments: argparse.Namespace, paths: Paths, *, needed: bool) -> tuple[str, str]:
    """Return the id and origin of the account named, of the only one if one is needed, else empty texts."""
    reader = Reader(paths.database)
    try:
        accounts = reader.accounts()
    finally:
        reader.close()
    if not accounts:
        raise NotFound("There is no account yet.", advice="Add one: fossatray accounts add --name NAME --username USER")
    if arguments.account is not None:
        accounts = [one for one in accounts if one.name.casefold() == arguments.account.casefold()]
        if not accounts:
            raise NotFound("There is no account of this name.", advice="List them: fossatray accounts list")
    elif not needed:
        return "", ""
    if len(accounts) != 1:
        raise InvalidInput("Which account? Name it with --account.", advice="List them: fossatray accounts list")
    return accounts[0].id, accounts[0].origin


def _tell(arguments: argparse.Namespace, paths: Paths, runs: list[int]) -> int:
    """Print what became of the runs; returns 0 if all succeeded, else 1."""
    reader = Reader(paths.database)
    try:
        entries = [entry for entry in reader.history(limit=max(50, 4 * len(runs))) if entry.id in runs]
    finally:
        reader.close()
    if arguments.json:
        say_json({"runs": [entry.to_json() for entry in entries]})
    else:
        for entry in entries:
            _say_entry(entry.to_json())
    good = len(entries) == len(runs) and all(entry.outcome == "succeeded" for entry in entries)
    return 0 if good else 1


def _say_entry(entry: dict[str, Any]) -> None:
    counts = f"{words().found(entry['found'], entry['job'])}, {entry['new']} new, {entry['changed']} changed"
    outcome = entry["outcome"] or "FossaTray ended before the sync did"
    say(f"{visible(entry['account'])}: {outcome}. {counts}, {entry['archived']} archived.")
    if entry["reason"]:
        from fossatray.core.why import reason_words

        say(f"  {visible(capital(reason_words(entry['reason'], words())))}.")
        if entry["reason"] == ALL_FRESH:
            say("  To read them all the same, add --force.")
    if entry["error_message"]:
        say(f"  {visible(entry['error_message'])}")
        say(f"  {visible(entry['advice'])}")


def cancel(arguments: argparse.Namespace, paths: Paths) -> int:
    """Cancel the running sync and, unless an account is named, the installation of a browser; wait for their end."""
    ended = []
    if ask(paths, "cancel", account=arguments.account):
        ended.append("The sync was cancelled.")
    if arguments.account is None and ask(paths, "cancel_install"):
        ended.append("The installation of the browser was cancelled.")
    say(" ".join(ended) or "Nothing was running.")
    return 0


def quit_instance(arguments: argparse.Namespace, paths: Paths) -> int:
    """Quit the running instance and wait until it has let go of the data folder."""
    ask(paths, "quit")
    _wait_until_it_has_quit(paths)
    say("FossaTray has quit.")
    return 0


def _wait_until_it_has_quit(paths: Paths) -> None:
    from filelock import FileLock, Timeout

    lock = FileLock(paths.instance_lock, timeout=_QUIT_SECONDS)
    try:
        lock.acquire()
    except Timeout:
        raise FossaError("FossaTray is still busy quitting.", advice="Look again in a moment.") from None
    lock.release()


COMMANDS = {"sync": sync, "cancel": cancel, "quit": quit_instance}

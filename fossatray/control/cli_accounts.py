"""The verbs of `accounts` that change something; a password goes from standard input to the keyring directly."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from fossatray.control.cli_output import say
from fossatray.control.cli_sync import read_password, refuse_if_running
from fossatray.control.client import ask, ask_if_there
from fossatray.core.accounts import DEFAULT_PORTAL, Account, checked_account, new_account_id
from fossatray.core.errors import FossaError, InvalidInput, NotFound
from fossatray.core.secret import Secret
from fossatray.core.text import visible
from fossatray.store.reader import Reader
from fossatray.system.paths import Paths

_PROMPT_SECONDS = 180.0
"""A person may have to unlock the keyring first: the helper waits 120 s for that."""


def _accounts(paths: Paths) -> list[Account]:
    reader = Reader(paths.database)
    try:
        return reader.accounts()
    finally:
        reader.close()


def _named(paths: Paths, name: str | None) -> Account:
    accounts = _accounts(paths)
    if name is not None:
        accounts = [one for one in accounts if one.name.casefold() == name.casefold()]
    if not accounts:
        raise NotFound("There is no such account.", advice="List them: fossatray accounts list")
    if len(accounts) > 1:
        raise InvalidInput("Which account? Give its --name.", advice="List them: fossatray accounts list")
    return accounts[0]


def add(arguments: argparse.Namespace, paths: Paths) -> int:
    """Add an account, or give one that is there its new password, portal or user name."""
    there = next((one for one in _accounts(paths) if one.name.casefold() == arguments.name.casefold()), None)
    portal = arguments.portal or (there.origin if there else DEFAULT_PORTAL)
    username = arguments.username or (there.username if there else "")
    checked = checked_account(there.id if there else new_account_id(), arguments.name, portal, username)
    password = read_password() if arguments.password_stdin else None
    saved, running = _save(paths, checked, there)
    if password is not None:
        _store(paths, saved, password, undo=there is None, running=running)
    say(f"The account {visible(saved.name)} is {'changed' if there else 'added'}.")
    if password is None and (there is None or there.origin != saved.origin):  # it is kept for one portal alone
        say("No password is stored yet. Give it with --password-stdin, or enter it in Settings.")
    return 0


def _save(paths: Paths, account: Account, there: Account | None) -> tuple[Account, bool]:
    """Save the account through the running instance, or headless; returns it as saved, and whether one runs."""
    running, answer = ask_if_there(
        paths,
        "save_account",
        timeout=_PROMPT_SECONDS,
        name=account.name,
        portal=account.origin,
        username=account.username,
    )
    if running:
        return Account(answer["id"], account.name, answer["origin"], account.username), True
    from fossatray.core.commands import SaveAccount

    command = SaveAccount(account.name, account.origin, account.username, account_id=there.id if there else None)
    saved: Account = _execute(paths, command)
    return saved, False


def _store(paths: Paths, account: Account, password: Secret, *, undo: bool, running: bool) -> None:
    """Put the password into the keyring; where that fails, an account just added is taken back."""
    from fossatray.core.commands import CredentialsChanged, RemoveAccount
    from fossatray.system.credentials_client import KeyringCredentialStore

    try:
        asyncio.run(KeyringCredentialStore().store(account.id, account.origin, password))
    except FossaError:
        if undo:
            if running:
                ask(paths, "remove_account", account=account.name)
            else:
                _execute(paths, RemoveAccount(account.id))
        raise
    if running:
        ask(paths, "credentials_changed", account=account.name)
    else:
        _execute(paths, CredentialsChanged(account.id))


def test(arguments: argparse.Namespace, paths: Paths) -> int:
    """Sign in once to see that it works; success lifts a refusal."""
    from fossatray.core.commands import TestSignIn

    account = _named(paths, arguments.name)
    if arguments.password_stdin:
        refuse_if_running(paths)
        _execute(paths, TestSignIn(account.id, password=read_password()))
    else:
        running, _ = ask_if_there(paths, "test_sign_in", timeout=_PROMPT_SECONDS, account=account.name)
        if not running:
            _execute(paths, TestSignIn(account.id))
    say(f"The sign-in of {visible(account.name)} works.")
    return 0


def forget_session(arguments: argparse.Namespace, paths: Paths) -> int:
    """Forget the signed-in session that is kept; the next sync signs in."""
    account = _named(paths, arguments.name)
    running, _ = ask_if_there(paths, "forget_session", timeout=_PROMPT_SECONDS, account=account.name)
    if not running:
        from fossatray.core.commands import ForgetSession

        _execute(paths, ForgetSession(account.id))
    say(f"The session of {visible(account.name)} is forgotten. The next sync signs in.")
    return 0


def remove(arguments: argparse.Namespace, paths: Paths) -> int:
    """Remove an account with its orders, history and stored password."""
    account = _named(paths, arguments.name)
    running, left = ask_if_there(paths, "remove_account", timeout=_PROMPT_SECONDS, account=account.name)
    if not running:
        from fossatray.core.commands import RemoveAccount

        left = _execute(paths, RemoveAccount(account.id))
    say(left or f"The account {visible(account.name)} is removed.")
    return 0


def _execute(paths: Paths, command: Any) -> Any:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import KeyringCredentialStore

    async def job(conductor: Conductor, ear: Ear) -> Any:
        return await conductor.execute(command)

    return run_headless(paths, KeyringCredentialStore(), job)


VERBS = {"add": add, "test": test, "forget-session": forget_session, "remove": remove}

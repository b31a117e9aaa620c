"""The commands portal check and portal profile: the portal profile beside the live portal, and a copy of it to mend."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from textwrap import fill
from typing import Any

from fossatray.control.cli_named import chosen_account
from fossatray.control.cli_output import say, say_json
from fossatray.control.cli_sync import read_password, refuse_if_running
from fossatray.control.client import ask_if_there
from fossatray.core.accounts import Account
from fossatray.core.errors import InvalidInput
from fossatray.core.portal_check import PortalStep, Verdict, missing_keys, portal_step
from fossatray.core.secret import Secret
from fossatray.core.text import visible
from fossatray.store.reader import Reader
from fossatray.system.paths import Paths, built_in_profile

_PATIENCE_SECONDS = 960.0
"""A check ends with the limit of a run (15 minutes), and some."""
_MARKS = {Verdict.FOUND: "found", Verdict.MISSING: "MISSING", Verdict.ABSENT: "absent"}
_INDENT = " " * 11


def check(arguments: argparse.Namespace, paths: Paths) -> int:
    """Hold a portal profile beside the portal; returns 0 if all that must be there is, else 1."""
    account = _account(paths, arguments.account)
    profile = None if arguments.profile is None else str(Path(arguments.profile).expanduser().absolute())
    if arguments.password_stdin:
        refuse_if_running(paths)
        steps = _headless(paths, account, profile, read_password())
    else:
        asked = {"account": account.name, "profile": profile}
        there, told = ask_if_there(paths, "check_portal", timeout=_PATIENCE_SECONDS, **asked)
        steps = [portal_step(step) for step in told] if there else _headless(paths, account, profile, None)
    used = profile or (str(paths.own_profile) if os.path.lexists(paths.own_profile) else None)
    missing = missing_keys(steps)
    if arguments.json:
        listed = [step.to_json() for step in steps]
        say_json({"account": account.name, "profile": used, "mend": list(missing), "steps": listed})
    else:
        _say_steps(steps)
        _say_end(steps, missing, used)
    return 1 if missing else 0


def _account(paths: Paths, name: str | None) -> Account:
    reader = Reader(paths.database)
    try:
        return chosen_account(reader.accounts(), name)
    finally:
        reader.close()


def _headless(paths: Paths, account: Account, profile: str | None, password: Secret | None) -> list[PortalStep]:
    from fossatray.control.headless import Ear, run_headless
    from fossatray.core.commands import CheckPortal
    from fossatray.engine.conductor import Conductor
    from fossatray.system.credentials_client import KeyringCredentialStore

    async def job(conductor: Conductor, ear: Ear) -> Any:
        return await conductor.execute(CheckPortal(account.id, profile, password))

    steps: list[PortalStep] = run_headless(paths, KeyringCredentialStore(), job)
    return steps


def _say_steps(steps: Iterable[PortalStep]) -> None:
    for part, group in groupby(steps, key=lambda step: step.part):
        say(f"{part}")
        told = list(group)
        for step in told:
            if step.verdict is not Verdict.UNCHECKED:
                _say_step(step)
        unchecked = [step for step in told if step.verdict is Verdict.UNCHECKED]
        if unchecked:
            keys = ", ".join(step.key for step in unchecked)
            say(fill(f"not looked at: {keys}", 100, initial_indent="  ", subsequent_indent=_INDENT))
            say(f"{_INDENT}{visible(unchecked[0].told or '')}")


def _say_step(step: PortalStep) -> None:
    count = str(step.matched) if step.of is None else f"{step.matched} of {step.of}"
    example = f": {visible(step.example)}" if step.example else ""
    say(f"  {_MARKS[step.verdict]:<8} {step.key:<25} {count:>10}  {step.what}{example}")
    if step.verdict is Verdict.MISSING:
        say(f"{_INDENT}Looked for: {visible(step.looked_for)}")
    if step.told:
        say(f"{_INDENT}{visible(step.told)}")


def _say_end(steps: list[PortalStep], missing: tuple[str, ...], used: str | None) -> None:
    say("")
    say(f"Checked: {'the built-in profile' if used is None else visible(used)}")
    if not missing:
        say("All that a sync needs was found.")
        return
    say(f"To be mended: {', '.join(missing)}")
    unchecked = sum(step.verdict is Verdict.UNCHECKED for step in steps)
    if unchecked:
        say(f"Not looked at: {unchecked} keys. Check again when this is mended.")
    if used is None:
        say("Make a copy that is yours to mend: fossatray portal profile --copy")


def profile(arguments: argparse.Namespace, paths: Paths) -> int:
    """Print the built-in portal profile, or copy it to where a profile of the person's own is looked for."""
    text = built_in_profile().read_text(encoding="utf-8")
    if not arguments.copy:
        say(text.rstrip("\n"))
        return 0
    file = paths.own_profile
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as copy:
            copy.write(text)
    except FileExistsError:
        raise InvalidInput(
            f"There is a profile of your own already: {file}",
            advice="Mend that one, or delete it to use the built-in profile again.",
        ) from None
    except OSError as error:
        raise InvalidInput(f"The profile cannot be written: {error.strerror} ({file}).") from error
    say(f"Copied to {visible(str(file))}")
    say("From now on every sync uses this copy. Delete it to go back to the built-in profile.")
    return 0


VERBS = {"check": check, "profile": profile}

"""The commands `schedules list`, add, edit, remove, pause and resume: through the running instance, or headless."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from fossatray.control.cli_found import Found, found_schedules, none_yet, of_id, one_schedule
from fossatray.control.cli_named import chosen_account
from fossatray.control.cli_output import say, say_json, table, words
from fossatray.control.cli_reports import reading
from fossatray.control.client import ask_if_there
from fossatray.control.schedule_options import nothing_given, until_from, with_options
from fossatray.control.schedule_wire import schedule_from, wished
from fossatray.core.commands import Command, GetState, PauseSchedule, RemoveSchedule, ResumeSchedule, SaveSchedule
from fossatray.core.errors import InvalidInput
from fossatray.core.runs import WORK_ORDERS, iso
from fossatray.core.schedule_words import next_words
from fossatray.core.schedules import Schedule, free_name, is_given_name
from fossatray.core.text import visible
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.paths import Paths

_LONG_CELL = 1000  # our own words are shown whole


def listing(arguments: argparse.Namespace, paths: Paths) -> int:
    """List the schedules: when each runs, and when next or why not."""
    running, found = found_schedules(paths, arguments.account)
    if arguments.json:
        say_json([one.public for one in found])
        return 0
    if not running:
        say("FossaTray is not running.")
    if not found:
        say(none_yet(paths))
        return 0
    speak, now = words(), utc_now()
    rows = [
        (*one.titles, speak.job(one.state.schedule.job), next_words(one.state, speak, now), one.public["when"])
        for one in found
    ]
    table(("ID", "Account", "Name", "Job", "Next run", "When"), rows, limit=_LONG_CELL)
    return 0


def add(arguments: argparse.Namespace, paths: Paths) -> int:
    """Add a schedule to an account. Raises InvalidInput for what the dialog would refuse, too."""
    with reading(paths) as reader:
        account = chosen_account(reader.accounts(), arguments.account)
        taken = [one.name for one in reader.schedules() if one.account_id == account.id]
    name = free_name(taken, words().job(arguments.job or WORK_ORDERS))
    schedule = with_options(Schedule(0, account.id, name=name), arguments, utc_now(), local_zone())
    return _tell_saved(arguments, paths, _save(paths, schedule), "added")


def edit(arguments: argparse.Namespace, paths: Paths) -> int:
    """Change what is given of a schedule. Raises InvalidInput for what the dialog would refuse, too."""
    if nothing_given(arguments):
        raise InvalidInput("There is nothing to change.", advice="What can be: fossatray schedules edit --help")
    before = one_schedule(paths, arguments.id).state.schedule
    schedule = _renamed(with_options(before, arguments, utc_now(), local_zone()), before, paths)
    changed = _save(paths, schedule, pauses=arguments.until is not None)
    return _tell_saved(arguments, paths, changed, "changed")


def remove(arguments: argparse.Namespace, paths: Paths) -> int:
    """Remove a schedule; what it ran, skipped and missed stays in the history."""
    removed = one_schedule(paths, arguments.id)
    _carry_out(paths, "remove_schedule", RemoveSchedule(arguments.id), id=arguments.id)
    _tell(arguments, removed, f"{removed.name} is removed.")
    return 0


def pause(arguments: argparse.Namespace, paths: Paths) -> int:
    """Pause a schedule, up to a moment if one is given."""
    until = None if arguments.until is None else until_from(arguments.until, utc_now(), local_zone())
    name = one_schedule(paths, arguments.id).name
    command = PauseSchedule(arguments.id, until)
    _carry_out(paths, "pause_schedule", command, id=arguments.id, until=iso(until))
    shown = "" if until is None else f" until {words().when(until, utc_now(), inside=True)}"
    _tell(arguments, one_schedule(paths, arguments.id), f"{name} is paused{shown}.")
    return 0


def resume(arguments: argparse.Namespace, paths: Paths) -> int:
    """Resume a schedule, also one that was switched off after failures."""
    before = one_schedule(paths, arguments.id)
    _carry_out(paths, "resume_schedule", ResumeSchedule(arguments.id), id=arguments.id)
    running, found = found_schedules(paths)
    one = of_id(found, arguments.id)
    what = "is resumed" if before.state.schedule.rests(utc_now()) else "was not paused"
    _tell(arguments, one, f"{one.name} {what}.{_outlook(one, running=running)}")
    return 0


def _tell_saved(arguments: argparse.Namespace, paths: Paths, schedule_id: int, what: str) -> int:
    running, found = found_schedules(paths)
    one = of_id(found, schedule_id)
    _tell(arguments, one, f"{one.name} is {what}: {visible(one.public['when'])}.{_outlook(one, running=running)}")
    return 0


def _tell(arguments: argparse.Namespace, one: Found, sentence: str) -> None:
    """Print what became of a schedule: its public form, or a sentence."""
    if arguments.json:
        say_json(one.public)
    else:
        say(sentence)


def _renamed(schedule: Schedule, before: Schedule, paths: Paths) -> Schedule:
    """Return a schedule with a name that nobody has typed following what it reads, as in the window."""
    speak = words()
    if (
        schedule.job == before.job
        or schedule.name != before.name
        or not is_given_name(before.name, speak.job(before.job))
    ):
        return schedule
    with reading(paths) as reader:
        ours = [one for one in reader.schedules() if one.account_id == before.account_id]
    return replace(schedule, name=free_name([one.name for one in ours if one.id != before.id], speak.job(schedule.job)))


def _outlook(one: Found, *, running: bool) -> str:
    """Return what comes next, as a sentence after another one; empty for a chained one."""
    speak, now = words(), utc_now()
    if one.state.held:
        return f" {visible(speak.held(one.state, now))}."
    if not running:
        return " FossaTray is not running: start it for the schedule to run."
    if one.state.next_run is None:
        return ""
    return f" Next run {speak.when(one.state.next_run, now, inside=True)}."


# --- changing -------------------------------------------------------------------------------------------------------


def _save(paths: Paths, schedule: Schedule, *, pauses: bool = False) -> int:
    """Save a schedule through the running instance, or headless; returns its id. See SaveSchedule for `pauses`."""
    asked = wished(schedule) | {"pauses": pauses}
    running, answer = ask_if_there(paths, "save_schedule", **asked)
    if running:
        return int(answer["id"])
    from fossatray.control.headless import Ear
    from fossatray.engine.conductor import Conductor

    async def job(conductor: Conductor, ear: Ear) -> Any:
        kept = schedule_from(asked, await conductor.execute(GetState()))
        return await conductor.execute(SaveSchedule(kept, pauses))

    return int(_headless(paths, job).id)


def _carry_out(paths: Paths, verb: str, command: Command, **arguments: Any) -> None:
    """Carry out a command through the running instance, or headless."""
    running, _ = ask_if_there(paths, verb, **arguments)
    if running:
        return
    from fossatray.control.headless import Ear
    from fossatray.engine.conductor import Conductor

    async def job(conductor: Conductor, ear: Ear) -> Any:
        return await conductor.execute(command)

    _headless(paths, job)


def _headless(paths: Paths, job: Any) -> Any:
    from fossatray.control.headless import run_headless
    from fossatray.system.credentials_client import KeyringCredentialStore

    return run_headless(paths, KeyringCredentialStore(), job)


VERBS = {
    "list": listing,
    "add": add,
    "edit": edit,
    "remove": remove,
    "pause": pause,
    "resume": resume,
}

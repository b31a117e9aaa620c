"""The commands `schedules next` and `schedules why`: what comes, and what became of what was to come."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from typing import Any

from fossatray.control.cli_found import Found, found_schedules, name_of, none_yet, of_id
from fossatray.control.cli_named import named_account, no_schedule
from fossatray.control.cli_output import say, say_json, table, words
from fossatray.control.cli_reports import reading
from fossatray.control.schedule_options import past_moment_from
from fossatray.core.runs import Fate, iso
from fossatray.core.schedules import next_runs
from fossatray.core.text import visible
from fossatray.core.why import Why, tell, titled
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.paths import Paths

_STOPPED = ("blocked", "no_password")


def coming(arguments: argparse.Namespace, paths: Paths) -> int:
    """Tell the next runs, of one schedule or of all; where FossaTray does not run, those that are planned."""
    running, found = found_schedules(paths, arguments.account)
    if arguments.id is not None:
        found = [of_id(found, arguments.id)]
    runs = _coming(found, arguments.count)
    if arguments.json:
        say_json([_run_json(at, one.public) for at, one in runs])
        return 0
    if not running:
        say("FossaTray is not running.")
    speak, now = words(), utc_now()
    if not found:
        say(none_yet(paths))
        return 0
    if not runs:
        say("No run is planned.")
        for one in found:
            say(f"{one.name}: {visible(speak.held(one.state, now) or one.public['when'])}.")
        return 0
    table(("When", "ID", "Account", "Name"), [(speak.when(at, now), *one.titles) for at, one in runs])
    return 0


def why(arguments: argparse.Namespace, paths: Paths) -> int:
    """Tell what became of the schedules at a past moment, from the ledger and the plan."""
    zone, now = local_zone(), utc_now()
    at = past_moment_from(arguments.moment, now, zone)
    with reading(paths) as reader:
        accounts = reader.accounts()
        if arguments.account is not None:
            accounts = [named_account(accounts, arguments.account)]
        known = [(one.name, found) for one in accounts for found in reader.why(one.id, at, zone, arguments.id)]
    if arguments.id is not None and not known:
        raise no_schedule(arguments.id)
    speak = words()
    if arguments.json:
        say_json([_why_json(name, found, tell(found, now, speak)) for name, found in known])
        return 0
    if not known:
        say(none_yet(paths))
    for name, found in known:
        called = titled(found, name_of(found.schedule.id, found.schedule.name, name), speak)
        say(f"{called}: {visible(tell(found, now, speak))}")
    return 0


def _why_json(account: str, found: Why, message: str) -> dict[str, Any]:
    """Return what is known as JSON; of a schedule that runs after another one only the run, if there is one."""
    became, run = found.occurrence, found.run
    follows = became is None and run is not None
    return {
        "schedule": found.schedule.id,
        "account": account,
        "name": found.schedule.name,
        "at": iso(found.moment.astimezone(UTC)),
        "planned_at": iso(became.planned_at) if became else None,
        "fate": became.fate.value if became else Fate.RUN.value if follows else None,
        "reason": became.reason if became else None,
        "run": became.run_id if became else run.id if run else None,
        "message": message,
        "removed_at": iso(found.removed_at),
    }


def _coming(found: list[Found], count: int) -> list[tuple[datetime, Found]]:
    """Return the first `count` runs of these schedules, ascending; of a stopped account there are none."""
    now, zone = utc_now(), local_zone()
    armed = [one for one in found if one.state.held not in _STOPPED]
    runs = [(at, one) for one in armed for at in next_runs(one.state.schedule, now, zone, count)]
    return sorted(runs, key=lambda run: (run[0], run[1].state.schedule.id))[:count]


def _run_json(at: datetime, public: dict[str, Any]) -> dict[str, Any]:
    return {"at": iso(at), "schedule": public["id"], "account": public["account"], "name": public["name"]}


VERBS = {"next": coming, "why": why}

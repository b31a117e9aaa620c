"""The reading commands: status, orders, history, changes and the list of accounts. They work without an instance."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fossatray.control.cli_output import say, say_json, table, words
from fossatray.control.client import ask_if_there
from fossatray.control.status_words import status_of
from fossatray.core.changes import Kind, told_fields
from fossatray.core.orders import Service
from fossatray.core.runs import HistoryEntry, iso
from fossatray.core.status import AccountState, AppState
from fossatray.core.text import capital, one_line, visible
from fossatray.core.why import reason_words
from fossatray.core.words import Words
from fossatray.store.public import change_json, order_json
from fossatray.store.reader import Reader
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.paths import Paths

_ABOUT_LIMIT = 100


@contextlib.contextmanager
def reading(paths: Paths) -> Iterator[Reader]:
    """Read what is stored; the reader is closed afterwards."""
    reader = Reader(paths.database)
    try:
        yield reader
    finally:
        reader.close()


def status(arguments: argparse.Namespace, paths: Paths) -> int:
    """Tell what is going on: from the running instance, else from what is stored."""
    there, data = present(paths)
    if arguments.json:
        say_json(data)
        return 0
    if not there:
        say("FossaTray is not running.")
    install = data.get("browser_install")
    if install is not None and install["error_kind"] is None:
        say(capital(words().installing(install["percentage"])))
    for account in data["accounts"]:
        say(f"{visible(account['account'])}: {visible(account['message'])}")
    if not data["accounts"]:
        say(visible(data["message"]))
    return 0


def present(paths: Paths) -> tuple[bool, dict[str, Any]]:
    """Return whether FossaTray runs, and the public form of its state, else of what is stored."""
    there, data = ask_if_there(paths, "status", timeout=10.0)
    return there, data if there else stored(paths)


def stored(paths: Paths) -> dict[str, Any]:
    """Return the public form of the state as it follows from what is stored."""
    with reading(paths) as reader:
        alive = _held(paths)
        state = reader.state(utc_now(), local_zone(), instance_alive=alive)
    if not alive:
        state = AppState(tuple(_at_rest(one) for one in state.accounts), state.fault)
    return status_of(state, utc_now(), words())


def _at_rest(account: AccountState) -> AccountState:
    """Return the state of an account that nobody is there to sync: it has no next run."""
    return replace(account, schedules=tuple(replace(one, next_run=None) for one in account.schedules))


def _held(paths: Paths) -> bool:
    """Tell whether a writer (an instance or a headless sync) holds the data folder."""
    from filelock import FileLock, Timeout

    if not paths.lock.exists():
        return False
    lock = FileLock(paths.lock, timeout=0)
    try:
        lock.acquire()
    except (Timeout, OSError):
        return True
    lock.release()
    return False


def accounts(arguments: argparse.Namespace, paths: Paths) -> int:
    """List the accounts; never their passwords or random ids."""
    with reading(paths) as reader:
        found = reader.accounts()
    if arguments.json:
        say_json([{"name": one.name, "portal": one.origin, "username": one.username} for one in found])
    elif found:
        table(("Name", "Portal", "User name"), [(one.name, one.origin, one.username) for one in found])
    else:
        say("No account yet. Add one: fossatray accounts add --name NAME --username USER --password-stdin")
    return 0


def orders(arguments: argparse.Namespace, paths: Paths) -> int:
    """List the work orders."""
    with reading(paths) as reader:
        names = {one.id: one.name for one in reader.accounts()}
        found = reader.orders(search=arguments.search, archived=arguments.archived)
    if arguments.json:
        say_json([order_json(one, names.get(one.account_id, "")) for one in found])
        return 0
    rows = []
    for one in found:
        order = one.order
        visit = order.visit.date.isoformat() if order.visit and order.visit.date else ""
        services = ", ".join(_service(one) for one in order.services)
        city = order.address.city or ""
        rows.append((order.number, order.customer, order.store_number, city, services, visit, order.status))
    if rows:
        table(("Number", "Customer", "Store", "City", "Services", "Visit", "Status"), rows)
    say(words().orders(len(rows)))
    return 0


def _service(service: Service) -> str:
    """Return "8 x 2861"; what is absent is left out."""
    name = service.code or service.description or service.group or ""
    return name if service.quantity is None else f"{service.quantity} x {name}" if name else str(service.quantity)


def history(arguments: argparse.Namespace, paths: Paths) -> int:
    """List runs and what did not run."""
    with reading(paths) as reader:
        entries = reader.history(limit=arguments.limit)
    if arguments.json:
        say_json([entry.to_json() for entry in entries])
        return 0
    if not entries:
        say("No sync yet.")
        return 0
    speak, now = words(), utc_now()
    rows = []
    for entry in entries:
        at = entry.started_at or entry.planned_at
        when = speak.when(at, now) if at else ""
        counts = entry.counts
        rows.append(
            (
                str(entry.id or ""),
                when,
                entry.account,
                entry.schedule,
                speak.job(entry.job),
                entry.trigger.value,
                entry.outcome or "running",
                *(str(count) for count in (counts.found, counts.new, counts.changed, counts.archived)),
                _why(entry, speak),
            )
        )
    table(
        (
            "ID",
            "When",
            "Account",
            "Schedule",
            "Job",
            "Trigger",
            "Outcome",
            "Found",
            "New",
            "Changed",
            "Archived",
            "Why",
        ),
        rows,
    )
    return 0


def _why(entry: HistoryEntry, speak: Words) -> str:
    if entry.error:
        return entry.error.title
    return reason_words(entry.reason, speak) if entry.reason else ""


def changes(arguments: argparse.Namespace, paths: Paths) -> int:
    """List what the syncs changed, field by field."""
    with reading(paths) as reader:
        found = reader.changes(run_id=arguments.run, kinds=[Kind(kind) for kind in arguments.kind or ()])
    if arguments.json:
        say_json([change_json(one) for one in found])
        return 0
    if not found:
        say("No changes.")
        return 0
    speak = words()
    for one in found:
        about = one_line(visible(speak.about(one.change, one.store_number)), _ABOUT_LIMIT)
        say(f"{iso(one.at)}  run {one.run_id}  {about}  {speak.change(one.change)}")
        for part in told_fields(one.change):
            say(f"    {part.name}: {_shown(part.old)} -> {_shown(part.new)}")
    return 0


def _shown(value: Any) -> str:
    return "(none)" if value is None else visible(str(value))


REPORTS = {"status": status, "orders": orders, "history": history, "changes": changes}

"""The command `dispensers`: the dispensers of your sites, and the sites that could not be read. Needs no instance."""

from __future__ import annotations

import argparse

from fossatray.control.cli_named import named_account
from fossatray.control.cli_output import say, say_json, table, words
from fossatray.control.cli_reports import reading
from fossatray.core.dispensers import StoredDispenser
from fossatray.core.locations import LocationState, StoredLocation
from fossatray.core.text import one_line, visible
from fossatray.core.words import Words
from fossatray.store.public import dispenser_json
from fossatray.store.reader import Reader
from fossatray.system.clock import utc_now
from fossatray.system.paths import Paths

_NONE_YET = "No dispensers yet. Read them: fossatray sync --job dispensers --wait"
_HEADS = ("Store", "Site", "Dispenser", "Grades", "Make", "Model", "Serial number", "Meter type", "NTEP / COC", "Read")


def dispensers(arguments: argparse.Namespace, paths: Paths) -> int:
    """List the dispensers: of all accounts or one, with a text in any field. Raises NotFound."""
    with reading(paths) as reader:
        accounts = reader.accounts()
        chosen = None if arguments.account is None else named_account(accounts, arguments.account).id
        found = reader.dispensers(chosen, arguments.search, arguments.archived)
        unread = [] if arguments.archived or arguments.search else _unread(reader, chosen)
    if arguments.json:
        names = {one.id: one.name for one in accounts}
        say_json([dispenser_json(one, names.get(one.account_id, "")) for one in found])
        return 0
    speak = words()
    if found:
        table(_HEADS, [_row(one, speak) for one in found])
    if not found and not unread and arguments.search is None and not arguments.archived:
        say(_NONE_YET)
        return 0
    say(speak.dispensers(len(found)))
    for site in unread:
        say(_told(site))
    return 0


def _row(stored: StoredDispenser, speak: Words) -> tuple[str | None, ...]:
    one = stored.dispenser
    read = speak.when(stored.read_at, utc_now())
    named = (stored.store_number, stored.site_name, one.numbers, ", ".join(one.grades))
    return (*named, one.make, one.model, one.serial, one.meter_type, one.ntep, read)


def _unread(reader: Reader, account_id: str | None) -> list[StoredLocation]:
    return [site for site in reader.locations(account_id) if site.state is not LocationState.READ]


def _told(site: StoredLocation) -> str:
    """Return what became of a site whose dispensers could not be read."""
    names = (site.location.store_number, site.location.site_name)
    name = one_line(visible(" ".join(part for part in names if part) or site.location.url), 80)
    if site.state is LocationState.GONE:
        return f"{name}: no longer in the portal."
    why = f": {site.error.message}" if site.error is not None else "."
    return f"{name}: could not be read{visible(why)}"

"""The command `stats`: how the syncs of a period went, in figures. It works without an instance."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime, time, timedelta

from fossatray.control.cli_named import named_account, no_schedule
from fossatray.control.cli_output import say, say_json, words
from fossatray.control.cli_reports import reading
from fossatray.core.errors import InvalidInput
from fossatray.core.statistics_words import statistics_lines
from fossatray.core.timetable_text import day_from
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.paths import Paths

_DAY = timedelta(days=1)


def stats(arguments: argparse.Namespace, paths: Paths) -> int:
    """Tell the figures of the days from --since to --until, both included. Raises InvalidInput or NotFound."""
    since, until = _begin_of(arguments.since), _begin_of(arguments.until, _DAY)
    if since is not None and until is not None and until <= since:
        raise InvalidInput("The period ends before it begins.", advice="Give --since the earlier day.")
    with reading(paths) as reader:
        account = None
        if arguments.account is not None:
            account = named_account(reader.accounts(), arguments.account).id
        schedule = arguments.schedule
        if schedule is not None and schedule not in {one.id for one in reader.schedules()}:
            raise no_schedule(schedule)
        found = reader.statistics(since, until, account, schedule)
    if arguments.json:
        say_json(found.to_json())
        return 0
    lines = statistics_lines(found, words(), utc_now())
    width = max(len(name) for name, _ in lines)
    for name, text in lines:
        say(f"{name:{width}}  {text}")
    return 0


def _begin_of(text: str | None, later: timedelta = timedelta()) -> datetime | None:
    """Return the beginning of a day (or of one so much later) by the wall clock, in UTC; None for none given."""
    if text is None:
        return None
    try:
        return datetime.combine(day_from(text) + later, time(), local_zone()).astimezone(UTC)
    except OverflowError:
        raise InvalidInput(f'"{text}" is too far away.') from None

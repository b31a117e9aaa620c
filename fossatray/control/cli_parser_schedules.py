"""The words of the commands `schedules` and `stats`. Imports nothing but argparse."""

from __future__ import annotations

import argparse
from collections.abc import Callable

_Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives its type no public name

DESCRIPTION = """Say when syncs run: every so many hours, at fixed times, by a cron expression, or after another
schedule; and ask when the next ones are. Changes go through the running FossaTray; without one they are made here."""


def add_schedule_verbs(
    schedules: argparse.ArgumentParser,
    command: Callable[[_Commands[argparse.ArgumentParser], str, str], argparse.ArgumentParser],
) -> None:
    """Add the verbs of `schedules`; `command` makes a parser as the other commands have it."""
    verbs = schedules.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = command(verbs, "list", "list the schedules")
    _add_account(listing, "only those of this account")
    add = command(verbs, "add", "add a schedule; without other words it runs every hour")
    _add_account(add, "the account; not needed where there is only one")
    edit = command(verbs, "edit", "change what is given, and nothing else")
    remove = command(
        verbs,
        "remove",
        "remove a schedule; what it ran, skipped and missed stays in the history",
    )
    pause = command(verbs, "pause", "pause a schedule; a sync that is running goes on to its end")
    resume = command(verbs, "resume", "let a paused or switched off schedule go on")
    for parser in (edit, remove, pause, resume):
        parser.add_argument("id", type=_number, metavar="ID", help="the schedule (see: fossatray schedules list)")
    for parser in (add, edit):
        _add_options(parser)
    pause.add_argument(
        "--until",
        default=None,
        metavar="WHEN",
        help='until this date or moment only, such as 2026-12-27 or "2026-12-27 14:00"',
    )
    coming = command(verbs, "next", "tell when the next runs are")
    coming.add_argument("id", nargs="?", type=_number, default=None, metavar="ID", help="of this schedule only")
    _add_account(coming, "of this account only")
    coming.add_argument("--count", type=_count, default=5, metavar="N", help="so many of them, up to 1000 (5)")
    why = command(verbs, "why", "tell why schedules did or did not run at a time")
    why.add_argument("moment", metavar="TIME", help='such as 14:00 (the last one), or "2026-11-22 14:00"')
    why.add_argument("id", nargs="?", type=_number, default=None, metavar="ID", help="this schedule only")
    _add_account(why, "the schedules of this account only")
    for parser in (listing, add, edit, remove, pause, resume, coming, why):
        parser.add_argument("--json", action="store_true", help="as JSON")


def add_stats_options(stats: argparse.ArgumentParser) -> None:
    """Add the options of `stats`."""
    stats.add_argument("--since", default=None, metavar="DATE", help="from this day on, such as 2026-11-01")
    stats.add_argument("--until", default=None, metavar="DATE", help="up to this day, it included")
    _add_account(stats, "of this account only")
    stats.add_argument("--schedule", type=_number, default=None, metavar="ID", help="of this schedule only")
    stats.add_argument("--json", action="store_true", help="as JSON")


def _add_account(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("--account", default=None, metavar="N", help=text)


def _add_options(parser: argparse.ArgumentParser) -> None:
    for name, value, text in (
        (
            "--name",
            "NAME",
            "your name for the schedule (without one a new schedule is called as what it reads, perhaps with a number)",
        ),
        ("--job", "JOB", "what it reads: work_orders (as it does without this) or dispensers"),
        ("--every", "HOURS", "every 0.25 to 24 hours, in steps of 0.25"),
        (
            "--minute",
            "M",
            "with --every: so many minutes past midnight the day's runs begin (0 to 59); not with --active",
        ),
        ("--times", "TIMES", "at these times of day, such as 6:00,18:30"),
        ("--cron", "FIELDS", 'by a cron expression of five fields, such as "0 6,18 * * 1-5"'),
        ("--after", "ID", "after another schedule's sync has succeeded, instead of at times; none: at times again"),
        ("--weekdays", "DAYS", "on these days only, such as mon-fri or sat,sun; all: on every day"),
        ("--active", "HOURS", "between these hours only, such as 6-22, or 22-6 overnight; off: at any hour"),
        ("--holidays", "PLACE", "not on the public holidays of a country (US) or its part (US-TX); off: on them, too"),
        ("--extra-days", "DATES", "not on these days either, such as 2026-12-24,2026-12-31; off: none"),
        (
            "--late",
            "POLICY",
            "more than 5 minutes late: run once (run), or not (skip), or if less than so many hours, 0.25 to 168",
        ),
        (
            "--until",
            "WHEN",
            'paused until this date or moment, such as 2026-12-27 or "2026-12-27 14:00"; off: not paused',
        ),
    ):
        parser.add_argument(name, default=None, metavar=value, help=text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)

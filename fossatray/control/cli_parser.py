"""The words of the command line: commands, options, their help. Imports nothing but argparse.

`fossatray --help` is answered from `help.txt` beside this module. After a change here:
`python -m fossatray.control.cli_parser` writes it anew (a test holds that both say the same).
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from fossatray import __version__
from fossatray.control.cli_parser_schedules import DESCRIPTION, add_schedule_verbs, add_stats_options

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

KINDS = (
    *("new", "updated", "rescheduled", "swapped", "replaced", "completed", "removed", "back"),
    *("dispenser_added", "dispenser_changed", "dispenser_removed"),
)
"""The kinds of change (core.changes.Kind; a test holds that they are the same)."""

_EPILOG = "Exit status: 0 done, 1 the sync failed, 2 wrong usage, 3 nothing to talk to."


class _Parser(argparse.ArgumentParser):
    """Prints its help so that what hinders that is told; argparse keeps quiet and ends as if all were well."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        if file is not sys.stdout or not message:
            super()._print_message(message, file)
            return
        from fossatray.control.cli_output import say
        from fossatray.control.cli_run import DONE, with_status

        def show() -> int:
            say(message.removesuffix("\n"))
            return DONE

        status = with_status(show)
        if status != DONE:
            raise SystemExit(status)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser: argparse.ArgumentParser = _Parser(
        prog="fossatray",
        description="Keeps your work orders from the WorkFossa portal in sync, from the system tray.",
        epilog=_EPILOG,
    )
    parser.add_argument("--version", action="version", version=f"FossaTray {__version__}")
    parser.add_argument("--background", action="store_true", help="start without opening a window")
    _add_data_dir(parser, None)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for add in (_add_accounts, _add_sync, _add_portal, _add_schedules, _add_reports, _add_demo):
        add(commands)
    return parser


_Commands = argparse._SubParsersAction  # noqa: SLF001 - argparse gives its type no public name


def _add_data_dir(parser: argparse.ArgumentParser, default: object) -> None:
    parser.add_argument(
        "--data-dir", default=default, metavar="DIR", help="keep everything in DIR (or FOSSATRAY_DATA_DIR)"
    )


def _command(commands: _Commands[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=_EPILOG)
    _add_data_dir(parser, argparse.SUPPRESS)
    return parser


def _add_accounts(commands: _Commands[argparse.ArgumentParser]) -> None:
    accounts = commands.add_parser("accounts", help="add, list, test or remove accounts", epilog=_EPILOG)
    verbs = accounts.add_subparsers(dest="verb", required=True, metavar="VERB")
    add = _command(verbs, "add", "add an account, or give one that is there its new password")
    add.add_argument("--name", required=True, help="your name for the account")
    add.add_argument("--portal", default=None, metavar="URL", help="the portal's address (https://app.workfossa.com)")
    add.add_argument("--username", default=None, help="what you sign in with, an e-mail address")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    listing = _command(verbs, "list", "list the accounts")
    listing.add_argument("--json", action="store_true", help="as JSON")
    test = _command(verbs, "test", "sign in once to see that it works")
    test.add_argument("--name", default=None, help="the account; not needed where there is only one")
    test.add_argument(
        "--password-stdin",
        action="store_true",
        help="with a password from standard input, not kept (while FossaTray is not running)",
    )
    forget = _command(verbs, "forget-session", "forget the session that is kept, so that the next sync signs in")
    forget.add_argument("--name", default=None, help="the account; not needed where there is only one")
    remove = _command(verbs, "remove", "remove an account with its orders, history and password")
    remove.add_argument("--name", required=True, help="the account")


def _add_sync(commands: _Commands[argparse.ArgumentParser]) -> None:
    sync = _command(commands, "sync", "sync now")
    sync.add_argument("--account", default=None, metavar="N", help="this account only")
    sync.add_argument("--job", default="work_orders", choices=("work_orders", "dispensers"), help="%(choices)s")
    sync.add_argument("--force", action="store_true", help="with --job dispensers: also those that were read lately")
    sync.add_argument(
        "--believe", action="store_true", help="also where the portal no longer shows what it showed before"
    )
    sync.add_argument("--wait", action="store_true", help="wait for the end; works without a running FossaTray, too")
    sync.add_argument("--json", action="store_true", help="as JSON")
    sync.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input (with --wait, while FossaTray is not running)",
    )
    cancel = _command(commands, "cancel", "cancel the sync, or the installation of a browser, that is running")
    cancel.add_argument("--account", default=None, metavar="N", help="the sync of this account only")
    for name, text in (("pause", "pause the scheduled syncs"), ("resume", "let the scheduled syncs go on")):
        switch = _command(commands, name, text)
        switch.add_argument("--account", default=None, metavar="N", help="this account only")
    show = _command(commands, "show", "open a page of the running FossaTray")
    pages = ("orders", "dispensers", "history", "statistics", "progress", "settings")
    show.add_argument("page", choices=pages, metavar="PAGE", help="%(choices)s")
    _command(commands, "quit", "quit the running FossaTray")
    _command(commands, "install-browser", "install a browser, where there is none that reads the portal")


def _add_portal(commands: _Commands[argparse.ArgumentParser]) -> None:
    text = "hold the portal profile beside the portal, or copy it to mend it"
    portal = commands.add_parser("portal", help=text, description=text[0].upper() + text[1:] + ".", epilog=_EPILOG)
    verbs = portal.add_subparsers(dest="verb", required=True, metavar="VERB")
    check = _command(verbs, "check", "sign in and say, step by step, what of the profile is found in the portal")
    check.add_argument("--profile", default=None, metavar="FILE", help="this profile instead of the one that syncs use")
    check.add_argument("--account", default=None, metavar="N", help="the account; not needed where there is only one")
    check.add_argument(
        "--password-stdin",
        action="store_true",
        help="with a password from standard input, not kept (while FossaTray is not running)",
    )
    check.add_argument("--json", action="store_true", help="as JSON")
    profile = _command(verbs, "profile", "print the profile that comes with FossaTray")
    profile.add_argument("--copy", action="store_true", help="copy it to where your own is looked for")


def _add_schedules(commands: _Commands[argparse.ArgumentParser]) -> None:
    text = "say when syncs run, and ask when the next ones are"
    schedules = commands.add_parser("schedules", help=text, description=DESCRIPTION, epilog=_EPILOG)
    add_schedule_verbs(schedules, _command)


def _add_reports(commands: _Commands[argparse.ArgumentParser]) -> None:
    status = _command(commands, "status", "tell what is going on")
    orders = _command(commands, "orders", "list the work orders")
    orders.add_argument("--search", default=None, metavar="TEXT", help="only those that hold TEXT in any field")
    orders.add_argument("--archived", action="store_true", help="those that are no longer in your open list")
    dispensers = _command(commands, "dispensers", "list the dispensers of your sites")
    dispensers.add_argument("--search", default=None, metavar="TEXT", help="only those that hold TEXT in any field")
    dispensers.add_argument("--account", default=None, metavar="N", help="of this account only")
    dispensers.add_argument("--archived", action="store_true", help="those that are no longer there")
    history = _command(commands, "history", "list what ran, and what did not and why")
    history.add_argument("--limit", type=_count, default=50, metavar="N", help="the newest N (50)")
    _add_evidence(commands)
    changes = _command(commands, "changes", "list what the syncs changed")
    changes.add_argument("--run", type=_count, default=None, metavar="ID", help="of this run only (see history)")
    changes.add_argument(
        "--kind",
        action="append",
        choices=KINDS,
        metavar="KIND",
        help="of this kind only (may be given again): %(choices)s",
    )
    add_stats_options(_command(commands, "stats", "tell how the syncs of a period went, in figures"))
    for parser in (status, orders, dispensers, history, changes):
        parser.add_argument("--json", action="store_true", help="as JSON")


def _add_evidence(commands: _Commands[argparse.ArgumentParser]) -> None:
    text = "list or delete what is kept of failed syncs"
    evidence = commands.add_parser("evidence", help=text, epilog=_EPILOG)
    verbs = evidence.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = _command(verbs, "list", "list the syncs of which the portal's page is kept, masked")
    listing.add_argument("--json", action="store_true", help="as JSON")
    delete = _command(verbs, "delete", "delete what is kept of failed syncs")
    delete.add_argument("--run", type=_count, default=None, metavar="ID", help="of this run only (see history)")


def _add_demo(commands: _Commands[argparse.ArgumentParser]) -> None:
    demo = commands.add_parser("demo", help="try FossaTray on a practice portal, with made-up orders")
    demo.add_argument("--once", action="store_true", help="end after the first sync, with a summary")
    demo.add_argument("--orders", type=_count, default=60, metavar="N", help="how many made-up orders (60)")
    portal = commands.add_parser("practice-portal", help="start the practice portal alone")
    portal.add_argument("--port", type=int, default=0, metavar="N", help="the port on 127.0.0.1 (0: any free one)")
    portal.add_argument("--orders", type=_count, default=60, metavar="N", help="how many made-up orders (60)")
    portal.add_argument("--seed", type=int, default=1, metavar="N", help="the seed of the made-up data (1)")
    portal.add_argument(
        "--change-every", type=_seconds, default=0, metavar="SECONDS", help="change a few orders this often (0: never)"
    )
    portal.add_argument("--mishap", action="append", default=[], metavar="NAME", help="misbehave (may be given again)")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def _seconds(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of seconds")
    return int(text)


def _write_help() -> None:
    from pathlib import Path

    Path(__file__).with_name("help.txt").write_text(make_parser().format_help(), encoding="utf-8")


if __name__ == "__main__":
    _write_help()

"""Carries out the commands of the command line and turns every outcome into the promised exit status."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from fossatray.control import cli_output
from fossatray.core.errors import FossaError, InvalidInput, NoInstance
from fossatray.system.paths import Paths, app_paths, prepare

DONE, FAILED, USAGE, NOBODY = 0, 1, 2, 3


def run(arguments: argparse.Namespace) -> int:
    """Carry out one parsed command; returns 0 done, 1 failed, 2 wrong usage, 3 nothing to talk to."""
    return with_status(
        lambda: _carry_out(arguments, app_paths(arguments.data_dir if "data_dir" in arguments else None))
    )


def with_status(step: Callable[[], int]) -> int:
    """Take a step that prints; returns its exit status, or that of what hindered it, which is told in plain words."""
    try:
        status = step()
        cli_output.flush()
        return status
    except NoInstance as error:
        cli_output.complain(error)
        return NOBODY
    except InvalidInput as error:
        cli_output.complain(error)
        return USAGE
    except cli_output.OutputFailed as error:
        cli_output.discard()
        cli_output.complain(error)
        return FAILED
    except FossaError as error:
        cli_output.complain(error)
        return FAILED
    except KeyboardInterrupt:
        return FAILED
    except BrokenPipeError:  # whoever read it has seen enough
        cli_output.discard()
        return DONE


def _carry_out(arguments: argparse.Namespace, paths: Paths) -> int:
    command = arguments.command
    if command in ("status", "orders", "history", "changes"):
        from fossatray.control import cli_reports

        return cli_reports.REPORTS[command](arguments, paths)
    if command == "accounts" and arguments.verb == "list":
        from fossatray.control import cli_reports

        return cli_reports.accounts(arguments, paths)
    if command == "dispensers":
        from fossatray.control import cli_dispensers

        return cli_dispensers.dispensers(arguments, paths)
    if command == "stats":
        from fossatray.control import cli_stats

        return cli_stats.stats(arguments, paths)
    if command == "schedules":
        return _schedules(arguments, paths)
    prepare(paths)
    if command == "accounts":
        from fossatray.control import cli_accounts

        return cli_accounts.VERBS[arguments.verb](arguments, paths)
    if command == "evidence":
        from fossatray.control import cli_evidence

        return cli_evidence.VERBS[arguments.verb](arguments, paths)
    if command == "portal":
        from fossatray.control import cli_portal

        return cli_portal.VERBS[arguments.verb](arguments, paths)
    if command == "install-browser":
        from fossatray.control import cli_browser

        return cli_browser.install_browser(arguments, paths)
    if command in ("pause", "resume", "show"):
        from fossatray.control import cli_steering

        return cli_steering.COMMANDS[command](arguments, paths)
    from fossatray.control import cli_sync

    return cli_sync.COMMANDS[command](arguments, paths)


def _schedules(arguments: argparse.Namespace, paths: Paths) -> int:
    """Carry out a command of `schedules`; those that change something need the folders."""
    if arguments.verb in ("next", "why"):
        from fossatray.control import cli_coming

        return cli_coming.VERBS[arguments.verb](arguments, paths)
    from fossatray.control import cli_schedules

    if arguments.verb != "list":
        prepare(paths)
    return cli_schedules.VERBS[arguments.verb](arguments, paths)

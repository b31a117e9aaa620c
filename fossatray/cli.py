"""The command line's door: parses the words and hands them to the room that carries them out, imported late.

`--help` answers from a file before anything else is imported: making argparse's parsers would double its time.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False  # typing's own costs 5 ms of a quick answer
if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line (without a command: start the tray). Returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words in (["--help"], ["-h"]):
        return _show_help()
    if words[:1] == ["child"] and len(words) == 2 and getattr(sys, "frozen", False):
        from fossatray.system.child import run_role

        run_role(words[1])  # a frozen program starts itself for its children
        return 0
    if not words or words[0] in ("--background", "--data-dir"):  # what login does: the icon waits for no argparse
        started = _plain_start(words)
        if started is not None:
            return started
    arguments = _parsed(words)
    if arguments.data_dir is not None:
        from pathlib import Path

        arguments.data_dir = Path(arguments.data_dir)
    if arguments.command is None:
        return _start(arguments.data_dir, background=arguments.background)
    if arguments.command == "practice-portal":
        from fossatray.demo.command import run_practice_portal

        wanted = arguments.port, arguments.orders, arguments.seed, arguments.mishap
        return run_practice_portal(*wanted, change_every=arguments.change_every)
    if arguments.command == "demo":
        from fossatray.app.demo import start_demo

        return start_demo(once=arguments.once, orders=arguments.orders)
    from fossatray.control.cli_run import run

    status = run(arguments)
    if argv is None:
        gc.freeze()  # else the interpreter looks through all that was loaded when it ends, which takes it 50 ms
    return status


def _show_help() -> int:
    """Print `control/help.txt`, which `python -m fossatray.control.cli_parser` writes anew."""
    file = os.path.join(os.path.dirname(__file__), "control", "help.txt")  # noqa: PTH118, PTH120 - pathlib costs 5 ms
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123
        text = opened.read()
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except (OSError, AttributeError) as error:  # a full disk, a reader that has gone, or None: closed from the start
        return _hindered(error)
    return 0


def _hindered(error: OSError | AttributeError) -> int:
    """Return the exit status of what could not be written, after plain words about what hinders it."""
    from fossatray.control.cli_output import output
    from fossatray.control.cli_run import DONE, with_status

    def tell() -> int:
        with output():
            if isinstance(error, OSError):
                raise error
        return DONE

    return with_status(tell)


def _parsed(words: Sequence[str]) -> Namespace:
    """Parse the words. Raises SystemExit, as argparse does, after a help, the version, or what is wrong with them."""
    from fossatray.control.cli_parser import make_parser

    return make_parser().parse_args(words)


def _plain_start(words: Sequence[str]) -> int | None:
    """Start for nothing but `--background` and `--data-dir DIR`; None for all else, which argparse reads."""
    rest = [word for word in words if word != "--background"]
    if not rest:
        return _start(None, background=bool(words))
    if len(rest) == 2 and rest[0] == "--data-dir" and not rest[1].startswith("-"):
        from pathlib import Path

        return _start(Path(rest[1]), background=len(rest) < len(words))
    return None


def _start(data_dir: Path | None, *, background: bool) -> int:
    from fossatray.app.main import start

    return start(data_dir, background=background)


if __name__ == "__main__":
    sys.exit(main())

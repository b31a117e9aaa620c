"""The two commands: demo and test. Each sets up what it needs, says so step by step, then hands over to the program."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from types import FrameType

from installers.linux import packages
from installers.linux.session import desktop
from installers.setup import browsers
from installers.setup.environment import Environment
from installers.setup.steps import ROOT, SetupError, clean_environment, is_root, step

SIDE_BY_SIDE = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadfile")
"""The tests run in a process a processor, a file's tests in one of them; ``test -- -n 0`` runs them one by one."""

INTERRUPTED = 130
"""The exit status of a program that Ctrl+C ended, as shells count it."""

ORDERLY_SECONDS = 15.0
"""How long the program may take to end when the set-up is told to; its own promise is 5 s."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status: the program's own, or 1 if the set-up failed."""
    options, rest = parse(sys.argv[1:] if arguments is None else arguments)
    started = time.monotonic()
    print(f"FossaTray, set-up for '{options.command}'")
    try:
        with ending_on_signals():
            environment = set_up(options.command, interactive=sys.stdin.isatty())
            print(f"Ready after {time.monotonic() - started:.1f} s.\n", flush=True)
            if options.command == "demo":
                return demo(environment, [*(["--once"] if options.once else []), *rest])
            return run_program([str(environment.python), "-P", "-m", "pytest", *SIDE_BY_SIDE, *rest], {})
    except SetupError as trouble:
        print(f"\n{trouble}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr, flush=True)
        return INTERRUPTED


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The options, and what goes on to the program: all after ``--``, for test also what is not known here."""
    own, rest = list(arguments), []
    if "--" in own:
        at = own.index("--")
        own, rest = own[:at], own[at + 1 :]
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set FossaTray up and start it.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo_parser = commands.add_parser("demo", help="try FossaTray with the practice portal")
    demo_parser.add_argument("--once", action="store_true", help="sync once, print what was found, and end")
    commands.add_parser("test", help="run all tests; pytest's own arguments may follow")
    options, unknown = parser.parse_known_args(own)
    if unknown and options.command == "demo":
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    return options, [*unknown, *rest]


def set_up(command: str, *, interactive: bool) -> Environment:
    """Provide all that the command needs; steps that find everything there do nothing.

    Raises:
        SetupError: something cannot be had; it says what helps.
    """
    with step("Python") as this:
        this.outcome = f"ok, {sys.version.split()[0]}"
    environment = Environment()
    if sys.platform == "linux":
        with step("System packages") as this:
            this.outcome = packages.provide(
                linux_needs(command, environment), as_root=is_root(), manager=packages.find_manager()
            )
    environment.prepare()
    with step("Browser") as this:
        this.outcome = browsers.offer_playwright_browser(environment, interactive=interactive)
    return environment


def linux_needs(command: str, environment: Environment) -> list[packages.Need]:
    """What the command needs from a Linux system at this moment."""
    needs: list[packages.Need] = [*packages.QT, *packages.PLAYWRIGHT]
    if not environment.is_ready():
        needs.append(packages.python_venv())
    if command == "test":
        return [*needs, *packages.DESKTOP]
    browser = browsers.system_need()
    if browser.packages:  # elsewhere Playwright's own is offered when the environment is there
        needs.append(browser)
    if not packages.has_screen():
        needs += packages.VIRTUAL_SCREEN
    if not packages.has_session_bus():
        needs += packages.SESSION_BUS
    return needs


def demo(environment: Environment, arguments: Sequence[str]) -> int:
    """Start the demo, on a virtual screen where there is none; returns its exit status."""
    command = [str(environment.python), "-P", "-m", "fossatray.cli", "demo", *arguments]
    with ExitStack() as stack:
        more: dict[str, str] = {}
        if sys.platform == "linux":
            no_screen = not packages.has_screen()
            if no_screen:
                print("There is no screen here: the demo runs on a virtual one (Xvfb), which ends with it.", flush=True)
            more = stack.enter_context(desktop(screen=no_screen, bus=not packages.has_session_bus()))
        return run_program(command, more)


def run_program(command: Sequence[str], more: dict[str, str]) -> int:
    """Run the program in this terminal and pass signals on; returns its exit status (128 + number if by a signal)."""

    def leave_it_to_the_program(_number: int, _frame: FrameType | None) -> None:
        """Ctrl+C reaches the program, too, which ends in its own orderly way; raising here could lose its status."""

    before = signal.signal(signal.SIGINT, leave_it_to_the_program)
    process = subprocess.Popen(list(command), cwd=ROOT, env=clean_environment(**more))
    try:
        status = process.wait()
    except SystemExit:
        process.terminate()
        try:
            process.wait(ORDERLY_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    finally:
        signal.signal(signal.SIGINT, before)
    return status if status >= 0 else 128 - status


@contextmanager
def ending_on_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP unwind this program, so that what it started ends with it."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    names = ("SIGTERM", "SIGHUP") if sys.platform != "win32" else ("SIGTERM",)
    before = {getattr(signal, name): signal.signal(getattr(signal, name), end) for name in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

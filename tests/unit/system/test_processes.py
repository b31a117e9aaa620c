"""Children: how they are started, what they may know, and that every one of them ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fossatray.system.processes import (
    child_command,
    child_environment,
    end_tree,
    remove_run_folder,
)

SLEEPER = "import sys, time; print('up', flush=True); time.sleep(60)"
FAMILY = """
import os, subprocess, sys
children = [
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True, env={"A": "1"}),
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]),
]
print(*(child.pid for child in children), flush=True)
children[0].wait()
"""


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def start(started: list[subprocess.Popen[str]], code: str, **env: str) -> tuple[subprocess.Popen[str], list[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env or None, start_new_session=True
    )
    started.append(process)
    assert process.stdout is not None
    return process, process.stdout.readline().split()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_child_finds_fossatray_from_any_folder_and_imports_nothing_from_there(own_home: Path) -> None:
    (own_home / "json.py").write_text("raise SystemExit('imported from the current folder')")
    result = subprocess.run(
        child_command("credentials"),
        input=b"nonsense",
        capture_output=True,
        cwd=own_home,
        env=child_environment(),
        check=True,
    )
    assert result.stderr == b""
    assert b'"kind": "credentials"' in result.stdout


def test_a_frozen_build_calls_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert child_command("scrape") == [sys.executable, "child", "scrape"]


def test_an_unknown_role_is_refused() -> None:
    with pytest.raises(KeyError):
        child_command("party")


@pytest.mark.parametrize(
    "name", ["DEBUG", "DEBUG_FILE", "PWDEBUG", "PW_TEST", "NODE_OPTIONS", "SSLKEYLOGFILE", "PYTHONPATH", "LD_PRELOAD"]
)
def test_what_could_make_a_child_talk_is_not_handed_on(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert name not in child_environment()


def test_the_environment_holds_what_is_needed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("LC_TIME", "C")
    monkeypatch.setenv("TMPDIR", "/elsewhere")
    chosen = child_environment({"MORE": "1"}, run_folder=tmp_path)
    assert chosen["DBUS_SESSION_BUS_ADDRESS"] == "unix:path=/nowhere"
    assert {"HOME", "PATH", "LC_TIME", "XDG_RUNTIME_DIR"} <= chosen.keys()
    assert (chosen["MORE"], chosen["TMPDIR"]) == ("1", str(tmp_path))
    assert "TMPDIR" not in child_environment()


def test_a_tree_ends_with_its_foreign_groups_and_stopped_processes(started: list[subprocess.Popen[str]]) -> None:
    process, words = start(started, FAMILY)
    away, near = map(int, words)
    os.kill(away, signal.SIGSTOP)
    assert end_tree(process.pid) == []
    assert gone(away)
    assert gone(near)
    assert process.wait() == -signal.SIGKILL, "the exit status must be left to whoever started the child"


def test_stragglers_are_found_by_the_runs_folder_when_the_child_is_gone(
    started: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "r1"
    by_environment, _ = start(started, SLEEPER, TMPDIR=str(folder))
    by_argument = subprocess.Popen(
        [sys.executable, "-c", SLEEPER, f"--user-data-dir={folder}/profile"], stdout=subprocess.PIPE, text=True
    )
    started.append(by_argument)
    bystander, _ = start(started, SLEEPER, TMPDIR=f"{folder}0")
    os.kill(by_environment.pid, signal.SIGSTOP)
    assert end_tree(None, run_folder=folder) == []
    assert by_environment.wait() == by_argument.wait() == -signal.SIGKILL
    assert bystander.poll() is None


def test_a_process_that_is_no_child_of_ours_is_left_alone(started: list[subprocess.Popen[str]]) -> None:
    process, words = start(started, FAMILY)
    grandchild = int(words[0])
    assert end_tree(grandchild) == []
    assert end_tree(os.getppid()) == []
    assert not gone(grandchild)
    assert end_tree(process.pid) == []


def test_an_ended_child_is_no_error() -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert end_tree(process.pid) == []


def test_only_a_folder_right_inside_runs_is_removed(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    (runs / "r1" / "deep").mkdir(parents=True)
    (tmp_path / "precious").mkdir()
    (runs / "link").symlink_to(tmp_path / "precious")
    assert remove_run_folder(runs / "r1", runs=runs)
    assert remove_run_folder(runs / "link", runs=runs)
    assert remove_run_folder(runs / "never-was", runs=runs)
    assert (tmp_path / "precious").is_dir()
    for wrong in (runs, tmp_path / "precious", runs / ".."):
        with pytest.raises(ValueError, match="not a run's folder"):
            remove_run_folder(wrong, runs=runs)


def in_child(code: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)


def test_no_core_dump_is_left() -> None:
    code = (
        "import resource; from fossatray.system.core_dumps import forbid_core_dumps as f; f(); f();"
        "print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    assert in_child(code).stdout.strip() in (b"(1, 1)", b"(0, 0)")


def test_prints_do_not_reach_the_protocol() -> None:
    code = (
        "import os; from fossatray.system.processes import redirect_protocol_stdout as r; p = r();"
        "print('noise', flush=True); os.write(1, b'more'); p.write(b'answer'); p.close()"
    )
    result = in_child(code)
    assert result.stdout == b"answer"
    assert result.stderr == b"noise\nmore"

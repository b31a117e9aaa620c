"""The habits of CONTRIBUTING.md that no linter knows."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.unit.house.sources import ROOT, modules, place, project_files, tree

LONGEST_MODULE = 400
LONGEST_FUNCTION = 80

STARTERS = {
    "asyncio": {"create_subprocess_exec", "create_subprocess_shell", "to_thread"},
    "os": {"fork", "forkpty", "popen", "posix_spawn", "posix_spawnp", "spawnl", "spawnv", "startfile", "system"},
    "subprocess": {"Popen", "call", "check_call", "check_output", "run", "getoutput", "getstatusoutput"},
    "threading": {"Thread", "Timer"},
}
"""What starts a thread or a process, by module."""

STARTING_ROOMS = ("fossatray/engine/", "fossatray/system/credentials", "fossatray/demo/", "fossatray/control/client.py")

PASSED_ON = {
    "fossatray/core/words.py: title",  # an error's, or the literal for none
    "fossatray/ui/texts.py: part",  # one of an error's texts
    "fossatray/ui/words_qt.py: text",  # the function that Words calls with its literals
}
"""Where a text that is a literal elsewhere is handed to the translation."""

MACHINE = re.compile(
    "|".join(
        [
            r"(?<![\w.])/(?:root|home|Users)/\w",
            r"(?<![\w.])/work/(?:main|shared|\.)",
            r"(?<![\w.])/tmp/" + "team",
            r"\b(?:files\.)?python" + r"hosted\.org",
            r"\bpypi" + r"\.org",
            r"\bnpm" + r"js\.org",
            r"\bdeb\.debian" + r"\.org",
        ]
    )
)
"""Places of one machine, and hosts of package registries: which one is used is everybody's own affair."""


def none_of(offences: Iterable[str]) -> None:
    """Fail with the whole list, a line each."""
    lines = list(offences)
    if lines:
        pytest.fail("\n".join(["not our habit:", *lines]), pytrace=False)


def test_modules_fit_in_the_head() -> None:
    lengths = {place(path): len(path.read_text("utf-8").splitlines()) for path in modules()}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_do_one_thing() -> None:
    long = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{place(path, node)} {node.name}"] = length
    assert long == {}


def test_no_error_is_swallowed_whole() -> None:
    """``except Exception: pass`` hides bugs, ``...`` and ``continue`` no less."""
    none_of(
        place(path, node)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and _is_broad(node.type)
        and all(_does_nothing(line) for line in node.body)
    )


def test_threads_and_processes_are_started_in_their_rooms_alone() -> None:
    none_of(
        f"{place(path, node)} {name}"
        for path in modules("fossatray")
        if not path.relative_to(ROOT).as_posix().startswith(STARTING_ROOMS)
        for node, name in _starts(tree(path))
    )


def test_every_tr_takes_a_literal() -> None:
    """The translation tools read the sources: what is put together at run time is never translated.

    An error's own texts are literals of their classes, which the tools read there.
    """
    wrong = []
    for path in modules("fossatray"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                name = _called(node)
                text = node.args[0] if name == "tr" and node.args else None
                if name == "translate" and len(node.args) >= 2:
                    text = node.args[1]
                if text is not None and not _is_literal(text) and not _is_error_text(path, text):
                    wrong.append(f"{place(path, node)} {ast.unparse(text)}")
    none_of(wrong)


def test_tests_do_not_sleep() -> None:
    """They wait on conditions; asyncio.sleep(0) gives others their turn and is no wait."""
    none_of(
        place(path, node)
        for path in modules("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and _called(node) == "sleep" and not _is_zero(node)
    )


def test_nothing_is_global() -> None:
    none_of(place(path, node) for path in modules() for node in ast.walk(tree(path)) if isinstance(node, ast.Global))


@pytest.mark.parametrize("folder", ["fossatray", "installers", "benchmarks"])
def test_nothing_is_left_to_be_done(folder: str) -> None:
    words = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XXX|HACK)\b")
    none_of(place(path) for path in modules(folder) if words.search(path.read_text("utf-8")))


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in project_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        found += [f"{place(path)}: {match.group()}" for match in MACHINE.finditer(text)]
    none_of(found)


@pytest.mark.parametrize(
    "text", ["see " + "/ro" + "ot/x", "/wo" + "rk/main/a", "https://py" + "pi.org/x", "/ho" + "me/ann"]
)
def test_the_search_for_machines_finds_them(text: str) -> None:
    assert MACHINE.search(text)


def test_the_search_for_starts_finds_them() -> None:
    code = """
        import os, subprocess as s
        from threading import Thread
        s.run(["x"])
        Thread(target=print).start()
        os.system("x")
        os.getpid()
    """
    found = {name for _, name in _starts(ast.parse(textwrap.dedent(code)))}
    assert found == {"subprocess.run", "threading.Thread", "os.system"}


def _is_broad(kind: ast.expr | None) -> bool:
    names = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"}) for name in names
    )


def _does_nothing(line: ast.stmt) -> bool:
    return isinstance(line, (ast.Pass, ast.Continue)) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


def _is_literal(text: ast.expr) -> bool:
    return isinstance(text, ast.Constant) and isinstance(text.value, str)


def _is_error_text(path: Path, text: ast.expr) -> bool:
    if isinstance(text, ast.Attribute):
        return text.attr in {"title", "message", "advice"}
    return f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(text)}" in PASSED_ON


def _called(node: ast.Call) -> str:
    """The last part of what is called."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _is_zero(node: ast.Call) -> bool:
    return bool(node.args) and isinstance(node.args[0], ast.Constant) and node.args[0].value == 0


def _starts(module: ast.Module) -> Iterator[tuple[ast.Call, str]]:
    """Calls of what starts a thread or a process, under whatever name it was imported."""
    names: dict[str, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name: alias.name for alias in node.names if alias.name in STARTERS}
        elif isinstance(node, ast.ImportFrom) and node.module in STARTERS:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            head, _, tail = ast.unparse(node.func).partition(".")
            full = ".".join(part for part in (names.get(head, ""), tail) if part)
            owner, _, what = full.partition(".")
            if what in STARTERS.get(owner, set()):
                yield node, full


def test_sources_are_found() -> None:
    """The tests above look at something."""
    assert Path(__file__) in modules("tests")
    assert len(modules("fossatray")) > 30

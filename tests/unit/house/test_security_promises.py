"""SECURITY.md's promises name tests that exist; and the promises that are tested nowhere else."""

from __future__ import annotations

import ast
import ipaddress
import re
from pathlib import Path

import pytest

from fossatray.demo.portal import PracticePortal
from tests.unit.house.sources import ROOT, modules, place, tree

PAGE = ROOT / "SECURITY.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
SECTIONS = ("Reporting a vulnerability", "Against whom", "Promises", "Limits, said plainly")


def section(title: str) -> str:
    """The text under one heading of the second level."""
    text = PAGE.read_text("utf-8")
    return re.split(r"^## ", text.partition(f"\n## {title}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def promises() -> list[str]:
    return re.findall(r"^- (.+?)(?=^- |^#|\Z)", section("Promises"), re.MULTILINE | re.DOTALL)


def names_in(file: Path) -> set[str]:
    found = {node.name for node in tree(file).body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    return {name for name in found if name.startswith("test_")}


def test_the_page_has_its_sections() -> None:
    assert [title for title in SECTIONS if not section(title).strip()] == []
    assert len(promises()) > 30


def test_every_test_that_is_named_exists() -> None:
    named = NAMED.findall(PAGE.read_text("utf-8"))
    missing = [
        f"{file}::{test}" for file, test in named if not (ROOT / file).is_file() or test not in names_in(ROOT / file)
    ]
    assert missing == []
    assert len(named) > 45


def test_every_promise_names_a_test() -> None:
    assert [promise for promise in promises() if not NAMED.search(promise)] == []


def test_nothing_looks_like_a_test_and_is_read_by_nobody() -> None:
    text = PAGE.read_text("utf-8")
    assert len(re.findall(r"::test_", text)) == len(NAMED.findall(text))


# --- promises that are tested nowhere else ----------------------------------------------------------------------------

OPENS_SECRETS = {
    "fossatray/core/secret.py": 1,  # comparing two
    "fossatray/core/wire.py": 1,  # the engine's answer to its own child
    "fossatray/portal/session_seal.py": 1,  # the key that opens the kept session
    "fossatray/portal/sign_in.py": 1,  # into the page
    "fossatray/system/credentials.py": 1,  # into the keyring
    "fossatray/system/credentials_client.py": 1,  # to the helper
    "fossatray/system/logs.py": 1,  # what to redact
}


def test_a_secret_is_opened_in_few_places() -> None:
    opened = {place(path): calls_of("reveal", path) for path in modules("fossatray")}
    assert {name: count for name, count in opened.items() if count} == OPENS_SECRETS


def calls_of(name: str, path: Path) -> int:
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    return sum(isinstance(call.func, ast.Attribute) and call.func.attr == name for call in calls)


@pytest.mark.parametrize("name", ["fill", "type", "press_sequentially", "start_har", "storage_state", "screenshot"])
def test_the_scrape_uses_nothing_that_writes_down_what_is_typed(name: str) -> None:
    """`fill` and `type` put the text into errors and logs; recordings and pictures hold it, too.

    The one picture is of a masked copy: see test_the_picture_shows_nothing_that_is_not_in_the_copy.
    """
    found = {place(path): calls_of(name, path) for path in modules("fossatray") if "portal" in path.parts}
    of_the_copy = {"fossatray/portal/evidence.py": 1} if name == "screenshot" else {}
    assert {module: calls for module, calls in found.items() if calls} == of_the_copy


def test_no_request_on_the_socket_has_a_password() -> None:
    """What the command line asks the running program has no argument for one, and nothing there takes one."""
    wrong = []
    for path in (*(ROOT / "fossatray" / "control").glob("*.py"), *(ROOT / "fossatray" / "app").glob("*.py")):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("ask", "ask_if_there"):
                wrong += [place(path, node) for part in (*node.args, *node.keywords) if "password" in ast.unparse(part)]
    verbs = tree(ROOT / "fossatray" / "control" / "verbs.py")
    texts = [node.value for node in ast.walk(verbs) if isinstance(node, ast.Constant)]
    taken = [text for text in texts if isinstance(text, str) and text.casefold() == "password"]
    assert (wrong, taken) == ([], [])


def test_the_practice_portal_listens_on_loopback_alone() -> None:
    with PracticePortal(orders=1) as portal:
        host, port = portal._server.socket.getsockname()
    assert ipaddress.ip_address(host).is_loopback
    assert portal.origin == f"http://{host}:{port}"

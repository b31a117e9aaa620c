"""docs/mishaps.md says what the program does: kinds, words, advice and tries are the code's, each row has its test."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from fossatray.core.errors import FossaError, error_kinds
from fossatray.core.messages import ORDER_LIMIT
from fossatray.core.wire import LINE_LIMIT
from fossatray.demo.mishaps import Mishap
from fossatray.engine.parts import Limits
from fossatray.engine.retry import is_transient
from fossatray.portal.profile import ADVICE as PROFILE_ADVICE
from fossatray.portal.profile import load_profile
from fossatray.store.defaults import DEFAULTS
from tests.harness.mishap_rows import MASKED_PAGE, ROWS, TABLE, Row

TESTS = Path(__file__).parents[2]
EVIDENCE = {MASKED_PAGE, "none"}
SITES = "Sites and their dispensers"
"""Where an error is a site's, not the sync's: a site that could not be read is read anew with the next sync."""
KEPT = {"as it was", "of this site as it was, the others read"}
DAMAGED = "damaged, backups are kept"
STOPPED = {"sign_in_refused": "when the sign-in is changed", "sign_in_locked": "after an hour"}
"""What the engine does beyond trying again: see engine.gates."""
WITHOUT_A_PAGE = {
    "browser_crashed", "browser_missing", "browser_sandbox", "browser_stuck", "browser_too_large",
    "browser_undriven",
    "certificate_invalid", "credentials", "keyring_absent", "keyring_denied", "keyring_locked", "keyring_timeout",
    "invalid_input", "store_damaged",
    "led_elsewhere", "location_gone", "password_missing", "scrape_process_died",
    "sign_in_elsewhere", "sign_in_limit", "store_full",
}  # fmt: skip

NOT_OF_A_RUN = {
    "error": "a fault of our own: the crash dialog has it",
    "browser": "the family's name",
    "browser_install_failed": "of an installation",
    "browser_install_cancelled": "of an installation",
    "cancelled": "no failure: the run is cancelled",
    "store": "of the disk: tests/unit/store",
    "store_busy": "of the start",
    "store_too_new": "of the start",
    "store_unsuitable": "of the start",
    "not_found": "of what a person has written",
    "busy": "of a command",
    "no_instance": "of a command",
}
"""Why a kind of error needs no row: no run ends with it, or no mishap is behind it."""


@cache
def source(file: str) -> str:
    (path,) = (path for room in ("end_to_end", "system") if (path := TESTS / room / file).exists())
    return path.read_text(encoding="utf-8")


@cache
def functions(file: str) -> frozenset[str]:
    return frozenset(node.name for node in ast.walk(ast.parse(source(file))) if isinstance(node, ast.FunctionDef))


def test_there_is_a_table() -> None:
    assert len(ROWS) > 80
    assert len({row.mishap for row in ROWS if not row.mishap.startswith("The same")}) > 70


def test_each_error_that_a_run_can_end_with_has_a_row() -> None:
    """What the faces and the engine's own end add to the family, once they are loaded, no run ends with."""
    of_core = {kind for kind, error in error_kinds().items() if error.__module__.startswith("fossatray.core.")}
    wanted = of_core - NOT_OF_A_RUN.keys()
    assert {row.kind for row in ROWS} - {"none"} == wanted


def tried_again(row: Row, kind: type[FossaError]) -> str:
    if row.section == SITES:
        return "at the next sync"
    return STOPPED.get(kind.kind) or ("within minutes" if is_transient(kind().info()) else "at the next sync")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name or row.mishap}-{row.kind}")
def test_a_row_says_what_the_program_does(row: Row) -> None:
    assert row.evidence in EVIDENCE
    if row.kind == "none":
        assert (row.words, row.advice, row.again, row.evidence, row.data) == (
            "",
            "",
            "not needed",
            "none",
            "read whole",
        )
        return
    kind = error_kinds()[row.kind]
    advice = PROFILE_ADVICE if row.kind == "invalid_input" else kind.advice
    assert (row.words, row.advice, row.again) == (kind.title, advice, tried_again(row, kind))
    assert row.data in ({DAMAGED} if row.kind == "store_damaged" else KEPT)
    if row.kind in WITHOUT_A_PAGE:
        assert row.evidence == "none"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name or row.mishap}-{row.kind}")
def test_a_row_names_its_test(row: Row) -> None:
    file, _, name = row.test.partition("::")
    assert name in functions(file)
    if row.name:
        assert f"Mishap.{Mishap(row.name).name}" in source(file)
    if row.kind != "none":
        assert f'"{row.kind}"' in source(file)


def test_the_text_names_tests_that_are_there() -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", TABLE.read_text(encoding="utf-8"))
    assert len(named) > len(ROWS)
    assert [(file, name) for file, name in named if name not in functions(file)] == []


def test_every_mishap_of_the_practice_portal_is_in_the_table() -> None:
    named = [row.name for row in ROWS if row.name]
    assert set(named) == {mishap.value for mishap in Mishap}
    assert len(named) == len(set(named))


def test_the_limits_are_those_of_the_program() -> None:
    text, limits = " ".join(TABLE.read_text(encoding="utf-8").split()), Limits()
    assert load_profile().limits.orders == ORDER_LIMIT == 50_000
    told = re.search(r"Limits: (.*?) in all\.", text)
    assert told is not None
    assert [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", told[1])] == [
        int(limits.page_s),
        int(DEFAULTS["run_minutes"]),
        1,
        120,
        ORDER_LIMIT,
        limits.memory_bytes // 1024**3,
        int(limits.memory_look_s),
        LINE_LIMIT // 1024**2,
        limits.output_bytes // 1024**2,
    ]

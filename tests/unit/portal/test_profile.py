"""The portal profile: the built-in one loads; every wrong key is named."""

from __future__ import annotations

import codecs
import os
import re
import sys
from pathlib import Path

import pytest

from fossatray.core.errors import InvalidInput
from fossatray.portal.patterns import pattern_wanted
from fossatray.portal.profile import BUILT_IN, load_profile


def test_the_built_in_profile_is_what_the_file_says() -> None:
    profile = load_profile()
    assert profile.paths.work_list == "/app/work/list"
    assert profile.work_list.query[0][1].startswith("none||")
    assert profile.waits.after_post == 12.0
    assert load_profile(BUILT_IN) == profile


def test_a_copy_that_is_older_than_some_keys_gets_them_from_the_built_in_profile(tmp_path: Path) -> None:
    lines = BUILT_IN.read_text(encoding="utf-8").splitlines(keepends=True)
    newer = (
        *("contact_lines =", "billing_lines =", 'completed = ".med'),
        *("late =", "menu =", "longest_wait =", "pause ="),
    )
    file = tmp_path / "mine.toml"
    file.write_text("".join(line for line in lines if not line.startswith(newer)), encoding="utf-8")
    assert load_profile(file) == load_profile()
    file.write_text(
        file.read_text(encoding="utf-8").replace("\n[row]\n", '\n[row]\ncompleted = ".done"\n'), encoding="utf-8"
    )
    assert load_profile(file).row.completed == ".done", "the copy's own comes first"


def test_the_built_in_profile_names_no_origin() -> None:
    assert "://" not in BUILT_IN.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('form = "form[name=login]"', "", "lacks the key sign_in.form"),
        ('form = "form[name=login]"', 'form = ""', "key sign_in.form is not a text"),
        ('form = "form[name=login]"', "form = 7", "key sign_in.form is not a text"),
        ("[waits] # seconds", "[waits]\nmore = 1", "unknown key waits.more"),
        ("after_post = 12.0", "after_post = 0", "key waits.after_post is not a number of seconds"),
        ("after_post = 12.0", 'after_post = "12"', "key waits.after_post is not a number of seconds"),
        ("after_post = 12.0", "after_post = 1e9", "key waits.after_post is not a number of seconds"),
        ("after_post = 12.0", "after_post = true", "key waits.after_post is not a number of seconds"),
        ("reads = 3", "reads = 0", "key limits.reads is not a whole number"),
        ("reads = 3", "reads = 2.5", "key limits.reads is not a whole number"),
        ("empty_texts = []", "empty_texts = 3", "key work_list.empty_texts is not a list"),
        ('["order_direction", "asc"]', '["order_direction"]', "key work_list.query is not a list of pairs"),
        ('sign_in = "/"', 'sign_in = "https://portal.example/"', "key paths.sign_in is not a text without an origin"),
        ('sign_in = "/"', 'sign_in = "//portal.example"', "key paths.sign_in is not a path"),
        ('number_pattern = "^W-([0-9]+)$"', 'number_pattern = "("', "key row.number_pattern is not a regular expr"),
        ('total_pattern = "^([0-9][0-9,]*) match(?:es)?$"', 'total_pattern = "match"', "has the total, in parentheses"),
        (
            'total_pattern = "^([0-9][0-9,]*) match(?:es)?$"',
            'total_pattern = "^(?P<n>[0-9]+) matches"',
            "key work_list.total_pattern is not a regular expression that a web page can read: (?P is none",
        ),
        (
            'number_pattern = "^W-([0-9]+)$"',
            'number_pattern = "^W-[0-9]+$"',
            "key row.number_pattern is not a regular expression that has the order's number, in parentheses",
        ),
        (
            'path_pattern = "^/app/work/([0-9]+)/visits/([0-9]+)/?$"',
            'path_pattern = "^/app/work/([0-9]+)/visits/"',
            "key visit.path_pattern is not a regular expression that has the order's number, and the visit's, in",
        ),
        ("orders = 50000", "orders = 50001", "limits.orders is not a whole number above 0 and at most 50,000"),
        ("page_sizes = [25, 50, 100]", "page_sizes = [25, true]", "page_sizes is not a list of whole numbers above 0"),
        ("page_sizes = [25, 50, 100]", "page_sizes = 25", "key work_list.page_sizes is not a list"),
        (
            '["Meter Type", "meter_type"]',
            '["Meter Type", "meter"]',
            "key equipment.labels is not a list of labels with",
        ),
        (
            '["Meter Type", "meter_type"]',
            '["Meter Type", "other"]',
            "key equipment.labels is not a list of labels with",
        ),
        ("page_sizes = [25, 50, 100]", "page_sizes = []", "key work_list.page_sizes is not a list with something"),
        (
            'header_texts = ["Work", "Customer", "Items", "Visits"]',
            "header_texts = []",
            "key work_list.header_texts is not a list with something in it",
        ),
        (
            'tabs = ["[dusk=equipment-tab]", "[role=tab]", "a"]',
            "tabs = []",
            "key equipment.tabs is not a list with something in it",
        ),
        ("rows_on_a_page = 1000", "rows_on_a_page = 99", "limits.rows_on_a_page is not at least 100, the largest of"),
        ("[limits]", "[limit]", "lacks the key limits"),
        ("[limits]", "[limits", "is not TOML"),
    ],
)
def test_a_wrong_key_is_named(old: str, new: str, told: str, tmp_path: Path) -> None:
    text = BUILT_IN.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "own.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        load_profile(file)
    assert told in caught.value.message
    assert str(file) in caught.value.message
    assert "delete the file" in caught.value.what_to_do


@pytest.mark.parametrize(
    "path", ["/app/customers-locations-and-work-orders-list?x=1", "/app/" + "a" * 5000 + " ", "/app//list", "app"]
)
def test_a_mistyped_path_is_told_at_once(path: str, tmp_path: Path) -> None:
    """A regular expression that tries every way to cut the path into parts would take years over the first of these."""
    file = tmp_path / "own.toml"
    file.write_text(BUILT_IN.read_text(encoding="utf-8").replace("/app/work/list", path), encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"key paths\.work_list is not a path that begins with one slash"):
        load_profile(file)


@pytest.mark.parametrize("path", ["/", "/app/", "/app", "/app/work.list/~x/"])
def test_a_path_may_end_with_a_slash_or_without(path: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(BUILT_IN.read_text(encoding="utf-8").replace("/app/work/list", path), encoding="utf-8")
    assert load_profile(file).paths.work_list == path


@pytest.mark.parametrize(
    "sign", ["(?i)", "(?i:x)", "(?P<n>x)", "(?#note)", "(?>x)", "()(?(1)x)", r"\A", r"\Z", "x++", "x{2}+", "x{,2}"]
)
def test_signs_that_no_page_knows_are_told_in_patterns_that_pages_use(sign: str) -> None:
    assert "a web page can read" in (pattern_wanted("equipment.count_pattern", f"{sign}([0-9]+)") or "")
    assert pattern_wanted("row.number_pattern", f"{sign}([0-9]+)") is None


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\(([0-9]+)\)", r"(?:x|y)([0-9]+)(?=\))", r"(?<=\()([0-9]+)"),
        *(r"\\Z([0-9]+)", r"[?(*+A]([0-9]+)", r"\++(.)"),
    ],
)
def test_patterns_that_pages_know_are_taken(pattern: str) -> None:
    assert pattern_wanted("equipment.count_pattern", pattern) is None


def test_the_line_of_a_wrong_key_is_told(tmp_path: Path) -> None:
    lines = BUILT_IN.read_text(encoding="utf-8").splitlines()
    place = lines.index("[visit]") + 1
    assert lines[place].startswith("date =")
    file = tmp_path / "own.toml"
    for instead, line in (("date = 7", place + 1), ("", place)):  # a key that is not there: its section's line
        file.write_text("\n".join([*lines[:place], instead, *lines[place + 1 :]]), encoding="utf-8")
        with pytest.raises(InvalidInput) as caught:
            load_profile(file)
        assert "visit.date" in caught.value.message
        assert caught.value.message.endswith(f"({file}, line {line}).")


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"a = " + b"[" * 100_000, "has lists in lists without end"), (b"#" * 1_000_001, "more than 1,000,000 bytes")],
    ids=["deep", "large"],
)
def test_a_file_that_no_profile_is_like_is_told(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=told):
        load_profile(file)


def test_texts_that_are_not_known_may_be_none(tmp_path: Path) -> None:
    text = BUILT_IN.read_text(encoding="utf-8")
    for key in ("locked_texts", "gone_texts", "denied_texts", "trouble_texts"):
        text = re.sub(rf"(?m)^{key} = .*$", f"{key} = []", text)
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    assert load_profile(file).equipment.gone_texts == load_profile(file).sign_in.locked_texts == ()


def test_the_mark_at_the_beginning_of_a_file_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(BUILT_IN.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert file.read_bytes().startswith(codecs.BOM_UTF8)
    assert load_profile(file) == load_profile()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes in folders")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in ("pipe", "."):
        with pytest.raises(InvalidInput, match="is not a file"):
            load_profile(tmp_path / place)


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_profile(tmp_path / "none.toml")

"""The portal profile: the built-in one loads; every wrong key is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.core.errors import InvalidInput
from fossatray.portal.profile import BUILT_IN, load_profile


def test_the_built_in_profile_is_what_the_file_says() -> None:
    profile = load_profile()
    assert profile.paths.work_list == "/app/work/list"
    assert profile.work_list.query[0][1].startswith("none||")
    assert profile.waits.after_post == 12.0
    assert load_profile(BUILT_IN) == profile


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


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_profile(tmp_path / "none.toml")

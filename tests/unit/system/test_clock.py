"""Whether the system's time zone was set anew."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import time
from pathlib import Path

import pytest

from fossatray.core.locale_habit import Habit
from fossatray.system.clock import clock_of, local_habit, zone_mark


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its zone in the registry")
def test_the_mark_is_another_one_when_the_zone_s_link_or_file_was_replaced(tmp_path: Path) -> None:
    link, name = tmp_path / "localtime", tmp_path / "timezone"
    files = [str(link), str(name)]
    marks = [zone_mark(files)]
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    name.write_text("Europe/Berlin")
    marks.append(zone_mark(files))
    assert zone_mark(files) == marks[-1]
    fresh = tmp_path / "fresh"
    fresh.symlink_to("/usr/share/zoneinfo/Asia/Tokyo")
    fresh.replace(link)
    marks.append(zone_mark(files))
    name.unlink()
    marks.append(zone_mark(files))
    assert len(set(marks)) == 4


def test_the_mark_of_this_system_stays_while_nothing_is_changed() -> None:
    assert zone_mark() == zone_mark()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its zone in the registry")
def test_a_zone_whose_rules_are_not_known_counts_with_its_present_offset() -> None:
    code = "import fossatray.system.clock as clock; print(clock.utc_now().astimezone(clock.local_zone()).utcoffset())"
    environment = {**os.environ, "TZ": "FOO-5:30"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "5:30:00"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps its locale in the registry")
@pytest.mark.parametrize(
    ("environment", "habit"),
    [
        ({"LANG": "en_US.UTF-8", "LC_TIME": "de_DE.UTF-8"}, Habit(twelve_hours=False, month_first=False)),
        ({"LANG": "de_DE.UTF-8", "LC_TIME": "", "LC_ALL": "en_AU.UTF-8"}, Habit(twelve_hours=True, month_first=False)),
        ({"LANG": "xx_XX.UTF-8"}, Habit(twelve_hours=False, month_first=False)),
        ({}, Habit()),
    ],
)
def test_the_habit_is_the_locale_s_whether_or_not_it_is_installed(environment: dict[str, str], habit: Habit) -> None:
    assert local_habit(environment) == habit


def test_the_clock_of_a_habit() -> None:
    assert clock_of(Habit())(time(14, 5)) == "2:05 PM"
    assert clock_of(Habit(twelve_hours=False))(time(14, 5)) == "14:05"

"""How a locale writes times and days, known without Qt."""

from __future__ import annotations

import pytest

from fossatray.core.locale_habit import Habit, habit_of


@pytest.mark.parametrize(
    ("name", "twelve_hours", "month_first"),
    [
        ("en_US.UTF-8", True, True),
        ("en_GB.UTF-8", False, False),
        ("en_AU", True, False),
        ("de_DE.UTF-8@euro", False, False),
        ("de", False, False),
        ("de_XX", False, False),
        ("ja_JP.UTF-8", False, True),
        ("zh_Hant_TW", True, True),
        ("es-MX", True, False),
        ("C", True, True),
        ("C.UTF-8", True, True),
        ("POSIX", True, True),
        ("", True, True),
    ],
)
def test_a_locale_is_known_by_its_name(name: str, *, twelve_hours: bool, month_first: bool) -> None:
    assert habit_of(name) == Habit(twelve_hours, month_first)

"""A portal profile of the person's own with short waits, so that what is waited out in vain ends soon."""

from __future__ import annotations

from pathlib import Path

PROFILE = Path(__file__).parents[2] / "fossatray" / "portal" / "profiles" / "workfossa.toml"


def write_short_waits(file: Path, *, after_post: float = 3.0, unchanged: float = 1.0, form: float = 5.0) -> str:
    """Write the profile to a file and return its path.

    `after_post` is how many seconds a sign-in is waited for, `unchanged` how many the answer to a click,
    `form` how many the sign-in form.
    """
    text = PROFILE.read_text(encoding="utf-8")
    for slow, fast in (
        ("after_post = 12.0", f"after_post = {after_post}"),
        ("unchanged = 2.0", f"unchanged = {unchanged}"),
        ("sign_in_form = 20.0", f"sign_in_form = {form}"),
        ("empty = 3.0", "empty = 1.5"),
    ):
        assert slow in text
        text = text.replace(slow, fast)
    file.write_text(text, encoding="utf-8")
    return str(file)

"""The check of a portal profile in a real scrape process: it names the key that is wrong, and masks its examples."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from fossatray.core.portal_check import PortalStep, Verdict, missing_keys
from fossatray.core.text import shape
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.harness.scrape_driver import Heard, a_request, scrape

pytestmark = pytest.mark.browser

PROFILE = Path(__file__).parents[2] / "fossatray" / "portal" / "profiles" / "workfossa.toml"
FAST = {
    "after_post = 12.0": "after_post = 2.0",
    "sign_in_form = 20.0": "sign_in_form = 2.0",
    "tab_wait = 10.0": "tab_wait = 1.0",
}


def a_profile(folder: Path, key: str | None = None) -> str:
    """A profile with short waits, in which one key says something that the portal does not know."""
    text = PROFILE.read_text(encoding="utf-8")
    for slow, fast in FAST.items():
        assert slow in text
        text = text.replace(slow, fast)
    if key is not None:
        section, _, name = key.partition(".")
        old = re.compile(rf"^{name} = .*$", re.MULTILINE).search(text, text.index(f"[{section}]"))
        assert old is not None
        value = '"/nowhere"' if section == "paths" else '"nothing(.)(.)"' if name.endswith("_pattern") else '"nothing"'
        text = f"{text[: old.start()]}{name} = {value}{text[old.end() :]}"
    file = folder / "profile.toml"
    file.write_text(text, encoding="utf-8")
    return str(file)


def check(portal: PracticePortal, folder: Path, browser: Path, key: str | None = None) -> Heard:
    """Run a check to its end, with a profile in which one key is wrong."""
    asked: dict[str, object] = {"job": "portal_check", "page_limit": 5.0, "profile_path": a_profile(folder, key)}
    request = a_request(portal.origin, portal.username, folder, browser, **asked)
    return asyncio.run(scrape(request, portal.password))


def steps(heard: Heard) -> list[PortalStep]:
    assert heard.finished.proof == f"{len(heard.all(PortalStep))} steps"
    return heard.all(PortalStep)


def test_a_portal_as_the_profile_says_has_all_of_it_and_is_left_signed_out(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60) as portal:
        told = steps(check(portal, tmp_path, browser_path))
        assert len(portal.sign_ins) == 1
        assert "/logout" in portal.requests
        private = {order.customer for order in portal.orders} | {order.created_by for order in portal.orders}
        contacts = [order.contact for order in portal.orders]
        private |= {line for contact in contacts for line in (*contact.lines, *contact.billing_lines)}
        private |= {str(order.id) for order in portal.orders} | {order.address.street for order in portal.orders}
    assert [step for step in told if step.verdict in (Verdict.MISSING, Verdict.UNCHECKED)] == []
    by_key = {step.key: step for step in told}
    assert (by_key["row.number"].matched, by_key["row.number"].of) == (25, 25)
    assert by_key["row.number"].example == "X-999999"
    assert by_key["work_list.badge_text"].example == "Work Visits Completed: No visits completed"
    assert by_key["row.contact_lines"].of == by_key["row.billing_lines"].of == 25
    assert by_key["equipment.labels"].matched == 8
    shown = " ".join(f"{step.example} {step.told}" for step in told)
    assert [text for text in private if text in shown] == []
    assert portal.username not in shown
    assert shape(portal.username) in shown


BROKEN = [
    *("sign_in.form", "sign_in.signed_in", "paths.work_list", "work_list.header", "work_list.badge_text"),
    *("row.creator_pattern", "visit.date", "equipment.tab_text", "equipment.toggle_shown", "equipment.name_text"),
]


@pytest.mark.parametrize("key", BROKEN)
def test_a_key_that_no_longer_fits_is_named_and_no_other(key: str, tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=60) as portal:
        told = steps(check(portal, tmp_path, browser_path, key))
        assert len(portal.sign_ins) == (0 if key == "sign_in.form" else 1)
    assert missing_keys(told) == (key,)
    step = next(step for step in told if step.verdict is Verdict.MISSING)
    assert step.looked_for.startswith(("nothing", "/nowhere"))
    assert step.told


def test_what_is_not_the_profiles_matter_ends_the_check_with_its_error(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.WRONG_PASSWORD]) as portal:
        heard = check(portal, tmp_path, browser_path)
        assert heard.error.kind == "sign_in_refused"
        assert {step.part for step in heard.all(PortalStep)} == {"Sign-in page"}
        portal.mishaps = [Mishap.SERVER_ERROR]
        assert check(portal, tmp_path, browser_path).error.kind == "portal_server_error"


def test_an_empty_list_is_no_change_of_the_layout(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=5, mishaps=[Mishap.EMPTY]) as portal:
        told = steps(check(portal, tmp_path, browser_path))
    assert missing_keys(told) == ()
    assert {step.verdict for step in told if step.key.startswith(("row.", "equipment."))} == {Verdict.UNCHECKED}

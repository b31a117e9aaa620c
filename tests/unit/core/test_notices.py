"""Notices are made of known kinds and targets only."""

from __future__ import annotations

import pytest

from fossatray.core.notices import KINDS, TARGETS, Notice


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_target_is_taken(kind: str) -> None:
    for target in TARGETS:
        assert Notice("1", "title", "body", kind, target).urgent is False


def say(kind: str, body: str = "", account: str = "a") -> Notice:
    return Notice("1", "title", body, kind, "card", account_id=account)


@pytest.mark.parametrize(
    ("newer", "earlier"),
    [
        (say("recovery"), say("failure", "why")),
        (say("batch"), say("failure", "why")),
        (say("failure"), say("failure", "why")),
        (say("failure"), say("recovery")),
        (say("recovery"), say("recovery")),
    ],
)
def test_what_nobody_has_seen_and_need_not_see_any_more(newer: Notice, earlier: Notice) -> None:
    assert newer.outdates(earlier)


@pytest.mark.parametrize(
    ("newer", "earlier"),
    [
        (say("batch"), say("batch")),
        (say("recovery"), say("batch")),
        (say("failure"), say("recovery", "1 new work order")),
        (say("batch"), say("recovery")),
        (say("recovery"), say("failure", account="b")),
        (say("test"), say("failure")),
    ],
)
def test_what_is_still_to_be_seen(newer: Notice, earlier: Notice) -> None:
    assert not newer.outdates(earlier)


@pytest.mark.parametrize(("kind", "target"), [("party", "orders"), ("batch", "moon")])
def test_an_unknown_kind_or_target_is_refused(kind: str, target: str) -> None:
    with pytest.raises(ValueError, match="no such"):
        Notice("1", "title", "body", kind, target)


def test_a_recovery_takes_the_place_of_the_failure_it_ends() -> None:
    assert say("recovery").slot == say("failure").slot != say("batch").slot
    assert say("recovery", account="b").slot != say("failure").slot

"""Notices are made of known kinds and targets only."""

from __future__ import annotations

import pytest

from fossatray.core.notices import KINDS, TARGETS, Notice


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_target_is_taken(kind: str) -> None:
    for target in TARGETS:
        assert Notice("1", "title", "body", kind, target).urgent is False


@pytest.mark.parametrize(("kind", "target"), [("party", "orders"), ("batch", "moon")])
def test_an_unknown_kind_or_target_is_refused(kind: str, target: str) -> None:
    with pytest.raises(ValueError, match="no such"):
        Notice("1", "title", "body", kind, target)

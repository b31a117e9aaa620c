"""What a command without the program says while it works."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from fossatray.control.headless import Ear
from fossatray.core.accounts import Account
from fossatray.core.errors import PortalTimeout
from fossatray.core.status import AccountState, AppState, Retry

NOW = datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_that_a_sync_is_tried_again_is_said_once_for_each_try(capsys: pytest.CaptureFixture[str]) -> None:
    account = Account("a" * 32, "Work", "https://portal.example", "t@example.com")

    async def story() -> None:
        ear = Ear()
        for minutes in (1, 1, 3):
            retry = Retry(NOW + timedelta(minutes=minutes), PortalTimeout().info())
            ear.state_changed(AppState((AccountState(account, retry=retry),)))
        ear.state_changed(AppState((AccountState(account),)))

    asyncio.run(story())
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.startswith(f"{PortalTimeout.title}. Trying again at ") for line in said.err.splitlines()] == [True] * 2

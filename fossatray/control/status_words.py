"""`status --json` with its sentences: the same words as tooltip, menu and windows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fossatray.core.schedule_words import when_words
from fossatray.core.status import AccountState, AppState, status_json
from fossatray.core.text import capital
from fossatray.core.words import Words


def status_of(state: AppState, now: datetime, words: Words) -> dict[str, Any]:
    """Return the public form of a state, each account's sentence in words."""
    messages = {one.account.id: capital(words.account_sentence(one, now)) for one in state.accounts}
    messages[""] = capital(words.sentence(state, now))
    for one in state.accounts:
        if one.run is not None and (one.progress is not None or one.retry is not None):
            messages[one.account.id] = words.doing(one)
    if state.fault is not None:
        messages = dict.fromkeys(messages, words.sentence(state, now))
    told = status_json(state, now, messages)
    for one, public in zip(state.accounts, told["accounts"], strict=True):
        public["schedules"] = _schedules(one, words)
    return told


def _schedules(state: AccountState, words: Words) -> list[dict[str, Any]]:
    """Return the public form of an account's schedules."""
    all_of_them = [one.schedule for one in state.schedules]
    return [
        one.schedule.to_json(
            state.account.name, when_words(one.schedule, all_of_them, words), one.next_run, one.held, one.hint
        )
        for one in state.schedules
    ]

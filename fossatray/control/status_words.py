"""`status --json` with its sentences: the same words as tooltip, menu and windows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fossatray.core.status import AppState, status_json
from fossatray.core.words import Words


def status_of(state: AppState, now: datetime, words: Words) -> dict[str, Any]:
    """Return the public form of a state, each account's sentence in words."""
    messages = {one.account.id: _capital(words.account_sentence(one, now)) for one in state.accounts}
    messages[""] = words.sentence(state, now)
    for one in state.accounts:
        if one.run is not None and one.progress is not None:
            messages[one.account.id] = words.progress(one.progress)
    if state.fault is not None:
        messages = dict.fromkeys(messages, words.sentence(state, now))
    return status_json(state, now, messages)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Says once that an account has had no successful sync for so many hours: the complaint that nobody else would make."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from fossatray.core.accounts import Account
from fossatray.core.notices import NO_RUN, Notice
from fossatray.core.runs import WORK_ORDERS, Reason, Run
from fossatray.core.silence import SeenAhead, seen_ahead
from fossatray.engine.parts import EngineParts, Publish
from fossatray.store.store import Store

LOOK_EVERY = timedelta(minutes=10)
_LOOK_BACK = timedelta(days=90)
"""So far back slots are looked at where there was no success at all."""

_EXPECTED = frozenset({Reason.PAUSED})  # slots that the person did not want


class Silence:
    """Looks every ten minutes at most, whenever it is asked to. Used in the engine's loop alone.

    Told is what lasts longer than the setting `silent_hours`, where at least one slot was planned meanwhile and the
    person did not pause it; not in the first minutes of a life, when a catch-up is under way. A success that lies in
    the future (the clock was ahead) counts as of when that was first seen.
    """

    def __init__(
        self,
        parts: EngineParts,
        store: Store,
        publish: Publish,
        name: Callable[[str], str | None],
        busy: Callable[[str], bool],
    ) -> None:
        self._parts = parts
        self._store = store
        self._publish = publish
        self._name = name
        self._busy = busy
        self._said: dict[str, str] = {}
        self._looked_at = parts.clock()

    def tick(self) -> None:
        """Tell of every account that has been silent for too long, each once until it syncs again."""
        now = self._parts.clock()
        if timedelta(0) <= now - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = now
        hours = self._store.settings.get("silent_hours")
        if not hours:
            return
        told = self._told()
        for account in self._store.accounts.all():
            since = self._silent_since(account, now)
            if since is None or now - since <= timedelta(hours=int(hours)):
                continue
            if told.get(account.id) != since.isoformat():
                told[account.id] = self._said[account.id] = since.isoformat()
                self._publish.notice_due(self._notice(account, int(hours)), NO_RUN)

    def notified(self, account_id: str) -> None:
        """Keep that the notice has arrived; until then the next life tells it again."""
        if account_id in self._said:
            told = self._kept() | {account_id: self._said[account_id]}
            self._store.settings.set("silence_told", json.dumps(told))

    def _silent_since(self, account: Account, now: datetime) -> datetime | None:
        """Return the first slot after the last success that came to nothing; None: nothing was to be expected.

        Where that success lay in the future, since when it counts.
        """
        if self._busy(account.id):
            return None
        last = self._store.runs.last_success(account.id, WORK_ORDERS)
        ahead = self._ahead(account.id, last, now)
        if ahead is not None:
            since = ahead.at
        else:
            since = now - _LOOK_BACK if last is None or last.finished_at is None else last.finished_at
        first: datetime | None = None
        for schedule in self._store.schedules.of_account(account.id):
            if schedule.job != WORK_ORDERS:
                continue
            for slot in self._store.schedules.occurrences(schedule.id, since, now):
                if slot.reason not in _EXPECTED:
                    first = slot.planned_at if first is None else min(first, slot.planned_at)
                    break
        return first if ahead is None or first is None else ahead.at

    def _ahead(self, account_id: str, last: Run | None, now: datetime) -> SeenAhead | None:
        """Return as of when the last success counts if it lay in the future, and keep that over lives."""
        if last is None or last.finished_at is None:
            return None
        kept: dict[str, list[Any]] = json.loads(self._store.settings.get("silence_ahead") or "{}")
        row = kept.pop(account_id, None)
        before = None if row is None else SeenAhead(int(row[0]), datetime.fromisoformat(row[1]))
        found = seen_ahead(last.id, last.finished_at, now, before)
        if found != before:
            if found is not None:
                kept[account_id] = [found.run_id, found.at.isoformat()]
            self._store.settings.set("silence_ahead", json.dumps(kept))
        return found

    def _told(self) -> dict[str, str]:
        return self._kept() | self._said

    def _kept(self) -> dict[str, str]:
        told = json.loads(self._store.settings.get("silence_told") or "{}")
        return {str(key): str(value) for key, value in told.items()}

    def _notice(self, account: Account, hours: int) -> Notice:
        tr = self._parts.words().tr
        title = tr("No successful sync for {hours} hours").format(hours=hours)
        name = self._name(account.id)
        body = tr("Your work orders may be out of date. The history says what became of each planned sync.")
        return Notice(
            f"silence {account.id}",
            title if name is None else f"{name}: {title}",
            body,
            "failure",
            "history",
            urgent=True,
            account_id=account.id,
        )

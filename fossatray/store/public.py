"""The public JSON forms of what is kept: `fossatray orders --json` and `changes --json`. Names are never changed."""

from __future__ import annotations

from typing import Any

from fossatray.core.changes import StoredChange
from fossatray.core.orders import StoredOrder
from fossatray.core.runs import iso


def order_json(stored: StoredOrder, account_name: str) -> dict[str, Any]:
    """Return an order's public form; our own moments in UTC, the portal's dates as shown there."""
    return {
        "account": account_name,
        **stored.order.to_json(),
        "first_seen": iso(stored.first_seen),
        "last_seen": iso(stored.last_seen),
        "archived_at": iso(stored.archived_at),
    }


def change_json(stored: StoredChange) -> dict[str, Any]:
    """Return a change's public form; `run` is the run's id, `fields` {name: {old, new}}."""
    return {
        "account": stored.account,
        "run": stored.run_id,
        "at": iso(stored.at),
        "number": stored.change.number,
        "kind": stored.change.kind.value,
        "fields": stored.change.fields_json(),
    }

"""The public JSON forms of what is kept: of `orders`, `changes` and `dispensers --json`. Names are never changed."""

from __future__ import annotations

from typing import Any

from fossatray.core.changes import StoredChange
from fossatray.core.dispensers import StoredDispenser
from fossatray.core.multi_day import day_of
from fossatray.core.orders import StoredOrder
from fossatray.core.runs import iso


def order_json(stored: StoredOrder, account_name: str) -> dict[str, Any]:
    """Return an order's public form; our own moments in UTC, the portal's dates as shown there."""
    day = day_of(stored.order)
    return {
        "account": account_name,
        **stored.order.to_json(),
        "day": day.day if day else None,
        "days": day.days if day else None,
        "first_seen": iso(stored.first_seen),
        "last_seen": iso(stored.last_seen),
        "archived_at": iso(stored.archived_at),
    }


def change_json(stored: StoredChange) -> dict[str, Any]:
    """Return a change's public form; `run` is the run's id, `fields` {name: {old, new}}.

    The last three are those of a dispenser's change, whose `number` is empty; else they are null.
    """
    return {
        "account": stored.account,
        "run": stored.run_id,
        "at": iso(stored.at),
        "number": stored.change.number,
        "kind": stored.change.kind.value,
        "fields": stored.change.fields_json(),
        "location_url": stored.change.location_url,
        "store_number": stored.store_number,
        "numbers": stored.change.numbers,
    }


def dispenser_json(stored: StoredDispenser, account_name: str) -> dict[str, Any]:
    """Return a dispenser's public form: `read_at` is when its site was last read with it, in UTC."""
    return {
        "account": account_name,
        "location_url": stored.location_url,
        "store_number": stored.store_number,
        "site_name": stored.site_name,
        **stored.dispenser.to_json(),
        "read_at": iso(stored.read_at),
        "archived_at": iso(stored.archived_at),
    }

"""How many of an account's open orders show what an order usually shows.

Where a reading has notably fewer of the same orders that do, the portal's page may not have been drawn to its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from fossatray.core.orders import WorkOrder

LEAST = 5
SHARE = 0.1

_FIELDS: dict[str, Callable[[WorkOrder], object]] = {
    "customer": lambda order: order.customer,
    "site": lambda order: order.location_url,
    "address": lambda order: order.address.street,
    "contact": lambda order: order.contact,
    "services": lambda order: order.services,
    "visit": lambda order: order.visit,
    "visit_date": lambda order: order.visit is not None and order.visit.date,
    "due_date": lambda order: order.visit is not None and order.visit.due_date,
    "instructions": lambda order: order.instructions,
    "status": lambda order: order.status,
}


def shown_fields(orders: Iterable[WorkOrder]) -> Counter[str]:
    """Return how many of the orders show each field; one that none shows is left out."""
    return Counter(name for order in orders for name, shows in _FIELDS.items() if shows(order))


def shows_less(before: Mapping[str, int], kept: int, now: Mapping[str, int], read: int) -> bool:
    """Tell whether `read` orders out of the `kept` ones notably less often show a field than all of those did.

    That is so where at least five, and a tenth of as many as were to be expected, lack it.
    """
    expected = {name: count * read / kept for name, count in before.items() if kept}
    return any(count - now.get(name, 0) >= max(LEAST, SHARE * count) for name, count in expected.items())

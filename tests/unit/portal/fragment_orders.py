"""The orders that the recorded fragments hold, read off their HTML by hand, as the portal's reader returns them."""

from __future__ import annotations

from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.demo.orders import PracticeOrder
from tests.harness import fragment_orders as by_hand

ORIGIN = "https://portal.example"
AT = f"{ORIGIN}/app"


def as_read(order: PracticeOrder) -> WorkOrder:
    """The order as one reads it off the list: links absolute, the visit's time without its brackets."""
    address, visit = order.address, order.visit
    return WorkOrder(
        number=order.number,
        customer=order.customer,
        customer_url=f"{AT}/customers/{order.customer_id}/",
        store_number=order.store_number,
        site_name=order.site_name,
        location_url=f"{AT}/customers/locations/{order.location_id}/",
        address=Address(
            address.street, address.extra, address.city, address.state, address.postal_code, address.county
        ),
        services=tuple(Service(item.group, item.description, item.code, item.quantity) for item in order.services),
        instructions=order.instructions,
        visit=None
        if visit is None
        else Visit(
            str(visit.id),
            f"{AT}/work/{order.number}/visits/{visit.id}/",
            visit.date,
            visit.time.removeprefix("(").removesuffix(")"),
            order.due_date,
        ),
        visits_done=order.visits_done,
        visits_total=order.visits_total,
        status=order.status,
        reason=order.reason,
        project=order.project,
        po_number=order.po_number,
        created_by=order.created_by,
        created_at=order.created_at,
        categories=order.categories,
        contact=order.contact.lines,
        billing=order.contact.billing_lines,
        completed_on=order.completed_on,
    )


FILTERED = [as_read(order) for order in by_hand.FILTERED]
UNFILTERED = [as_read(order) for order in by_hand.UNFILTERED]
VARIANTS = [as_read(order) for order in by_hand.VARIANTS]

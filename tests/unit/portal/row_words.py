"""What a list row shows and what its order holds, place by place: what is shown and not held was dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fossatray.core.orders import WorkOrder
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader
from tests.unit.portal.fuzzing import Raw, texts

PROFILE = load_profile()
ROW, VISIT = PROFILE.row, PROFILE.visit
KNOWN_LABELS = (ROW.reason_label, ROW.project_label, ROW.po_label)

Shown = Mapping[str, Sequence[str | None]]
"""The texts of a row by the profile's key of the place where they stand."""

PLACES: dict[str, list[str]] = {
    "row.number": [ROW.number],
    "row.categories": [ROW.categories],
    "row.status": [ROW.status],
    "row.labelled": [ROW.labelled],
    "row.creator": [ROW.creator],
    "row.site_lines": [ROW.site_lines],
    "row.address_lines": [ROW.address_lines],
    "row.contact_lines": [ROW.contact_lines],
    "row.billing_lines": [ROW.billing_lines],
    "row.service_group": [ROW.service_groups, ROW.service_group],
    "row.service_quantity": [ROW.service_groups, ROW.service_lines, ROW.service_quantity],
    "row.service_text": [ROW.service_groups, ROW.service_lines, ROW.service_text],
    "row.counter": [ROW.counter],
    "row.completed": [ROW.completed],
    "visit.date": [ROW.visit, VISIT.date],
    "visit.time": [ROW.visit, VISIT.time],
    "visit.due": [ROW.visit, VISIT.due],
}
"""Where a row shows something: selectors, each asked inside what the one before it finds."""

LOOK = """
(a) => JSON.stringify(Array.from(document.querySelectorAll(a.rows)).map((row) => {
  const words = (node) => {
    if (node.hasAttribute('title') && node.matches(a.counter)) return node.getAttribute('title');
    const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT), found = [];
    while (walker.nextNode()) found.push(walker.currentNode.data);
    return found.join(' ');
  };
  const inside = (nodes, selector) => nodes.flatMap((node) => Array.from(node.querySelectorAll(selector)));
  const shown = Object.entries(a.places).map(([key, path]) => [key, path.reduce(inside, [row]).map(words)]);
  return Object.fromEntries(shown);
}))
"""
"""Tells what every row of a page shows in its places, whoever reads them: all that is found, text by text."""

LOOK_ARGUMENT: dict[str, Any] = {"rows": PROFILE.work_list.row, "counter": ROW.counter, "places": PLACES}


def shown_by(raw: Raw) -> Shown:
    """What a raw row says that a script took from a page; of its labelled lines those whose label is known."""
    visit, lines = raw["visit"] or {}, [line for _, group in raw["services"] for line in group]
    return {
        "row.number": [raw["number"]],
        "row.categories": raw["categories"],
        "row.status": [raw["status"]],
        "row.labelled": [text for label, text in raw["labelled"] if texts(label or "") in KNOWN_LABELS],
        "row.creator": [raw["creator"]],
        "row.site_lines": [text for text, _ in raw["site"]],
        "row.address_lines": raw["address"],
        "row.contact_lines": raw["contact"],
        "row.billing_lines": raw["billing"],
        "row.service_group": [group for group, _ in raw["services"]],
        "row.service_quantity": [quantity for quantity, _, _ in lines],
        "row.service_text": [text for _, *both in lines for text in both],
        "row.counter": [raw["counter"]],
        "row.completed": [raw["completed"]],
        **{f"visit.{name}": [visit.get(name)] for name in ("date", "time", "due")},
        "links": [href for href in (visit.get("href"), *(href for _, href in raw["site"])) if _is_plain(href)],
    }


def _is_plain(href: str | None) -> bool:
    return re.fullmatch(r"(/\w+)+/", href or "", re.ASCII) is not None


def held_by(order: WorkOrder) -> dict[str, str]:
    """What an order says, in the form in which a row shows it."""
    visit, address = order.visit, order.address
    services, moment = order.services, order.created_at
    links = (order.customer_url, order.location_url, visit.url if visit else None)
    place = " ".join(part for part in (address.city, address.state, address.postal_code) if part)
    labelled = zip(KNOWN_LABELS, (order.reason, order.project, order.po_number), strict=True)
    held: dict[str, Sequence[str | None]] = {
        "row.number": [f"W-{order.number}"],
        "row.categories": order.categories,
        "row.status": [order.status],
        "row.labelled": [f"{label} {text}" for label, text in labelled if text],
        "row.creator": [order.created_by, f"• {_day(moment)} {moment:%I:%M%p}".lower() if moment else None],
        "row.site_lines": [order.customer, order.store_number, order.site_name],
        "row.address_lines": [address.street, *address.extra, place, address.county],
        "row.contact_lines": order.contact or (),
        "row.billing_lines": order.billing or (),
        "row.service_group": [one.group for one in services],
        "row.service_quantity": [f"{one.quantity} x" for one in services if one.quantity is not None],
        "row.service_text": [text for one in services for text in (one.description, one.code and f"({one.code})")],
        "row.counter": [f"{order.visits_done} / {order.visits_total}" if order.visits_total is not None else None],
        "row.completed": [_day(order.completed_on)],
        "visit.date": [_day(visit.date) if visit else None],
        "visit.time": [visit.time if visit else None],
        "visit.due": [f"{VISIT.due_label} {_day(visit.due_date)}" if visit and visit.due_date else None],
        "links": links,
    }
    return {key: "\n".join(text for text in said if text) for key, said in held.items()}


def _day(day: date | None) -> str | None:
    return f"{day.month:02}/{day.day:02}/{day.year:04}" if day else None


def dropped(shown: Shown, order: WorkOrder, reader: RowReader) -> list[tuple[str, str]]:
    """Return the words, with their places, that a row shows, its order does not hold, and its reader does not tell.

    `reader` has read this row alone. Brackets, labels and leading zeros say nothing by themselves.
    """
    held, told = held_by(order), set(reader.left_out)
    told |= {place for place in PLACES if place.startswith("visit.")} if "row.visit" in told else set()
    told |= {"row.service_text"} if "row.service_code" in told else set()
    told |= {"row.service_group"} if "row.service_groups" in told else set()
    told |= {"row.labelled"} if "row.label" in told or reader.unknown_labels else set()
    told |= {"links"} if "row.site_lines" in told else set()
    told |= {"row.completed"} if reader.unread_days else set()
    words = [(place, word) for place, said in shown.items() for text in said for word in _words(place, text)]
    return [
        (place, word)
        for place, word in words
        if place not in told and word not in held[place] and word.lstrip("0") not in held[place]
    ]


def _words(place: str, text: str | None) -> list[str]:
    said = texts(text or "")
    if place == "row.labelled":
        said = next((said.removeprefix(label) for label in KNOWN_LABELS if said.startswith(label)), said)
    if place == "visit.due":
        said = said.removeprefix(VISIT.due_label)
    return [bare for word in said.split() if (bare := word.strip("()"))]

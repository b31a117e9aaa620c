"""Mutations for fuzzing the parsers: of a page's markup, and of the raw texts that a script took from it."""

from __future__ import annotations

import copy
import re
from typing import Any

from hypothesis import strategies as st

from fossatray.core.dispensers import Dispenser
from fossatray.portal.profile import load_profile

NASTY = (
    "", " ", "\n\t", "0", "-1", "13/45/2025", "02/30/2026", "06/14/25", "1 / ", "99999999999 x", "((", ")", "Due:", "•",
    "W-", "W-100041", "/app/work/100041/", "http://[", "//[::", "https://[x]/app/", "javascript:alert(1)", "?", "#",
    "\\\\host\\share", "<b>x</b>", "<!--", "-->", "</div>", "<script>", '"', "=1+1", "\u202egnp", "\u2028", "\x1b[31m",
    "a\u0301", "\U0001f600", "１２/０１/２０２６", "12:61zm", "x" * 5000,
)  # fmt: skip
"""Texts that are nearly right, or try to be something else."""

UNSTORABLE = ("a\x00b", "\ud83d", "x\udc00y", "\x00")
"""Texts that only a script can have: markup cannot hold them."""

KNOWN = {label.casefold().rstrip(":").strip() for label, _ in load_profile().equipment.labels}

Raw = Any


@st.composite
def markup(draw: st.DrawFn, page: str, begin: int = 0) -> str:
    """A real page with one to four places behind `begin` cut out, doubled, swapped, or replaced by something nasty."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(begin, max(begin, len(page) - 1)))
        end = min(len(page), at + draw(st.sampled_from((1, 3, 12, 60, 300))))
        how = draw(st.sampled_from(("cut", "double", "swap", "replace", "tag")))
        if how == "cut":
            page = page[:at] + page[end:]
        elif how == "double":
            page = page[:end] + page[at:end] + page[end:]
        elif how == "swap":
            other = draw(st.integers(begin, max(begin, at)))
            page = page[:other] + page[at:end] + page[other:at] + page[end:]
        elif how == "replace":
            page = page[:at] + draw(st.sampled_from(NASTY)) + page[end:]
        else:
            page = _without_tag(page, at)
    return page


def _without_tag(page: str, at: int) -> str:
    """The page without the first tag behind a place."""
    begin = page.find("<", at)
    end = page.find(">", begin)
    return page if begin < 0 or end < 0 else page[:begin] + page[end + 1 :]


@st.composite
def raws(draw: st.DrawFn, recorded: list[Raw]) -> list[Raw]:
    """Some of the recorded raw rows, each with up to three of its parts changed."""
    chosen = draw(st.lists(st.sampled_from(recorded), min_size=1, max_size=4, unique_by=id))
    return [_changed(draw, copy.deepcopy(row)) for row in chosen]


def _changed(draw: st.DrawFn, row: Raw) -> Raw:
    for _ in range(draw(st.integers(0, 3))):
        if not row:
            return row
        part = draw(st.sampled_from(sorted(row)))
        holder, key = draw(st.sampled_from([(row, part), *_places(row[part])]))
        how = draw(st.sampled_from(("other", "digits", "none", "gone", "shape")))
        if how == "digits" and isinstance(holder[key], str):
            holder[key] = re.sub(r"\d", draw(st.sampled_from("0379")), holder[key])
        elif how in ("other", "digits"):
            holder[key] = draw(st.sampled_from(NASTY + UNSTORABLE) | st.text(max_size=12))
        elif how == "none":
            holder[key] = None
        elif how == "gone":
            del holder[key]
        else:
            holder[key] = draw(st.sampled_from(([], {}, 7, True, [[]], [None], "text", [["a", "b", "c", "d"]])))
    return row


def _places(value: Raw) -> list[tuple[Any, Any]]:
    """Every place below a value, as its holder and its key there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    found: list[tuple[Any, Any]] = []
    for key in keys:
        found += [(value, key), *_places(value[key])]
    return found


def texts(value: Raw) -> str:
    """Every text in a raw value, as it would be kept: one below the other, white space made single."""
    if isinstance(value, str):
        return " ".join(re.sub("[\0\ud800-\udfff]", "\ufffd", value).split())
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    return "\n".join(texts(one) for one in inner)


def dropped(raw: Raw, card: Dispenser) -> list[str]:
    """The words of a raw card that its dispenser does not hold: of title and values, and the labels not known."""
    held = card.to_json()
    other = held.pop("other")
    kept = "\n".join([texts(list(held.values())), f"{card.nozzles_per_side}", *other, *other.values()])
    said = [raw["title"], (raw["serial"] or "").partition(":")[2], *(text for _, text in _pairs(raw))]
    said += [label for label, _ in _pairs(raw) if texts(label or "").casefold().rstrip(":").strip() not in KNOWN]
    words = [word for text in said for word in re.split(r"[\s,]+", texts(text or "")) if word not in ("", "-")]
    return [word for word in words if word not in kept and word.lstrip("0") not in kept]


def _pairs(raw: Raw) -> list[Raw]:
    return [*raw["details"], *raw["fields"]]

"""Compares two pieces of DOM: tags, classes, attributes, hidden parts and, where wanted, text.

Left out on both sides: scripts, comments, empty style attributes, the ids that change with each build of the portal
(`data-v-…`, hashes in asset names), the origin of absolute addresses, and the order of classes.
"""

import re
from typing import Any, TypedDict

from playwright.sync_api import Page


class Element(TypedDict):
    """An element: tag, attributes by name, its own text without its children's, and its children."""

    tag: str
    attributes: dict[str, str]
    text: str
    children: list["Element"]


DESCRIBE = """
const describe = (node) => ({
  tag: node.localName,
  attributes: Object.fromEntries([...node.attributes].map((item) => [item.name, item.value])),
  text: [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(' '),
  children: [...node.children].filter((child) => child.localName !== 'script').map(describe),
});
"""
ORIGIN = re.compile(r"^(https://app\.workfossa\.com|http://127\.0\.0\.1:\d+)")
HASH = re.compile(r"-[a-z0-9]{8}\.css$")


def rendered(page: Page, selector: str) -> list[Element]:
    """The elements that `selector` finds in the page as it stands now."""
    script = f"(selector) => {{ {DESCRIBE} return [...document.querySelectorAll(selector)].map(describe); }}"
    found = page.evaluate(script, selector)
    return [normal(item) for item in found]


def recorded(page: Page, html: str, selector: str) -> list[Element]:
    """The elements that `selector` finds in `html`, parsed by the same browser but not loaded (nothing is fetched)."""
    script = (
        f"([html, selector]) => {{ {DESCRIBE} const parsed = new DOMParser().parseFromString(html, 'text/html');"
        " return [...parsed.querySelectorAll(selector)].map(describe); }"
    )
    return [normal(item) for item in page.evaluate(script, [html, selector])]


def normal(raw: Any) -> Element:
    """An element without what may differ."""
    attributes: dict[str, str] = {}
    for name, value in raw["attributes"].items():
        if name.startswith("data-v-"):
            attributes["data-v"] = ""
        elif name == "class":
            attributes[name] = " ".join(sorted(value.split()))
        elif name == "style":
            parts = sorted(part.strip() for part in value.split(";") if part.strip())
            attributes |= {"style": "; ".join(parts)} if parts else {}
        else:
            attributes[name] = HASH.sub("-#.css", ORIGIN.sub("", value))
    children = [normal(child) for child in raw["children"]]
    return Element(tag=raw["tag"], attributes=attributes, text=" ".join(raw["text"].split()), children=children)


def differences(expected: Element, actual: Element, *, texts: bool = True, path: str = "") -> list[str]:
    """What differs, each with the path to it; empty when nothing does. `texts` compares texts and values, too."""
    here = f"{path}/{label(expected)}"
    if expected["tag"] != actual["tag"]:
        return [f"{here}: is <{actual['tag']}>"]
    found = _attribute_differences(expected, actual, texts, here)
    if texts and expected["text"] != actual["text"]:
        found.append(f"{here}: text {actual['text']!r} instead of {expected['text']!r}")
    if len(expected["children"]) != len(actual["children"]):
        wanted, got = ([label(child) for child in item["children"]] for item in (expected, actual))
        return [*found, f"{here}: children {got} instead of {wanted}"]
    for one, other in zip(expected["children"], actual["children"], strict=True):
        found += differences(one, other, texts=texts, path=here)
    return found


def _attribute_differences(expected: Element, actual: Element, texts: bool, here: str) -> list[str]:
    one, other = expected["attributes"], actual["attributes"]
    found = [f"{here}: attribute {name} only on one side" for name in sorted(one.keys() ^ other.keys())]
    for name in sorted(one.keys() & other.keys()):
        compared = texts or name in {"class", "style", "title", "type", "name"}
        if compared and one[name] != other[name]:
            found.append(f"{here}: {name}={other[name]!r} instead of {one[name]!r}")
    return found


def label(element: Element) -> str:
    """A short name of an element for messages."""
    classes = element["attributes"].get("class", "")
    return element["tag"] + (f".{classes.replace(' ', '.')}" if classes else "")


def each(element: Element) -> list[Element]:
    """The element and all below it, in document order."""
    return [element, *(inner for child in element["children"] for inner in each(child))]


def with_class(element: Element, name: str) -> list[Element]:
    """All elements below (and with) `element` that have the class."""
    return [item for item in each(element) if name in item["attributes"].get("class", "").split()]

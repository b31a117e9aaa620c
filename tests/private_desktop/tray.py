"""What the tray shows, as its host sees it: the StatusNotifier items and their menus, read over D-Bus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.private_desktop.bus import Bus, Place
from tests.private_desktop.tools import DesktopError

WATCHER = Place("org.kde.StatusNotifierWatcher", "/StatusNotifierWatcher", "org.kde.StatusNotifierWatcher")
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


@dataclass(frozen=True)
class MenuEntry:
    """One line of a tray menu; `label` without the mark of its shortcut letter."""

    number: int
    label: str
    enabled: bool
    visible: bool
    separator: bool
    checked: bool
    children: tuple[MenuEntry, ...]

    @property
    def selectable(self) -> bool:
        """Return whether a person can choose it."""
        return self.enabled and self.visible and not self.separator


@dataclass(frozen=True)
class Pixmap:
    """An icon as it crosses the bus: ARGB32, network byte order, row by row."""

    width: int
    height: int
    argb: bytes

    @property
    def mean_colour(self) -> tuple[int, int, int]:
        """Return red, green and blue, averaged over what is opaque (0, 0, 0 for an empty icon)."""
        opaque = [self.argb[at + 1 : at + 4] for at in range(0, len(self.argb), 4) if self.argb[at] > 127]
        count = max(1, len(opaque))
        red, green, blue = (sum(pixel[part] for pixel in opaque) // count for part in range(3))
        return red, green, blue


class TrayItem:
    """One icon in the tray."""

    def __init__(self, bus: Bus, service: str) -> None:
        self.service = service
        name, slash, path = service.partition("/")
        self._bus = bus
        self._place = Place(name, slash + path or "/StatusNotifierItem", ITEM)

    def __repr__(self) -> str:
        return f"TrayItem({self.service!r})"

    @property
    def pid(self) -> int:
        """Return the process it belongs to."""
        return self._bus.pid_of(self._place.name)

    @property
    def title(self) -> str:
        """Return the item's title."""
        return str(self._bus.get(self._place, "Title"))

    @property
    def status(self) -> str:
        """Return Active, Passive or NeedsAttention."""
        return str(self._bus.get(self._place, "Status"))

    @property
    def icon_name(self) -> str:
        """Return the themed icon's name, empty where pixmaps are sent."""
        return str(self._bus.get(self._place, "IconName"))

    @property
    def pixmaps(self) -> list[Pixmap]:
        """Return the icon in every size that is sent."""
        return [Pixmap(width, height, bytes(data)) for width, height, data in self._bus.get(self._place, "IconPixmap")]

    def tooltip(self) -> str:
        """Return the tooltip as a host shows it: the title, and below it the text where there is one."""
        _, _, title, text = self._bus.get(self._place, "ToolTip")
        return "\n".join(part for part in (str(title), str(text)) if part)

    def activate(self) -> None:
        """Do what the host does when the icon is clicked."""
        self._bus.call(self._place, "Activate", "ii", 0, 0)

    def menu(self) -> list[MenuEntry]:
        """Return the menu as it is now, from its top."""
        menu = self._menu_place()
        self._bus.call(menu, "AboutToShow", "i", 0)
        _, layout = self._bus.call(menu, "GetLayout", "iias", 0, -1, [])
        return list(_entry(layout).children)

    def menu_labels(self) -> list[str]:
        """Return the labels of the visible lines, separators left out."""
        return [entry.label for entry in self.menu() if entry.visible and not entry.separator]

    def entry(self, label: str) -> MenuEntry:
        """Return the first line with that label; raises DesktopError where there is none."""
        for entry in self.menu():
            if entry.label == label:
                return entry
        raise DesktopError(f"the menu has no line {label!r} but {self.menu_labels()}")

    def menu_click(self, label: str) -> None:
        """Choose a line of the menu over D-Bus; raises DesktopError where it is missing or greyed out."""
        entry = self.entry(label)
        if not entry.selectable:
            raise DesktopError(f"the menu's line {label!r} cannot be chosen: {entry}")
        self._bus.call(self._menu_place(), "Event", "isvu", entry.number, "clicked", ("i", 0), 0)

    def _menu_place(self) -> Place:
        return Place(self._place.name, str(self._bus.get(self._place, "Menu")), MENU)


def tray_items(bus: Bus) -> list[TrayItem]:
    """Return the icons of the tray host; none where no host runs."""
    if not bus.has_owner(WATCHER.name):
        return []
    return [TrayItem(bus, service) for service in bus.get(WATCHER, "RegisteredStatusNotifierItems")]


def _entry(layout: tuple[int, dict[str, tuple[str, Any]], list[tuple[str, Any]]]) -> MenuEntry:
    """Return a com.canonical.dbusmenu layout as a MenuEntry with its children."""
    number, properties, children = layout
    values = {name: value for name, (_, value) in properties.items()}
    return MenuEntry(
        number=number,
        label=_plain(str(values.get("label", ""))),
        enabled=bool(values.get("enabled", True)),
        visible=bool(values.get("visible", True)),
        separator=values.get("type") == "separator",
        checked=values.get("toggle-state") == 1,
        children=tuple(_entry(child) for _, child in children),
    )


def _plain(label: str) -> str:
    """Take the shortcut's underscore out of a dbusmenu label (two of them stand for one)."""
    return "_".join(part.replace("_", "") for part in label.split("__"))

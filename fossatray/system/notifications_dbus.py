"""Notices through the freedesktop.org notification service, with clicks, replacing, and an icon.

Nothing here waits for the daemon: everything is sent, and answers arrive through Qt's loop. A daemon that is absent or
hangs makes the notice appear in the program instead.

A notice in doubt (the program was killed while it was on its way) is sent once more, as one that replaces: by the
number of its slot, which is kept over the ends of the program, and by a tag, where the daemon knows tags. So it is on
the screen once, whether the daemon had it or not. What cannot be known is whether a person has seen and closed it
before. Where the slot has no number yet (its first notice since the daemon began) and the daemon knows no tags, the
notice goes to the program's window, and waits there until it is seen.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Slot

from fossatray.core.notices import Notice
from fossatray.core.text import notice_body
from fossatray.system.dbus_link import DBusLink
from fossatray.system.dbus_wire import BUS, BusAbsent, Incoming
from fossatray.system.notice_places import Place, Places, places_from
from fossatray.system.notifications import Notifier, plain_title
from fossatray.system.paths import APP_NAME, resource

log = logging.getLogger("fossatray.notifications")

_NAME = "org.freedesktop.Notifications"
_SERVICE = (_NAME, "/org/freedesktop/Notifications", _NAME)
_DEADLINE_MS = 5000
_DESKTOP_ENTRY = "fossatray"
_DEFAULT_ICON = "icons/fossatray.svg"
_TAG = "x-dunst-stack-tag"
_KNOW_TAGS = ("dunst", "mako")
"""The daemons that replace a notice by another one with the same tag."""
_URGENCY_NORMAL, _URGENCY_CRITICAL = 1, 2


@dataclass(slots=True)
class _Slot:
    """An account's notices of one kind: the id on the screen (0: none), what is being sent, what waits to be."""

    shown_id: int = 0
    target: str = ""
    sending: Notice | None = None
    next: Notice | None = None


class DBusNotifier(Notifier):
    """The desktop's notification service. The connection is opened at the first notice."""

    def __init__(
        self, *, icon: str = _DEFAULT_ICON, deadline_ms: int = _DEADLINE_MS, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._deadline_ms = deadline_ms
        self._link = DBusLink(self)
        self._link.signalled.connect(self._on_signal)
        self._link.lost.connect(self._forget)
        self._capabilities: frozenset[str] | None = None
        self._asking = False
        self._daemon = ""
        self._bus_id = ""
        self._knows_tags = False
        self._recalled = Places()
        self._placed = ""
        self._slots: dict[str, _Slot] = {}
        self._closed = False

    def show(self, notice: Notice) -> None:
        """Show a notice; one of the same kind and account that is on the screen is replaced by it."""
        if self._closed:
            return
        slot = self._slots.setdefault(notice.slot, _Slot())
        if slot.next is not None:
            self.told.emit(slot.next.id)  # the newer one stands for it
        slot.next = notice
        if not self._connected():
            self._all_in_app()
        else:
            self._send_next(notice.slot)

    def recall(self, places: str) -> None:
        """Take where the notices of an earlier life are; of use if the same daemon still runs."""
        self._recalled, self._placed = places_from(places), places

    def close(self) -> None:
        """Close the connection; notices that are on the screen stay there."""
        self._closed = True
        self._slots.clear()
        self._link.close()

    def _connected(self) -> bool:
        if self._link.is_open:
            return True
        try:
            self._link.open()
        except BusAbsent:
            log.info("no session bus: notices are shown in the program")
            return False
        for member in ("ActionInvoked", "NotificationClosed"):
            self._link.subscribe(f"type='signal',sender='{_NAME}',interface='{_NAME}',member='{member}'")
        self._link.subscribe(
            "type='signal',sender='org.freedesktop.DBus',interface='org.freedesktop.DBus',"
            f"member='NameOwnerChanged',arg0='{_NAME}'"
        )
        return True

    def _ask_capabilities(self) -> None:
        if not self._asking:
            self._asking = True
            self._link.call(BUS, "GetId", "", (), self._on_bus_id, self._deadline_ms)

    def _on_bus_id(self, reply: Incoming | None) -> None:
        if reply is None:
            self._on_capabilities(None)
            return
        self._bus_id = str(reply.body[0]) if reply.kind == "reply" else ""
        self._link.call(_SERVICE, "GetServerInformation", "", (), self._on_server, self._deadline_ms)

    def _on_server(self, reply: Incoming | None) -> None:
        if reply is None:
            self._on_capabilities(None)
            return
        self._knows_tags = reply.kind == "reply" and str(reply.body[0]).lower() in _KNOW_TAGS
        self._link.call(_SERVICE, "GetCapabilities", "", (), self._on_capabilities, self._deadline_ms)

    def _on_capabilities(self, reply: Incoming | None) -> None:
        self._asking = False
        if reply is None or reply.kind == "error":
            log.info("no notification service: %s", reply.name if reply is not None else "no answer")
            self._all_in_app()
            return
        self._capabilities = frozenset(reply.body[0])
        self._daemon = reply.sender
        if self._recalled.daemon == self._identity:
            for name, place in self._recalled.places.items():
                slot = self._slots.setdefault(name, _Slot())
                slot.shown_id, slot.target = place.id, place.target
        self._recalled = Places()
        for name in list(self._slots):
            self._send_next(name)

    @property
    def _identity(self) -> str:
        """What tells this daemon from any other, also of another session; empty if that is not known."""
        return f"{self._bus_id} {self._daemon}" if self._bus_id and self._daemon else ""

    def _tell_places(self) -> None:
        """Let it be kept where the notices are, if that has changed."""
        shown = {name: Place(slot.shown_id, slot.target) for name, slot in self._slots.items() if slot.shown_id}
        text = Places(self._identity, shown).to_text()
        if self._identity and text != self._placed:
            self._placed = text
            self.placed.emit(text)

    def _send_next(self, name: str) -> None:
        """Send what waits in a slot, unless an earlier one there has no id yet: its id is needed to replace it."""
        slot = self._slots[name]
        if slot.sending is not None or slot.next is None:
            return
        if self._capabilities is None:
            self._ask_capabilities()
            return
        if slot.next.is_in_doubt and not slot.shown_id and not self._knows_tags:
            notice, slot.next = slot.next, None
            self.show_in_app(notice)  # sent once more, it might stand there twice
            return
        slot.sending, slot.next = slot.next, None
        arguments = self._arguments(slot.sending, slot.shown_id)
        self._link.call(
            _SERVICE, "Notify", "susssasa{sv}i", arguments, lambda reply: self._on_shown(name, reply), self._deadline_ms
        )

    def _arguments(self, notice: Notice, replaces: int) -> tuple[Any, ...]:
        actions = ["default", self.tr("Open")] if "actions" in (self._capabilities or ()) else []
        hints = {
            "desktop-entry": ("s", _DESKTOP_ENTRY),
            "urgency": ("y", _URGENCY_CRITICAL if notice.urgent else _URGENCY_NORMAL),
            _TAG: ("s", f"{_DESKTOP_ENTRY} {notice.slot}"),
        }
        return (
            APP_NAME,
            replaces,
            self._icon_path(),
            plain_title(notice),
            notice_body(notice.body),
            actions,
            hints,
            -1,
        )

    def _icon_path(self) -> str:
        try:
            return str(resource(self._icon))
        except FileNotFoundError:
            log.warning("the notices' icon is missing: %s", self._icon)
            return ""

    def _on_shown(self, name: str, reply: Incoming | None) -> None:
        slot = self._slots.get(name)
        if slot is None:
            return
        notice, slot.sending = slot.sending, None
        if reply is not None and reply.kind == "reply":
            slot.shown_id = reply.body[0]
            slot.target = notice.target if notice is not None else ""
            self._daemon = reply.sender
            self._tell_places()
            if notice is not None:
                self.told.emit(notice.id)
        else:
            log.info("the notice was not shown: %s", reply.name if reply is not None else "no answer")
            slot.shown_id = 0
            if notice is not None and slot.next is None:
                self.show_in_app(notice)
            elif notice is not None:
                self.told.emit(notice.id)
        if self._link.is_open:
            self._send_next(name)

    def _all_in_app(self) -> None:
        for slot in self._slots.values():
            notice, slot.next = slot.next, None
            if notice is not None:
                self.show_in_app(notice)

    @Slot(object)
    def _on_signal(self, message: Incoming) -> None:
        if message.name == "NameOwnerChanged" and message.sender == "org.freedesktop.DBus":
            self._forget()  # another daemon knows nothing of the old one's ids
        elif message.interface == _NAME and message.sender == self._daemon:
            self._on_daemon_signal(message)

    def _on_daemon_signal(self, message: Incoming) -> None:
        number = message.body[0] if message.body else 0
        slot = next((slot for slot in self._slots.values() if number and slot.shown_id == number), None)
        if slot is None:
            return
        if message.name == "ActionInvoked":
            self.clicked.emit(slot.target)
        elif message.name == "NotificationClosed":
            slot.shown_id = 0
            self._tell_places()

    @Slot()
    def _forget(self) -> None:
        """The daemon or the bus has gone: what it told is no longer true. The next notice asks again."""
        self._capabilities = None
        self._daemon = ""
        for slot in self._slots.values():
            slot.shown_id = 0
        if not self._link.is_open:
            self._all_in_app()

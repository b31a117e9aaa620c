"""What the notification daemon is given and says: its traffic on the bus, read by a monitor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from jeepney import HeaderFields, MatchRule, Message, MessageType  # type: ignore[import-untyped]

from tests.private_desktop.bus import Bus

INTERFACE = "org.freedesktop.Notifications"
CLOSED_BY = {1: "expired", 2: "dismissed", 3: "withdrawn", 4: "undefined"}


@dataclass(frozen=True)
class Notice:
    """A notification the daemon took: `actions` are (key, label) pairs, `closed` says how it ended ("" = shown)."""

    id: int
    app_name: str
    replaces: int
    icon: str
    summary: str
    body: str
    actions: tuple[tuple[str, str], ...]
    hints: dict[str, Any]
    closed: str = ""
    invoked: str = ""


class NoticeWatch:
    """Collects what is said to and by the notification daemon. Only notices it answered are counted."""

    def __init__(self, address: str) -> None:
        self._bus = Bus(address)
        self._bus.watch_everything(
            MatchRule(type="method_call", interface=INTERFACE, member="Notify"),
            MatchRule(type="signal", interface=INTERFACE),
            MatchRule(type="method_return"),
        )
        self._asker = Bus(address)
        self._asked: dict[tuple[str, int], tuple[Any, ...]] = {}
        self._notices: list[Notice] = []

    def close(self) -> None:
        """Stop watching."""
        self._bus.close()
        self._asker.close()

    def notices(self) -> list[Notice]:
        """Return every notice since the start or the last `clear`, oldest first; a replacement is one more."""
        answered = self._asker.ping()  # what went over the bus before comes before the answer to this
        while not self._is_answer(message := self._bus.next_received(), answered):
            self._take(message)
        return list(self._notices)

    def clear(self) -> None:
        """Forget the notices so far."""
        self.notices()
        self._notices.clear()

    def _is_answer(self, message: Message, serial: int) -> bool:
        fields = message.header.fields
        of = fields.get(HeaderFields.destination), fields.get(HeaderFields.reply_serial)
        return message.header.message_type is MessageType.method_return and of == (self._asker.name, serial)

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        kind = message.header.message_type
        if kind is MessageType.method_call:
            self._asked[fields[HeaderFields.sender], message.header.serial] = tuple(message.body)
        elif kind is MessageType.method_return:
            asked = self._asked.pop((fields.get(HeaderFields.destination, ""), fields[HeaderFields.reply_serial]), None)
            if asked is not None:
                self._notices.append(_notice(message.body[0], asked))
        elif fields[HeaderFields.member] == "NotificationClosed":
            self._change(message.body[0], closed=CLOSED_BY.get(message.body[1], "undefined"))
        elif fields[HeaderFields.member] == "ActionInvoked":
            self._change(message.body[0], invoked=message.body[1])

    def _change(self, number: int, **changes: str) -> None:
        for at in reversed(range(len(self._notices))):
            if self._notices[at].id == number:
                self._notices[at] = replace(self._notices[at], **changes)  # type: ignore[arg-type]
                return


def _notice(number: int, asked: tuple[Any, ...]) -> Notice:
    app_name, replaces, icon, summary, body, actions, hints, _ = asked
    pairs = tuple(zip(actions[::2], actions[1::2], strict=True))
    plain = {name: value for name, (_, value) in hints.items()}
    return Notice(number, app_name, replaces, icon, summary, body, pairs, plain)

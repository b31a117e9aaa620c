"""The practice portal itself: start it, read its address and made-up sign-in, change its orders, throw its switches."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from datetime import date, datetime
from types import TracebackType
from typing import Final, Self

from fossatray.demo.changes import Change, PracticeChange
from fossatray.demo.equipment import PracticeEquipment
from fossatray.demo.equipment_book import EquipmentBook, EquipmentChange, LocationMishap, PracticeEquipmentChange
from fossatray.demo.hostile_page import HostilePage
from fossatray.demo.list_format import WireFormat
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.order_book import OrderBook
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.pages import Pages
from fossatray.demo.rough_pages import RoughPages
from fossatray.demo.server import PortalServer
from fossatray.demo.sessions import Sessions
from fossatray.demo.sign_in_desk import SignIn, SignInDesk
from fossatray.demo.site import Site
from fossatray.demo.work_pages import WorkPages

USERNAME: Final = "technician@practice.example"
A_LITTLE: Final = (Change.NEW, Change.RESCHEDULED, Change.EDITED, Change.REMOVED)
NO_CANARY: Final = "http://127.0.0.1:9"


class PracticePortal:
    """A local WorkFossa look-alike with made-up data; also a context manager that starts and stops it.

    The port is bound at once, so that `origin` is known before `start`; without a `stop` it stays bound.
    """

    def __init__(
        self,
        *,
        orders: int = 60,
        seed: int = 1,
        today: date | None = None,
        port: int = 0,
        latency: float = 0.0,
        username: str = USERNAME,
        password: str | None = None,
        mishaps: Iterable[Mishap] = (),
        canary_origin: str = NO_CANARY,
        records: Iterable[PracticeOrder] | None = None,
    ) -> None:
        """Makes `orders` open orders around `today` (the machine's date by default), or takes `records` as they are.

        `latency` is how many seconds late the list's data come; the password is drawn unless given; `canary_origin` is
        where the hostile pages want to go. Raises OSError when the port is taken.
        """
        day = today or datetime.now().astimezone().date()
        self.username = username
        self.password = password if password is not None else secrets.token_urlsafe(12)
        self._mishaps = MishapSwitches(mishaps)
        self._book = OrderBook(orders=orders, seed=seed, today=day, mishaps=self._mishaps, records=records)
        self._sessions = Sessions()
        self._desk = SignInDesk(username=username, password=self.password, mishaps=self._mishaps)
        self._hostile = HostilePage(canary_origin)
        self._rough = RoughPages(self._mishaps, canary_origin)
        self._server = PortalServer(port=port, mishaps=self._mishaps, latency=latency)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        wire = WireFormat()
        self._pages = pages = Pages(origin=self.origin, username=username, wire=wire)
        self._equipment = EquipmentBook(book=self._book, seed=seed, mishaps=self._mishaps)
        work = WorkPages(
            pages=pages, wire=wire, book=self._book, equipment=self._equipment, mishaps=self._mishaps, today=day
        )
        self._server.site = Site(
            pages=pages,
            work=work,
            sessions=self._sessions,
            desk=self._desk,
            mishaps=self._mishaps,
            hostile=self._hostile,
            rough=self._rough,
            origin=self.origin,
        )
        self._thread: threading.Thread | None = None
        self._closed = False

    def start(self) -> None:
        """Begins to serve; RuntimeError when it was started or stopped before."""
        if self._thread is not None or self._closed:
            raise RuntimeError("a practice portal starts once")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="practice-portal")
        self._thread.start()

    def stop(self) -> None:
        """Ends every connection, hanging ones included, and waits for its threads; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._thread is not None:
            self._server.shutdown()
        self._server.close_connections()
        self._server.server_close()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def orders(self) -> list[PracticeOrder]:
        """What the filter "No visits completed" lists, ascending: all that a right sync finds."""
        return self._book.listed("none")

    @property
    def completed(self) -> list[PracticeOrder]:
        """The completed orders, held apart: only the list of completed ones and the unfiltered list show them."""
        return self._book.listed("all")

    @property
    def partial(self) -> list[PracticeOrder]:
        """Orders with some visits completed: only the unfiltered list shows them."""
        return self._book.partial()

    @property
    def mishaps(self) -> MishapSwitches:
        """The switches; a set that may be changed at any time, from any thread."""
        return self._mishaps

    @mishaps.setter
    def mishaps(self, mishaps: Iterable[Mishap]) -> None:
        self._mishaps.replace(mishaps)

    @property
    def sign_ins(self) -> list[SignIn]:
        """Every sign-in posted so far."""
        return self._desk.attempts

    @property
    def requests(self) -> list[str]:
        """The path and query of every request so far."""
        return list(self._server.requests)

    @property
    def hostile_tried(self) -> set[str]:
        """The ways to the canary origin that a browser has tried so far."""
        return self._hostile.tried

    @property
    def page_latency(self) -> float:
        """How many seconds late everything but the list's data comes: pages, style sheets, answers to a post."""
        return self._server.page_latency

    @page_latency.setter
    def page_latency(self, seconds: float) -> None:
        self._server.page_latency = seconds

    @property
    def slow_seconds(self) -> float:
        """How many seconds Mishap.SLOW adds to each answer."""
        return self._server.slow_seconds

    @slow_seconds.setter
    def slow_seconds(self, seconds: float) -> None:
        self._server.slow_seconds = seconds

    @property
    def most_memory(self) -> int:
        """How many bytes Mishap.MEMORY_EATER takes at most."""
        return self._rough.most_memory

    @most_memory.setter
    def most_memory(self, size: int) -> None:
        self._rough.most_memory = size

    def location_url(self, location_id: int) -> str:
        """The address of a location's page."""
        return f"{self.origin}/app/customers/locations/{location_id}/"

    def dispensers(self, location_id: int) -> tuple[PracticeEquipment, ...]:
        """The dispensers that a right reading of a location finds; empty for one that is not there."""
        return self._equipment.dispensers(location_id)

    def put_dispensers(self, location_id: int, cards: tuple[PracticeEquipment, ...]) -> None:
        """Gives a location exactly these dispensers; ValueError for one that is not there."""
        self._equipment.put(location_id, cards)

    def change_equipment(self, location_id: int, kind: EquipmentChange) -> PracticeEquipmentChange:
        """Changes a location's dispensers; ValueError where there is none that could be changed."""
        return self._equipment.change(location_id, kind)

    def spoil(self, location_id: int, mishap: LocationMishap | None) -> None:
        """Has a single location misbehave; None has it behave again."""
        self._equipment.spoil(location_id, mishap)

    @property
    def most_at_once(self) -> int:
        """How many of the pages' own requests for data were being answered at once, at most."""
        return self._server.most_at_once

    def change(self, *kinds: Change) -> list[PracticeChange]:
        """Makes one change of each kind, no order twice; ValueError when there is none left to change."""
        return self._book.change(kinds)

    def change_a_little(self) -> list[PracticeChange]:
        """Lets some time pass: an order comes, one is rescheduled, one edited, one goes, as far as there are enough."""
        return self._book.change(A_LITTLE, leave_out=True)

    def draw_session_ids(self, new_id: Callable[[], str]) -> None:
        """Has the value of each new session's cookie drawn by `new_id`, which must give another one each time."""
        self._sessions.new_id = new_id

    def show_user(self, username: str) -> None:
        """Has every page name another user than the one who signed in."""
        self._pages.username = username

    def expire_sessions(self) -> None:
        """Ends every session at once."""
        self._sessions.drop_all()

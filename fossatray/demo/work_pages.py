"""The work list, its data, and the location pages: what the portal shows of the order book."""

from __future__ import annotations

import time
from datetime import date
from email.utils import formatdate
from http import HTTPStatus
from typing import Final

from fossatray.demo.equipment_book import EquipmentBook, LocationMishap
from fossatray.demo.http_types import Reply, Request
from fossatray.demo.list_format import FOREIGN_DATES, PORTAL_DATES, WireFormat, groups_of, row_of
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.order_book import OrderBook
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.pages import GONE_TEXT, Pages, location_content, work_list_content

PAGE_SIZES: Final = (25, 50, 100)
FILTERS: Final = ("work_visit_completion", "visit_scheduled")
DIRECTION: Final = "order_direction"
MALFORMED_EVERY: Final = 7
DENIED_TEXT: Final = "Access denied."
NAMES: Final = {
    "row": "work-list-item",
    "number": "ks-checkbox-label-wrapper",
    "code": "muted",
    "reason": "Reason:",
}
"""Classes of a row and two of its parts, and a label."""
RENAMED: Final = {"row": "wo-list-entry", "number": "wo-number", "code": "service-code", "reason": "Work type:"}
"""The same after a change of the layout."""


class WorkPages:
    """Makes the pages about orders, and answers the requests their scripts send."""

    def __init__(
        self,
        *,
        pages: Pages,
        wire: WireFormat,
        book: OrderBook,
        equipment: EquipmentBook,
        mishaps: MishapSwitches,
        today: date,
    ) -> None:
        """`today` decides what is overdue."""
        self._pages = pages
        self._wire = wire
        self._book = book
        self._mishaps = mishaps
        self._today = today
        self._equipment = equipment

    def is_data(self, path: str) -> bool:
        """Whether `path` is one that only the pages' scripts know."""
        return path in {self._wire.list_path, self._wire.equipment_path}

    def page_of(self, path: str, request: Request) -> str | None:
        """The number of the work list's page whose data a request is for, None for another request."""
        return request.query.get(self._wire.parameters["page"]) if path == self._wire.list_path else None

    def order(self, order_id: int) -> PracticeOrder | None:
        """The order with this id."""
        return self._book.find(order_id)

    def work_list(self, request: Request, *, token: str, hostile: str) -> str:
        """The work list's page for the filters in the address; its rows come later."""
        filters = self._filters(request)
        descending = request.query.get(DIRECTION) != "asc"
        limit = 100 if Mishap.PAGE_SIZE_ALREADY_100 in self._mishaps else PAGE_SIZES[0]
        grid = Mishap.GRID_VIEW in self._mishaps
        counted = bool(filters) and Mishap.NO_PAGE_NUMBERS not in self._mishaps
        content = work_list_content(
            self._wire,
            filters,
            limit=limit,
            counted=counted,
            grid=grid,
            descending=descending,
            direction_given=DIRECTION in request.query,
        )
        config = {
            "path": self._wire.list_path,
            "parameters": self._wire.parameters,
            "envelope": self._wire.envelope,
            "fields": self._wire.fields,
            "scope": self._wire.scopes["list"],
            "filters": filters,
            "counted": counted,
            "limit": limit,
            "view": "grid" if grid else "list",
            "direction": "desc" if descending else "asc",
            "restless": Mishap.RESTLESS in self._mishaps,
            "late": Mishap.LATE_PAGINATOR in self._mishaps,
            "late_content": Mishap.LATE_CONTENT in self._mishaps,
            "stubborn": Mishap.PAGE_SIZE_IGNORED in self._mishaps,
            "names": RENAMED if Mishap.RENAMED_LAYOUT in self._mishaps else NAMES,
            "modal": Mishap.VISIBLE_MODAL in self._mishaps,
        }
        scripts = ("dom.js", "row.js", "work_list.js")
        return self._pages.app(token=token, content=content, config=config, scripts=scripts, before=hostile)

    def location(self, location_id: int, *, token: str, opened: bool) -> str:
        """A location's page, its Equipment tab open if `opened`; or the one that says it is gone."""
        mishap = self._equipment.mishap(location_id)
        gone = mishap is LocationMishap.GONE or Mishap.DELETED_LOCATION in self._mishaps
        order = None if gone else self._book.location(location_id)
        denied = mishap is LocationMishap.DENIED_IN_WORDS
        title = "Location" if order is None else f"{order.site_name} {order.store_number}"
        config = {
            "path": self._wire.equipment_path,
            "parameters": self._wire.parameters,
            "envelope": self._wire.envelope,
            "location": location_id,
            "opened": opened,
            "endless": mishap is LocationMishap.ENDLESS_SCRIPT,
            "expanded": Mishap.EQUIPMENT_OPEN in self._mishaps,
            "late_content": Mishap.LATE_CONTENT in self._mishaps,
            "ignored": 1_000 if mishap is LocationMishap.STUCK else int(Mishap.TOGGLE_IGNORED in self._mishaps),
            "modal": Mishap.VISIBLE_MODAL in self._mishaps,
        }
        scripts = ("dom.js", "shell.js" if order is None or denied else "location.js")
        said = GONE_TEXT if order is None else DENIED_TEXT if denied else None
        content = location_content(title, said=said, equipment=mishap is not LocationMishap.NO_TAB)
        return self._pages.app(token=token, content=content, config=config, scripts=scripts)

    def location_refused(self, location_id: int) -> Reply | None:
        """What comes instead of a location's page, if a mishap wants it so."""
        if Mishap.LOCATION_RATE_LIMITED in self._mishaps:
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS, "3600")
        if self._mishaps.take_once(Mishap.LOCATION_RATE_LIMITED_ONCE):
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS, "1")
        refusals = {
            LocationMishap.DENIED: (HTTPStatus.FORBIDDEN, None),
            LocationMishap.BUSY: (HTTPStatus.TOO_MANY_REQUESTS, "1"),
            LocationMishap.CLOSED: (HTTPStatus.SERVICE_UNAVAILABLE, "3600"),
            LocationMishap.SERVER_ERROR: (HTTPStatus.INTERNAL_SERVER_ERROR, None),
        }
        mishap = self._equipment.mishap(location_id)
        return _refusal(*refusals[mishap]) if mishap in refusals else None

    def data(self, path: str, request: Request) -> Reply:
        """The answer to one of the pages' own requests."""
        if path == self._wire.equipment_path:
            return self._location_data(_number(request.query.get(self._wire.parameters["page"]), 0))
        answer = self._list(request)
        return Reply(self._wire.encode(answer), content_type="application/json", late=True)

    def _location_data(self, location_id: int) -> Reply:
        mishap = self._equipment.mishap(location_id)
        if mishap is LocationMishap.HANGING:
            return Reply(hangs=True)
        if mishap is LocationMishap.DATA_LOST:
            return Reply(drops=True)
        if mishap is LocationMishap.DATA_ERROR:
            return _refusal(HTTPStatus.INTERNAL_SERVER_ERROR)
        if self._mishaps.take_once(Mishap.LOCATION_DATA_RATE_LIMITED_ONCE):
            return _refusal(HTTPStatus.TOO_MANY_REQUESTS, formatdate(time.time() + 2, usegmt=True))
        groups = groups_of(self._equipment.groups(location_id))
        if mishap is LocationMishap.MISCOUNTED:
            groups[0]["count"] = len(self._equipment.dispensers(location_id)) + 1
        return Reply(self._wire.encode({"rows": groups}), content_type="application/json", late=True)

    def _list(self, request: Request) -> dict[str, object]:
        names = self._wire.parameters
        page = max(1, _number(request.query.get(names["page"]), 1))
        asked = _number(request.query.get(names["limit"]), PAGE_SIZES[0])
        limit = asked if asked in PAGE_SIZES and Mishap.PAGE_SIZE_LYING not in self._mishaps else PAGE_SIZES[0]
        self._change_meanwhile(page, limit)
        orders = self._orders(request, descending=request.query.get(names["direction"]) == "desc")
        chosen = orders[(page - 1) * limit : page * limit]
        dates = FOREIGN_DATES if Mishap.FOREIGN_DATES in self._mishaps else PORTAL_DATES
        malformed = Mishap.MALFORMED_ROWS in self._mishaps
        rows = [
            row_of(order, self._today, broken=malformed and index % MALFORMED_EVERY == MALFORMED_EVERY - 1, dates=dates)
            for index, order in enumerate(chosen)
        ]
        answer: dict[str, object] = {
            "rows": self._wire.rows(rows),
            "more": page * limit < len(orders),
            "layout": "table" if Mishap.CHANGED_LAYOUT in self._mishaps else "list",
        }
        if self._filters(request) and not {Mishap.EMPTY_UNPROVED, Mishap.NO_PAGE_NUMBERS} & set(self._mishaps):
            answer["pages"] = -(-len(orders) // limit)
            if Mishap.NO_COUNT not in self._mishaps:
                answer["total"] = len(orders)
        return answer

    def _change_meanwhile(self, page: int, limit: int) -> None:
        """What happens to the list right before a page of `limit` orders is shown."""
        on = self._mishaps
        if page == 2 and (Mishap.SHIFTING in on or on.take_once(Mishap.SHIFTING_ONCE)):
            self._book.shift()
        if page == 2 and on.take_once(Mishap.REPLACED_ONCE):
            self._book.replace_at(0)
        if page == 3 and (Mishap.REPLACED_ON_PAGE_2 in on or on.take_once(Mishap.REPLACED_ON_PAGE_2_ONCE)):
            self._book.replace_at(limit)

    def _orders(self, request: Request, *, descending: bool) -> list[PracticeOrder]:
        if Mishap.EMPTY in self._mishaps or Mishap.EMPTY_UNPROVED in self._mishaps:
            return []
        filters = self._filters(request)
        completion = filters.get("work_visit_completion", "").split("||")[0]
        if Mishap.FILTER_PRETENDED in self._mishaps:
            completion = ""
        scheduled = filters.get("visit_scheduled", "").split("||")[0] == "scheduled"
        return self._book.listed(completion, scheduled_only=scheduled, descending=descending)

    def _filters(self, request: Request) -> dict[str, str]:
        """The filters that are asked for and applied."""
        asked = () if Mishap.FILTER_IGNORED in self._mishaps else FILTERS
        return {name: request.query[name] for name in asked if request.query.get(name)}


def _refusal(status: HTTPStatus, retry_after: str | None = None) -> Reply:
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return Reply(status.phrase.encode(), status, "text/plain; charset=UTF-8", headers=headers)


def _number(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else default

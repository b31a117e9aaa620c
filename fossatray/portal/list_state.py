"""What the work list's page shows at one moment, as scripts/settle.js tells it, checked on arrival."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from fossatray.core.errors import PortalError
from fossatray.portal.profile import Profile

TURNS = ("next", "previous", "last")
"""The actions that lead to another page of the list."""


@dataclass(frozen=True, slots=True)
class ListState:
    """`ids` are the rows' classes, one a line; `total` is N of "N matches"; `below` is the text below the header.

    `page` and `last_page` are the paginator's; `next` and `previous` tell whether its link there can be used, `last`
    whether that to the next page is shown as one that cannot; `size` is what the page-size control says; `view` is
    "list" or "grid"; `badge` whether the filter is shown as active.
    """

    form: bool
    header: bool
    busy: bool
    rows: int
    ids: str
    total: int | None
    page: int | None
    last_page: int | None
    next: bool
    previous: bool
    size: str | None
    view: str | None
    badge: bool
    below: str
    path: str
    timeout: bool = False
    last: bool = False

    @property
    def more_pages(self) -> bool:
        """Whether the paginator names pages behind this one."""
        return self.page is not None and self.last_page is not None and self.page < self.last_page

    @classmethod
    def from_page(cls, data: Any) -> ListState:
        """Check what the page told. Raises PortalError for anything else."""
        if not isinstance(data, dict):
            raise _not_understood()
        data = {"timeout": False, "last": False, **data}
        for field in fields(cls):
            if not _is_a(data.get(field.name), str(field.type)):
                raise _not_understood()
        return cls(**{field.name: data[field.name] for field in fields(cls)})


def settle_argument(
    profile: Profile,
    action: str | None,
    *,
    before: ListState | None = None,
    expected: ListState | None = None,
    quiet: float = 0.0,
) -> dict[str, Any]:
    """Return what scripts/settle.js is given, but its time limit; `before` is what the page shows until then.

    `quiet` is how many seconds the rows must stay as they are, if that is longer than the profile says.
    """
    waits = profile.waits
    return {
        "signs": asdict(profile.work_list),
        "form": profile.sign_in.form,
        "action": action,
        "before": before and before.ids,
        "page": before.page if before is not None and action in TURNS else None,
        "expected": expected and {"ids": expected.ids, "total": expected.total},
        "quiet": max(waits.quiet, quiet) * 1000,
        "menu": waits.menu * 1000,
        "unchanged": waits.unchanged * 1000,
        "empty": waits.empty * 1000,
    }


def rows_argument(profile: Profile) -> dict[str, Any]:
    """Return what scripts/rows.js is given."""
    return {
        "rows": profile.work_list.row,
        "row": asdict(profile.row),
        "visit": asdict(profile.visit),
        "most": profile.limits.rows_on_a_page,
    }


def _is_a(value: object, kind: str) -> bool:
    if kind == "bool":
        return isinstance(value, bool)
    if value is None:
        return kind.endswith("None")
    if kind.startswith("str"):
        return isinstance(value, str)
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9


def _not_understood() -> PortalError:
    return PortalError("The portal's page gave an answer that is not understood.")

"""The portal's pages, made from the recorded markup in templates/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Final

from fossatray.demo.list_format import WireFormat
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.templates_reader import fill, resource

APP_SHEETS: Final = (
    "vendor/other",
    "FileListDisplay",
    "CustomField",
    "ContactInfoBlock",
    "Paginator",
    "TextEditor",
    "NoteEditor",
    "WorkOrderList",
)
GONE_TEXT: Final = "Could not find this location. It may have been deleted."


class Pages:
    """Makes pages for one start of the portal: its origin, user name and drawn names are fixed."""

    def __init__(self, *, origin: str, username: str, wire: WireFormat) -> None:
        """`origin` has no trailing slash."""
        self._origin = origin
        self.username = username
        self._wire = wire

    def sign_in(self, *, token: str, action: str, error: str, email: str) -> str:
        """The sign-in form, with the error and the address of the attempt before."""
        shown = f' <div class="error-msg"><span>{escape(error)}</span></div>' if error else ""
        values = {
            "token": token,
            "action": escape(action),
            "origin": self._origin,
            "email": escape(email),
            "error": shown,
        }
        head = self._sheet("app", preload=True) + " " + self._sheet("home", preload=True)
        return self._document(head, "", f'<body id="home">\n{fill("sign_in.html", values)}{self._tail()}\n</body>')

    def app(
        self, *, token: str, content: str, config: Mapping[str, object], scripts: tuple[str, ...], before: str = ""
    ) -> str:
        """A page of the app: sidebar, top bar, `content`, and the scripts that bring it to life."""
        values = {
            "chrome": fill("chrome.html", {"username": escape(self.username)}).rstrip(),
            "content": content.rstrip(),
            "tail": self._tail(),
            "before": before,
            "config": json.dumps(config).replace("<", "\\u003c"),
            "code": "\n".join(resource(name) for name in scripts),
        }
        links = [f'<link href="/build/assets/{name}-{self._wire.asset}.css" rel="stylesheet"/>' for name in APP_SHEETS]
        return self._document(f"{self._sheet('app', preload=True)} {''.join(links)}", token, fill("app.html", values))

    def plain(self, *, token: str, title: str, content: str) -> str:
        """A simple page of the app, its content plain markup."""
        markup = fill("plain.html", {"title": escape(title), "content": content})
        return self.app(token=token, content=markup, config={"modal": False}, scripts=("dom.js", "shell.js"))

    def order(self, order: PracticeOrder, *, token: str) -> str:
        """An order's own page; the real one was never recorded, so it is simple."""
        fields = (
            f"<p>{escape(order.customer)} {escape(order.store_number)}</p>"
            f'<p class="pre-wrap">{escape(order.instructions)}</p>'
        )
        visit = order.visit
        link = "" if visit is None else f'<p><a href="/app/work/{order.id}/visits/{visit.id}/">Visit {visit.id}</a></p>'
        return self.plain(token=token, title=f"W-{order.id}", content=fields + link)

    def visit(self, order: PracticeOrder, *, token: str) -> str:
        """A visit's page, with the suggested forms facts tell of."""
        forms = (
            '<div dusk="suggested_forms"><ul><li class="plain-header">AccuMeasure <a class="text-xs" href="#">'
            '<svg class="svg-inline--fa fa-plus" data-icon="plus"></svg> New</a></li></ul></div>'
        )
        return self.plain(token=token, title=f"Visit of W-{order.id}", content=forms)

    def error(self, status: int, text: str) -> str:
        """A bare error page, as Laravel shows it."""
        return fill("error.html", {"status": str(status), "text": escape(text)})

    def unclear(self) -> str:
        """A page with neither form nor app."""
        return self._document("", "", "<body><div><p>One moment please…</p></div></body>")

    def _document(self, links: str, token: str, body: str) -> str:
        meta = f'\n<meta content="{token}" name="csrf-token"/>' if token else ""
        return fill("page.html", {"meta": meta, "links": links, "body": body})

    def _sheet(self, name: str, *, preload: bool) -> str:
        href = f"{self._origin}/build/assets/{name}-{self._wire.asset}.css"
        before = f'<link as="style" href="{href}" rel="preload"/>' if preload else ""
        return f'{before}<link href="{href}" rel="stylesheet"/>'

    def _tail(self) -> str:
        names = ("CustomerForms", "vendor/other", "app")
        hrefs = [f"{self._origin}/build/assets/{name}-{self._wire.asset}.css" for name in names]
        return "".join(f'<link as="style" href="{href}" rel="preload"/>' for href in hrefs) + "".join(
            f'<link href="{href}" rel="stylesheet"/>' for href in hrefs
        )


BADGE_STYLE: Final = 'style="text-overflow: ellipsis; overflow: hidden;"'


def work_list_content(
    wire: WireFormat,
    filters: Mapping[str, str],
    *,
    limit: int,
    counted: bool,
    grid: bool,
    descending: bool,
    direction_given: bool,
) -> str:
    """The work list's markup but for its rows.

    `filters` maps each active filter's name to its raw value; `counted` has the paginator show page numbers.
    """
    pairs = [_labels(value) for value in filters.values()]
    badges = [(label, f":\n        {escape(value)}\n        " if value else "") for value, label in pairs]
    opening = f'<span class="ks-badge mt-1 text-sm info" {BADGE_STYLE}>'
    cross = '<a href="#"><svg class="svg-inline--fa fa-xmark" data-icon="xmark"></svg></a></span> '
    removable = "".join(f"{opening}<strong>{escape(label)}</strong>{text}{cross}" for label, text in badges)
    saved = "".join(
        f"{opening.replace(' info', ' mr-1 info')}<strong>{escape(label)}</strong>{text}<!----></span>"
        for label, text in badges
    )
    if saved and direction_given:
        saved += f"{opening}<strong>Order Direction</strong><!---->\n<!----></span> "
    return fill(
        "work_list.html",
        {
            "v_list": f'{wire.scopes["list"]}=""',
            "v_saved": f'{wire.scopes["saved"]}=""',
            "v_editor": f'{wire.scopes["editor"]}=""',
            "saved_badges": saved,
            "active_badges": removable,
            "save_disabled": "" if filters else " disabled",
            "paginator": _paginator(wire, counted=counted, limit=limit, grid=grid, descending=descending),
            "rows": "",
        },
    )


def location_content(title: str, *, said: str | None, equipment: bool) -> str:
    """A location page: tabs, the Equipment one among them if wanted, and a panel; or what is `said` instead."""
    tabs = "".join(
        f'<a class="p-2" dusk="{name.lower()}-tab" href="#{name.lower()}">{name}</a> '
        for name in ("Details", "Contacts", *(["Equipment"] if equipment else []), "Work", "Files")
    )
    panel = '<div class="location-panel"><div class="text-sm muted">Details</div></div>'
    here = f'<div class="location-tabs flex">{tabs}</div> {panel}'
    inner = here if said is None else f'<div class="p-3">{escape(said)}</div>'
    return fill("location.html", {"title": escape(title), "inner": inner})


def _paginator(wire: WireFormat, *, counted: bool, limit: int, grid: bool, descending: bool) -> str:
    pages = (
        '<div class="flex align-center ks-margin-fix">'
        '<div class="pagination flex-shrink-0 text-sm" style="display: none;"><ul class="row"></ul></div></div>'
        if counted
        else '<div class="pagination text-sm"><ul></ul></div>'
    )
    chosen, other = "ks-radio ks-state-active", "ks-radio"
    return fill(
        "paginator.html",
        {
            "v_list": f'{wire.scopes["list"]}=""',
            "kind": "length-aware-pagination" if counted else "simple-pagination",
            "pages": pages,
            "limit": str(limit),
            "list_label": other if grid else chosen,
            "grid_label": chosen if grid else other,
            "asc_label": other if descending else chosen,
            "desc_label": chosen if descending else other,
        },
    ).rstrip()


def _labels(value: str) -> tuple[str, str]:
    parts = [*value.split("||"), "", ""][:3]
    return parts[1], parts[2]

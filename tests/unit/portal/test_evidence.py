"""Evidence in a real browser: what a page says comes out as shapes, wherever it says it, and nothing else comes out."""

from __future__ import annotations

import asyncio
import base64
import codecs
import io
import json
import os
import re
import threading
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest
from playwright.async_api import Page, async_playwright

from fossatray.core.errors import BrowserCrashed, FossaError, LayoutChanged
from fossatray.core.evidence import HTML_LIMIT, Evidence, is_picture
from fossatray.core.wire import decode_message
from fossatray.portal.evidence import EvidenceTaker, mask_argument, masked_page, picture
from fossatray.portal.link import EngineLink
from fossatray.portal.profile import load_profile
from fossatray.portal.scripts import script
from tests.harness.scrape_driver import a_request

pytestmark = pytest.mark.browser

T = TypeVar("T")
PROFILE = load_profile()
CANARY = "Zebulon"


class Site(BaseHTTPRequestHandler):
    """Answers every path with the page of the test."""

    page: ClassVar[str] = ""

    def do_GET(self) -> None:
        body = self.page.encode("utf-8", "surrogatepass")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def on_page(browser_path: Path, url: str, html: str, work: Callable[[Page], Awaitable[T]]) -> T:
    """Open a page that says `html` and do some work with it."""

    async def working() -> T:
        Site.page = html
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=os.geteuid() != 0)
            try:
                page = await browser.new_page()
                await page.goto(url)
                return await work(page)
            finally:
                await browser.close()

    return asyncio.run(working())


def mask(browser_path: Path, origin: str, html: str, path: str = "/app/work/list") -> tuple[str, str] | None:
    return on_page(browser_path, origin + path, html, lambda page: masked_page(page, PROFILE, origin))


def masked_body(browser_path: Path, origin: str, html: str) -> str:
    """What is left of the body's content."""
    taken = mask(browser_path, origin, f"<body>{html}</body>")
    assert taken is not None
    return taken[1].partition("<body>")[2].partition("</body>")[0]


SHAPES = {
    "<p>Wawa 8123, Pat O'Neil</p>": "<p>Xxxx 9999, Xxx X'Xxxx</p>",
    "<p>Zoë Ångström – «ñ» 日本 ①٣ &amp; &lt;b&gt;</p>": "<p>Xxx Xxxxxxxx ? ?x? xx 99 &amp; &lt;x&gt;</p>",
    "<p>a\u202eb\u200bc😀</p>": "<p>x?x?x?</p>",
    "<span>Reason:</span>": "<span>Reason:</span>",
    "<i>Due: 05/01/2025</i>": "<i>Due: 99/99/9999</i>",
    "<i>DISPENSER</i>": "<i>DISPENSER</i>",
    "<i>Dispenser Bob</i>": "<i>Xxxxxxxxx Xxx</i>",
    '<b class="work-list-item w-129651 vip">x</b>': '<b class="work-list-item x-999999 xxx">x</b>',
    '<b id="sidebar">1</b><b id="order-77">1</b>': '<b id="sidebar">9</b><b id="xxxxx-99">9</b>',
    '<a href="/app/work/129651/?token=s3cret" title="Next Visit">go</a>': (
        '<a href="/app/work/999999/?xxxxx=x9xxxx" title="Next Visit">xx</a>'
    ),
    '<a href="mailto:pat@example.com" title="Pat">go</a>': '<a href="xxxxxx:xxx@xxxxxxx.xxx" title="Xxx">xx</a>',
    '<p data-customer="Wawa 12" onclick="sell(12)">x</p>': '<p xxxx-xxxxxxxx="Xxxx 99" xxxxxxx="xxxx(99)">x</p>',
    '<p style="display:none;width:129651px;background:url(/Wawa)">x</p>': '<p style="display:none;">x</p>',
    '<input type="text" name="email" value="pat@example.com" placeholder="Pat">': (
        '<input type="text" name="email" placeholder="Xxx">'
    ),
    "<textarea>Pat</textarea>": "<textarea></textarea>",
    '<input type="hidden" name="_token" value="s3cret">x': "x",
    "<script>let a = 'Pat'</script><style>p{}</style><!-- Pat --><noscript>Pat</noscript>x": "x",
    "<template>Pat</template><canvas>Pat</canvas>x": '<i data-removed="canvas"></i>x',
    '<svg><text>Pat</text></svg><img src="/pat.png" alt="Pat">': (
        '<i data-removed="svg"></i><i data-removed="img"></i>'
    ),
    '<iframe srcdoc="Pat"></iframe><object data="/pat"></object>': (
        '<i data-removed="iframe"></i><i data-removed="object"></i>'
    ),
    "<pat-smith>Pat</pat-smith>": "<x-other>Xxx</x-other>",
}


def test_every_word_is_its_shape_unless_the_profile_knows_it(browser_path: Path, origin: str) -> None:
    whole = masked_body(browser_path, origin, "<hr>".join(SHAPES))
    assert whole.split("<hr>") == list(SHAPES.values())


HIDING_PLACES = f"""
<title>{CANARY}</title><meta name="{CANARY}" content="{CANARY}"><link rel="{CANARY}"><base target="{CANARY}">
<style>
  :root {{ --{CANARY}: "{CANARY}"; font-family: {CANARY}, serif }}
  .{CANARY} {{ animation-name: {CANARY}; color: rgb(1, 2, 3); grid-template-columns: [{CANARY}] 1fr }}
  #{CANARY}, [data-name="{CANARY}"], p:not(.{CANARY}) {{ color: red }}
  p::before {{ content: "{CANARY}" }} p::after {{ content: attr(class) }}
  ol {{ list-style-type: "{CANARY}" }} u {{ background: url("/{CANARY}") }} .row {{ display: flex }}
  @media (min-width: 1px) {{ .{CANARY} b {{ color: blue }} }} /* {CANARY} */
  @counter-style {CANARY} {{ system: cyclic; symbols: "{CANARY}" }} ol ol {{ list-style-type: {CANARY} }}
</style>
<body {CANARY}="{CANARY}" class="{CANARY}"><div class="row" id="app">{CANARY}</div><p class="{CANARY}">{CANARY}</p>
<ol><li>x</li></ol><{CANARY}-x>{CANARY}</{CANARY}-x><div id="host"></div><div id="closed"></div>
<select><option value="{CANARY}">{CANARY}</select><button value="{CANARY}">{CANARY}</button>
<input value="{CANARY}" list="{CANARY}" pattern="{CANARY}"><details><summary>{CANARY}</summary>{CANARY}</details>
<form name="{CANARY}" action="https://{CANARY}.example/{CANARY}?{CANARY}=1"><input name="childNodes" value="{CANARY}">
<input name="attributes"><input name="firstChild"><input name="localName"><input name="nodeType">{CANARY}</form>
<img name="documentElement"><img name="body"><img name="querySelectorAll"><b title="Due: {CANARY}">Due: {CANARY}</b>
<script>
  document.getElementById('host').attachShadow({{mode: 'open'}}).innerHTML = '<slot></slot>{CANARY}';
  document.getElementById('closed').attachShadow({{mode: 'closed'}}).textContent = '{CANARY}';
  const sheet = new CSSStyleSheet(); sheet.replaceSync('p::before {{ content: "{CANARY}" }}');
  document.adoptedStyleSheets = [sheet];
  RegExp.prototype.test = () => true; JSON.stringify = () => '{{"path": "{CANARY}", "html": "{CANARY}"}}';
  Map.prototype.get = () => '{CANARY}'; String.prototype.replace = () => '{CANARY}'; Set.prototype.has = () => true;
  Object.defineProperty(Node.prototype, 'firstChild', {{get: () => document.createTextNode('{CANARY}')}});
  for (const name of ['CSS', 'Node', 'Element', 'HTMLInputElement']) window[name] = null;
</script>
"""


def test_no_place_of_a_page_keeps_its_word(browser_path: Path, origin: str) -> None:
    taken = mask(browser_path, origin, HIDING_PLACES, f"/app/{CANARY}/{CANARY}?{CANARY}#{CANARY}")
    assert taken is not None
    path, html = taken
    assert CANARY.lower() not in (path + html).lower()
    assert path == "/app/Xxxxxxx/Xxxxxxx"
    assert html.count("Xxxxxxx") >= 6
    assert ".row{display:flex;}" in html
    assert "blue" not in html
    assert "content" not in html.partition("</style><style>")[2].partition("</style>")[0]


def test_the_picture_shows_nothing_that_is_not_in_the_copy(browser_path: Path, origin: str) -> None:
    """The page with the word and the page with another of its shape look the same to the pixel."""

    async def taken(page: Page) -> tuple[str, bytes]:
        copy = await masked_page(page, PROFILE, origin)
        assert copy is not None
        browser = page.context.browser
        assert browser is not None
        png = await picture(browser, copy[1])
        assert png is not None
        return copy[1], base64.b64decode(png)

    other = HIDING_PLACES.replace(CANARY, "Gottlob")
    one, two = (on_page(browser_path, f"{origin}/app/", html, taken) for html in (HIDING_PLACES, other))
    assert one[0] == two[0]
    assert pixels(one[1]) == pixels(two[1])
    assert len(set(pixels(one[1])[1])) > 2  # something is drawn


def pixels(png: bytes) -> tuple[tuple[int, int], bytes]:
    from PIL import Image

    with Image.open(io.BytesIO(png)) as image:
        return image.size, image.convert("L").tobytes()


FORM = (
    '<form name="login" method="post"><input type="email" name="email" value="pat@example.com">'
    f'<input type="password" name="password" value="{CANARY}"><input type="submit" value="Log In"></form>'
)


def test_the_fields_of_a_form_are_emptied_first(browser_path: Path, origin: str) -> None:
    async def work(page: Page) -> tuple[tuple[str, str] | None, list[str]]:
        await page.fill("[name=password]", CANARY)
        copy = await masked_page(page, PROFILE, origin)
        return copy, await page.eval_on_selector_all("input", "nodes => nodes.map((node) => node.value)")

    copy, values = on_page(browser_path, f"{origin}/", FORM, work)
    assert copy is not None
    assert values == ["", "", ""]
    assert '<input type="password" name="password">' in copy[1]
    assert CANARY not in copy[1]


def test_a_field_that_stays_filled_leaves_no_evidence(browser_path: Path, origin: str) -> None:
    """The script alone, in the page's own world, where a value can be made that cannot be emptied."""

    async def work(page: Page) -> object:
        await page.evaluate(
            "Object.defineProperty(HTMLInputElement.prototype, 'value', {get() { return 'x'; }, set() {}})"
        )
        return json.loads(await page.evaluate(script("mask"), mask_argument(PROFILE, origin)))

    assert on_page(browser_path, f"{origin}/", FORM, work) is None


def test_a_page_of_another_origin_leaves_none(browser_path: Path, origin: str) -> None:
    assert (
        on_page(browser_path, f"{origin}/", FORM, lambda page: masked_page(page, PROFILE, "https://x.example")) is None
    )


def test_a_page_without_end_is_cut(browser_path: Path, origin: str) -> None:
    taken = mask(browser_path, origin, '<p class="wide">Wawa & Sons</p>' * 60_000)
    assert taken is not None
    assert HTML_LIMIT - 128 * 1024 < len(taken[1]) <= HTML_LIMIT
    assert taken[1].endswith("</p></body></html>\n")


def test_a_page_as_deep_as_can_be_is_cut(browser_path: Path, origin: str) -> None:
    deep = (
        "<body><script>let at = document.body; for (let n = 0; n < 1000; n += 1) at = at.appendChild("
        "document.createElement('div')); at.textContent = 'deep'</script></body>"
    )
    taken = mask(browser_path, origin, deep)
    assert taken is not None
    assert 200 <= taken[1].count("<div>") <= 210


class Told:
    """A pipe to the engine: what is sent into it can be read."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self.link = EngineLink(self._out)

    @property
    def evidence(self) -> list[Evidence]:
        messages = [decode_message(line) for line in self._out.getvalue().splitlines(keepends=True)]
        return [message for message in messages if isinstance(message, Evidence)]


def take(
    browser_path: Path, origin: str, tmp_path: Path, html: str, seconds: float, *errors: FossaError
) -> list[Evidence]:
    told = Told()
    request = a_request(origin, "u", tmp_path, browser_path, evidence=seconds)

    async def work(page: Page) -> None:
        if "busy" in html:
            await page.evaluate("setTimeout(() => { for (;;); }, 0)")
        taker = EvidenceTaker(PROFILE, request, told.link)
        for error in errors or (LayoutChanged(),):
            async with asyncio.timeout(30):
                await taker.take(page, "list", error)

    on_page(browser_path, f"{origin}/app/work/list", html, work)
    return told.evidence


def test_it_is_told_once(browser_path: Path, origin: str, tmp_path: Path) -> None:
    (told,) = take(browser_path, origin, tmp_path, "<p>Wawa</p>", 30.0, LayoutChanged(), LayoutChanged())
    assert (told.step, told.error, told.path) == ("list", "layout_changed", "/app/work/list")
    assert "<p>Xxxx</p>" in told.html
    assert is_picture(told.png)


def test_none_is_taken_where_none_is_wanted(browser_path: Path, origin: str, tmp_path: Path) -> None:
    assert take(browser_path, origin, tmp_path, "<p>Wawa</p>", 0.0) == []


def test_a_crashed_page_is_not_asked(browser_path: Path, origin: str, tmp_path: Path) -> None:
    assert take(browser_path, origin, tmp_path, "<p>Wawa</p>", 30.0, BrowserCrashed()) == []


def test_a_page_that_does_not_answer_is_given_up(browser_path: Path, origin: str, tmp_path: Path) -> None:
    assert take(browser_path, origin, tmp_path, "<p>busy</p>", 0.5) == []


def test_the_same_page_gives_the_same_evidence_whatever_the_words(browser_path: Path, origin: str) -> None:
    """The recorded work list, and the same with other letters and figures in every text."""
    recorded = (Path(__file__).parents[2] / "fragments" / "work-list-unfiltered.html").read_text(encoding="utf-8")
    turned = re.sub(r">([^<>]*)<", lambda match: f">{turn(match[1])}<", recorded)
    assert turned != recorded
    one, two = (mask(browser_path, origin, html) for html in (recorded, turned))
    assert one is not None
    assert one == two


STYLE = (
    "<style>.row { width: 10421px; height: calc(100% - 10421px); color: #104217; border: 1px solid #104217;"
    " margin: 0 8px; z-index: 10421; background-color: rgba(0, 104, 217, 0.5);"
    " grid-template-columns: 10421fr 1fr; top: 10421042px }"
    " .row { padding-left: 33.3333%; line-height: 1.42857; font-size: 0.8125rem; right: 133.333%; left: 421.1042px;"
    " color: white; background-color: #fff } .w-10421 { display: flex }</style>"
)


def test_a_style_made_for_one_person_is_the_same_as_anothers(browser_path: Path, origin: str) -> None:
    body = '<p class="row w-10421">x</p>'
    theirs = STYLE.replace("10421", "21532").replace("104", "215").replace("217", "328").replace("21042", "32153")
    one = mask(browser_path, origin, STYLE + body)
    two = mask(browser_path, origin, theirs + body.replace("10421", "21532"))
    assert one == two
    assert one is not None
    rules = one[1].partition("</style><style>")[2].partition("</style>")[0].split("\n")
    assert "margin-left:8px" in rules[1]
    assert not re.search(r"(?<!-)(?:width|height|color|z-index|columns|top):", rules[1].replace("border-", "-"))
    for told in ("padding-left:33.3%", "line-height:1.4;", "font-size:0.81rem", "right:133%", "left:421px"):
        assert told in rules[2]
    assert "color" not in rules[2], "white on a colour that is left out could not be seen"
    assert "display:flex" in rules[3]


LABELS = {label.lower() for label in mask_argument(PROFILE, "https://portal.example")["labels"]}


def turn(text: str) -> str:
    """Return a text of the same shape; entities, and texts that the profile knows, stay."""
    plain = " ".join(text.split()).lower()
    if "&" in plain or plain in LABELS or any(plain.startswith(label) for label in LABELS if label.endswith(":")):
        return text
    return codecs.encode(text, "rot13").translate(str.maketrans("0123456789", "1234567890"))

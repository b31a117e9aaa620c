"""Sleep where nobody tells of it, Windows' and macOS' messages by hand, and batteries as the kernel shows them."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fossatray.system.battery import LinuxBattery, NoBattery, PsutilBattery, platform_battery
from fossatray.system.power import SleepWatch, platform_sleep_watch
from fossatray.system.power_logind import LogindSleepWatch
from fossatray.system.power_macos import CAN_SLEEP, HAS_POWERED_ON, WILL_SLEEP, MacSleepWatch
from fossatray.system.power_windows import PBT_APMRESUMEAUTOMATIC, PBT_APMSUSPEND, WindowsSleepWatch

PBT_APMRESUMESUSPEND = 7
LAPTOP = {"type": "Battery", "status": "Discharging", "capacity": "41"}
MAINS = {"type": "Mains", "online": "0"}
MOUSE = {"type": "Battery", "scope": "Device", "status": "Discharging", "capacity": "5"}


def heard_by(watch: SleepWatch) -> list[str]:
    heard: list[str] = []
    watch.going_to_sleep.connect(lambda: heard.append("sleeps"))
    watch.woke_up.connect(lambda: heard.append("woke"))
    return heard


def supplies(folder: Path, **told: dict[str, str]) -> Path:
    """Write what the kernel would show, and return the folder."""
    for supply, files in told.items():
        (folder / supply).mkdir()
        for name, text in files.items():
            (folder / supply / name).write_text(text + "\n", encoding="ascii")
    return folder


def test_without_a_bus_the_watch_is_inert(qapp: object, own_home: Path) -> None:
    watch = LogindSleepWatch(f"unix:path={own_home}/none")
    assert not watch.is_watching
    watch.close()


@pytest.mark.skipif(sys.platform != "linux", reason="says what Linux gets")
def test_the_systems_own_watch_is_made_and_closed(
    qapp: object, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={own_home}/none")
    watch = platform_sleep_watch()
    assert isinstance(watch, LogindSleepWatch)
    watch.close()
    SleepWatch().close()


def test_windows_events_by_hand(qapp: object) -> None:
    watch = WindowsSleepWatch()
    heard = heard_by(watch)
    for event in (PBT_APMSUSPEND, PBT_APMRESUMEAUTOMATIC, PBT_APMRESUMESUSPEND):
        assert watch._subscription.callback(None, event, None) == 0
    watch.close()
    assert heard == ["sleeps", "woke"]


def test_macos_messages_by_hand_are_answered_before_sleep(qapp: object) -> None:
    class IoKit:
        """Notes what is allowed."""

        def __init__(self) -> None:
            self.allowed: list[tuple[int, int]] = []

        def IOAllowPowerChange(self, root: int, argument: int) -> None:
            self.allowed.append((root, argument))

    watch = MacSleepWatch()
    heard = heard_by(watch)
    iokit = watch._iokit = IoKit()
    for message, argument in ((CAN_SLEEP, 11), (WILL_SLEEP, 12), (HAS_POWERED_ON, 0)):
        watch._callback(None, 0, message, ctypes.c_void_p(argument))
    watch.close()
    assert heard == ["sleeps", "woke"]
    assert iokit.allowed == [(0, 11), (0, 12)]


def test_a_laptop_on_battery_and_on_mains(tmp_path: Path) -> None:
    battery = LinuxBattery(supplies(tmp_path, BAT0=LAPTOP, AC=MAINS))
    assert (battery.level_percent(), battery.on_battery()) == (41, True)
    (tmp_path / "AC" / "online").write_text("1\n")
    assert battery.on_battery() is False


def test_without_a_mains_supply_the_batterys_doing_counts(tmp_path: Path) -> None:
    battery = LinuxBattery(supplies(tmp_path, BAT0=LAPTOP))
    assert battery.on_battery() is True
    for status, answer in (("Charging", False), ("Full", False), ("Not charging", False), ("Unknown", None)):
        (tmp_path / "BAT0" / "status").write_text(status)
        assert battery.on_battery() is answer


def test_a_wireless_mouse_is_not_the_computers_battery(tmp_path: Path) -> None:
    battery = LinuxBattery(supplies(tmp_path, hidpp_battery_0=MOUSE))
    assert (battery.level_percent(), battery.on_battery()) == (None, False)


def test_two_batteries_are_weighed_by_what_they_hold(tmp_path: Path) -> None:
    small = LAPTOP | {"energy_now": "0", "energy_full": "10", "capacity": "0"}
    large = LAPTOP | {"energy_now": "90", "energy_full": "90", "capacity": "100"}
    assert LinuxBattery(supplies(tmp_path, BAT0=small, BAT1=large)).level_percent() == 90
    (tmp_path / "BAT0" / "energy_full").unlink()
    assert LinuxBattery(tmp_path).level_percent() == 50


def test_what_makes_no_sense_is_not_known(tmp_path: Path) -> None:
    broken = {"type": "Battery", "capacity": "full?", "status": "Unknown"}
    battery = LinuxBattery(supplies(tmp_path, BAT0=broken, AC=MAINS))
    assert (battery.level_percent(), battery.on_battery()) == (None, None)
    gone = LinuxBattery(tmp_path / "none")
    assert (gone.level_percent(), gone.on_battery()) == (None, None)
    assert (NoBattery().level_percent(), NoBattery().on_battery()) == (None, None)


def test_this_machine_answers(qtbot: QtBot) -> None:
    for battery in (platform_battery(), PsutilBattery()):
        level = battery.level_percent()
        assert level is None or 0 <= level <= 100
        assert battery.on_battery() in (True, False, None)

"""The battery, read at the moment it is asked for: nothing is watched."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Protocol

_SUPPLIES = Path("/sys/class/power_supply")


class Battery(Protocol):
    """What is known of this computer's own power. May be asked from any thread; takes about a millisecond."""

    def level_percent(self) -> int | None:
        """Return how full the battery is, 0 to 100; None where there is none, or it does not say."""

    def on_battery(self) -> bool | None:
        """Tell whether the computer draws on its battery; False where there is none; None if not known."""


class NoBattery:
    """Where nothing can be known."""

    def level_percent(self) -> int | None:
        """Return None: not known."""
        return None

    def on_battery(self) -> bool | None:
        """Return None: not known."""
        return None


class LinuxBattery:
    """What the kernel says below /sys, without psutil: that one costs 3.6 MiB and takes a wireless mouse's battery."""

    def __init__(self, supplies: Path = _SUPPLIES) -> None:
        self._supplies = supplies

    def level_percent(self) -> int | None:
        """Return the fill of all batteries together, by energy where each tells it, else as their mean."""
        batteries = self._of_type("Battery")
        for unit in ("energy", "charge"):
            now = [_number(battery, f"{unit}_now") for battery in batteries]
            full = [_number(battery, f"{unit}_full") for battery in batteries]
            if batteries and None not in now and all(full):
                return _percent(100 * sum(filter(None, now)) / sum(filter(None, full)))
        levels = [level for battery in batteries if (level := _number(battery, "capacity")) is not None]
        return _percent(sum(levels) / len(levels)) if levels else None

    def on_battery(self) -> bool | None:
        """Tell it by the mains, and by what the batteries are doing (a dock's or USB's supply often says nothing)."""
        if not self._supplies.is_dir():
            return None
        batteries = self._of_type("Battery")
        if not batteries or any(_number(mains, "online") for mains in self._of_type("Mains")):
            return False
        doing = {_text(battery, "status") for battery in batteries} - {None, "Unknown"}
        return "Discharging" in doing if doing else None

    def _of_type(self, kind: str) -> list[Path]:
        """Return the computer's own supplies of a kind: not those of a mouse, keyboard or headset."""
        try:
            found = sorted(self._supplies.iterdir())
        except OSError:
            return []
        return [supply for supply in found if _text(supply, "type") == kind and _text(supply, "scope") != "Device"]


class PsutilBattery:
    """Windows and macOS."""

    def level_percent(self) -> int | None:
        """Return how full the battery is, 0 to 100; None where there is none."""
        found = _sensed()
        return None if found is None else _percent(found[0])

    def on_battery(self) -> bool | None:
        """Tell whether the computer draws on its battery; False where there is none."""
        found = _sensed()
        if found is None:
            return False
        plugged = found[1]
        return None if plugged is None else not plugged


def platform_battery() -> Battery:
    """Return what this system offers."""
    if _SUPPLIES.is_dir():
        return LinuxBattery()
    return PsutilBattery() if sys.platform in ("win32", "darwin") else NoBattery()


def _sensed() -> tuple[float, bool | None] | None:
    import psutil  # late: 3.6 MiB

    try:
        battery = psutil.sensors_battery()
    except (OSError, NotImplementedError, psutil.Error):
        return None
    return None if battery is None else (battery.percent, battery.power_plugged)


def _percent(level: float) -> int:
    return max(0, min(100, round(level)))


def _text(supply: Path, name: str) -> str | None:
    try:
        return (supply / name).read_text(encoding="ascii", errors="replace").strip()
    except OSError:  # not told by this one, or it was just taken out
        return None


def _number(supply: Path, name: str) -> int | None:
    text = _text(supply, name)
    return int(text) if text is not None and text.isdecimal() else None

"""What the tray process pays for: no keyring, no D-Bus library, no browser library by importing this room."""

from __future__ import annotations

import subprocess
import sys

MODULES = (
    "autostart",
    "battery",
    "crash",
    "credentials_client",
    "dbus_link",
    "logs",
    "network",
    "network_manager",
    "notifications",
    "notifications_dbus",
    "paths",
    "power",
    "power_logind",
    "processes",
    "signals",
    "time_change",
    "time_change_linux",
    "tray_host",
)


def test_the_room_imports_nothing_heavy() -> None:
    code = "import sys\n" + "".join(f"import fossatray.system.{name}\n" for name in MODULES)
    code += "print([name for name in ('keyring', 'jeepney', 'secretstorage', 'cryptography', 'playwright', "
    code += "'PySide6.QtWidgets') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert result.stdout.strip() == "[]"

"""The floor: the least a PySide6 program with a tray icon can be. Every figure of ours is compared with its figure.

It draws the icon in the sizes the hosts ask for, has a tooltip and a menu, and says what happens to it on standard
output ("activated", "chosen"), which the tests of the private desktop read. `--wait-for-host` creates the icon only
when a tray host is there. `--help` is answered before Qt is loaded.
"""

import sys

if "--help" in sys.argv:
    print(__doc__)
    sys.exit(0)

import signal

from PySide6.QtCore import QEventLoop
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon


def wait_for_host() -> None:
    """Return when a tray host is there. Qt looks for one once only, when the first tray icon is created."""
    from PySide6.QtDBus import QDBusConnection, QDBusServiceWatcher

    host = "org.kde.StatusNotifierWatcher"
    bus = QDBusConnection.sessionBus()
    if not bus.interface().isServiceRegistered(host).value():
        loop = QEventLoop()
        watcher = QDBusServiceWatcher(host, bus, QDBusServiceWatcher.WatchModeFlag.WatchForRegistration)
        watcher.serviceRegistered.connect(loop.quit)
        loop.exec()


def main() -> int:
    """Show the icon until somebody quits."""
    app = QApplication(sys.argv)
    app.setQuitOnLastWindowClosed(False)
    pixmap = QPixmap(22, 22)
    pixmap.fill("#d06010")
    menu = QMenu()
    menu.addAction("&Say hello", lambda: print("chosen: hello", flush=True))
    menu.addSeparator()
    menu.addAction("Greyed out").setEnabled(False)
    menu.addAction("Quit", app.quit)
    if "--wait-for-host" in sys.argv:
        wait_for_host()
    tray = QSystemTrayIcon(QIcon(pixmap))
    tray.setToolTip("bare tray")
    tray.setContextMenu(menu)
    tray.activated.connect(lambda reason: print(f"activated: {reason.name}", flush=True))
    tray.show()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())

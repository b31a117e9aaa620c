"""Which browsers are tried, in which order; and the arguments that lock them."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray.portal.browser_find import candidates
from fossatray.portal.origin_lock import browser_arguments, lock_arguments

OWN = "/opt/u/.cache/ms-playwright/chromium-1200/chrome-linux64/chrome"


def names(
    chosen: str | None = None, last: str | None = None, own: str = OWN, platform: str = "linux", *programs: str
) -> list[str]:
    on_path = {program: f"/usr/bin/{program}" for program in programs}
    environment = {"PROGRAMFILES": r"C:\Program Files", "LOCALAPPDATA": r"C:\Users\u\AppData\Local"}
    found = candidates(chosen, last, own, which=on_path.get, environment=environment, platform=platform)
    return [candidate.path for candidate in found]


def test_the_order_is_the_persons_choice_the_last_one_then_by_kind(tmp_path: Path) -> None:
    shell = tmp_path / "chromium_headless_shell-1200" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    older = tmp_path / "chromium_headless_shell-999" / "chrome-linux" / "headless_shell"
    for file in (shell, older):
        file.parent.mkdir(parents=True)
        file.touch()
        (file.parent.parent / "INSTALLATION_COMPLETE").touch()
    own = str(tmp_path / "chromium-1200" / "chrome-linux64" / "chrome")
    programs = ("chromium", "google-chrome", "microsoft-edge", "chromium-headless-shell")
    assert names("/opt/mine", "/usr/bin/chromium", own, "linux", *programs) == [
        "/opt/mine",
        "/usr/bin/chromium",
        str(shell),
        "/usr/bin/chromium-headless-shell",
        "/usr/bin/google-chrome",
        "/opt/google/chrome/chrome",
        "/usr/bin/microsoft-edge",
        "/opt/microsoft/msedge/msedge",
        own,
    ]


def test_a_shell_whose_installation_was_cut_off_is_not_taken_for_one(tmp_path: Path) -> None:
    half = tmp_path / "chromium_headless_shell-1200" / "chrome-headless-shell-linux64" / "chrome-headless-shell"
    half.parent.mkdir(parents=True)
    half.touch()
    own = str(tmp_path / "chromium-1200" / "chrome-linux64" / "chrome")
    assert str(half) not in names(own=own)
    (half.parent.parent / "INSTALLATION_COMPLETE").touch()
    assert names(own=own)[0] == str(half)


def test_each_path_is_tried_once() -> None:
    found = names("/usr/bin/chromium", "/usr/bin/chromium", OWN, "linux", "chromium")
    assert found.count("/usr/bin/chromium") == 1
    assert found[-1] == OWN


def test_the_places_of_windows_and_mac() -> None:
    assert names(platform="win32")[:2] == [
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Users\u\AppData\Local\Google\Chrome\Application\chrome.exe",
    ]
    assert names(platform="darwin")[0] == "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


@pytest.mark.parametrize(
    ("origin", "exception", "name"),
    [
        ("https://portal.example", "https://portal.example:443", "portal.example"),
        ("https://portal.example:8443", "https://portal.example:8443", "portal.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1"),
        ("http://[::1]:8080", "http://[::1]:8080", "::1"),  # with its brackets the browser would not know it again
    ],
)
def test_the_origin_is_the_only_exception_from_the_dead_proxy_and_from_the_unknown_names(
    origin: str, exception: str, name: str
) -> None:
    assert lock_arguments(origin) == [
        "--proxy-server=http://127.0.0.1:9",
        f"--proxy-bypass-list=<-loopback>;{exception}",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {name}",
    ]


def test_no_argument_weakens_the_browser() -> None:
    arguments = " ".join(browser_arguments("https://portal.example"))
    for weak in ("no-sandbox", "remote-debugging", "ignore-certificate", "disable-web-security", "single-process"):
        assert weak not in arguments

"""The origin lock: no byte of the browser leaves for another origin than the portal's, by any way a page has.

A proxy where nobody answers takes every connection; the portal's own origin is its only exception. Loopback addresses,
which a browser would spare by itself, are taken away from that rule by `<-loopback>`. WebRTC may not send UDP past a
proxy: full browsers know that policy by one name, the headless shell by the other alone. No name but the portal's is
looked up: a full browser would look up TURN servers by itself, and what is asked of a name server leaves, too. Requests
made by Playwright's own client (`context.request`) would go around all this: they are not used.
"""

from __future__ import annotations

from urllib.parse import urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}

_QUIET = (
    # What the browser itself would fetch, look up or report. It would end in the dead proxy; it need not even try.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--disable-breakpad",
    "--dns-prefetch-disable",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
)

_LIGHT = ("--blink-settings=imagesEnabled=false",)


def lock_arguments(origin: str) -> list[str]:
    """Return the browser's arguments that let it reach `origin` ("https://host", "http://127.0.0.1:8080") alone."""
    parts = urlsplit(origin)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return [
        "--proxy-server=http://127.0.0.1:9",
        f"--proxy-bypass-list=<-loopback>;{parts.scheme}://{host}:{port}",
        "--webrtc-ip-handling-policy=disable_non_proxied_udp",
        "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {parts.hostname}",  # an IPv6 address without its brackets
    ]


def browser_arguments(origin: str) -> list[str]:
    """Return all arguments we give a browser: the lock, no traffic of its own, no images."""
    return [*lock_arguments(origin), *_QUIET, *_LIGHT]

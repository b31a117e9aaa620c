"""Origins and links: which portal addresses are allowed, and which links of a page may be kept."""

from __future__ import annotations

import ipaddress
from urllib.parse import urljoin, urlsplit

from fossatray.core.errors import InvalidInput

_DEFAULT_PORTS = {"http": 80, "https": 443}


def normal_origin(address: str) -> str:
    """Return the origin ("https://host" or "http://127.0.0.1:8080") of a portal address as a person types it.

    A missing scheme means https. Raises InvalidInput for anything but HTTPS, or HTTP on a literal loopback address.
    """
    text = address.strip()
    if "://" not in text:
        text = "https://" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InvalidInput("The portal address cannot be read.", advice="Enter it as https://host.") from error
    host = (parts.hostname or "").rstrip(".")
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("The portal address must not contain a user name or password.")
    if parts.scheme not in _DEFAULT_PORTS or not host or any(c.isspace() or ord(c) < 33 for c in host):
        raise InvalidInput("The portal address must begin with https:// and name a host.")
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidInput("The portal address must begin with https://, so that the password cannot be overheard.")
    try:
        host = host.encode("idna").decode("ascii").lower() if ":" not in host else host.lower()
    except UnicodeError as error:
        raise InvalidInput("The portal address names no valid host.") from error
    shown = f"[{host}]" if ":" in host else host
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{shown}"
    return f"{parts.scheme}://{shown}:{port}"


def is_loopback(host: str) -> bool:
    """Tell whether a host is a literal loopback address (a name such as "localhost" is not)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(url: str) -> str | None:
    """Return the origin of an absolute http(s) URL, or None if it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if port is None or port == _DEFAULT_PORTS[parts.scheme]:
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{port}"


def own_link(origin: str, href: str | None) -> str | None:
    """Return the absolute URL of a link if it leads to the account's own origin, else None.

    `javascript:`, `file:`, `//other` and backslash tricks come out as None, and so do "", "#…" and
    "?…": they lead to the page they stand on, which is not known here.
    """
    link = (href or "").strip()
    if not link or link.startswith(("#", "?")) or any(ord(c) < 33 or c == "\\" for c in link):
        return None
    try:
        url = urljoin(origin + "/", link)
    except ValueError:
        return None
    return url if origin_of(url) == origin else None

"""The HTTP server of the practice portal: 127.0.0.1 only, one thread a connection, ended within a second."""

from __future__ import annotations

import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qsl, urlsplit

from fossatray.demo.http_types import Reply, Request
from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.rough_pages import CLOCK_BEHIND_S
from fossatray.demo.sessions import COOKIE
from fossatray.demo.site import Site

LOG = logging.getLogger("fossatray.demo")
SLOW_SECONDS = 1.5
"""What Mishap.SLOW adds to each answer."""
RESET_AFTER_SECONDS = 0.2
MAX_FORM = 65_536
"""Largest form in bytes; more of it is not read."""


class PortalServer(ThreadingHTTPServer):
    """Serves a site that is set after the port is known; notes every request."""

    daemon_threads = False
    request_queue_size = 64
    site: Site

    def __init__(self, *, port: int, mishaps: MishapSwitches, latency: float) -> None:
        """Binds 127.0.0.1:`port` (0 takes a free one); `latency` is in seconds."""
        self.mishaps = mishaps
        self.latency = latency
        self.page_latency = 0.0
        self.slow_seconds = SLOW_SECONDS
        self.stopping = threading.Event()
        self.requests: list[str] = []
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        self.most_at_once = 0
        self._at_once = 0
        super().__init__(("127.0.0.1", port), PortalHandler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Keeps the connection in mind, so that `close_connections` can end it."""
        with self._connections_lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets a connection that ends."""
        with self._connections_lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """Ends every open connection, hanging requests included."""
        self.stopping.set()
        with self._connections_lock:
            for connection in self._connections:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError as error:
                    LOG.debug("connection was already closed: %s", str(error))

    @contextmanager
    def counted(self, *, late: bool) -> Iterator[None]:
        """Counts the answers for data (`late` ones) that are being given at once, in `most_at_once`."""
        with self._connections_lock:
            self._at_once += late
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            yield
        finally:
            with self._connections_lock:
                self._at_once -= late

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away is no error; anything else is logged with its trace."""
        error = sys.exc_info()[1]
        if isinstance(error, ConnectionError) or self.stopping.is_set():
            LOG.debug("a connection ended early: %s", str(error))  # a record that kept the error kept the socket
        else:
            LOG.error("the practice portal failed to answer", exc_info=error)


class PortalHandler(BaseHTTPRequestHandler):
    """Reads one request after the other from a connection and writes the site's replies."""

    protocol_version = "HTTP/1.1"
    server_version = "practice"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def portal(self) -> PortalServer:
        """The server, under its own type."""
        return cast(PortalServer, self.server)

    def do_GET(self) -> None:
        """Answers a GET."""
        self._answer({})

    def do_POST(self) -> None:
        """Answers a POST of a form."""
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else 0
        if size > MAX_FORM:
            self.close_connection = True
        body = self.rfile.read(min(size, MAX_FORM)).decode("utf-8", "replace")
        self._answer(dict(parse_qsl(body, keep_blank_values=True)))

    def _answer(self, form: dict[str, str]) -> None:
        self.portal.requests.append(self.path)
        reply = self.portal.site.answer(self._request(form))
        if reply.hangs:
            self.portal.stopping.wait()
            self.close_connection = True
            return
        if reply.drops:
            self.close_connection = True
            return
        delay = self.portal.latency if reply.late else self.portal.page_latency
        if Mishap.SLOW in self.portal.mishaps and not reply.content_type.startswith(("text/css", "image/")):
            delay += self.portal.slow_seconds
        with self.portal.counted(late=reply.late):
            if delay and self.portal.stopping.wait(delay):
                self.close_connection = True
                return
            self._send(reply)

    def _request(self, form: dict[str, str]) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            target=self.path,
            path=parts.path,
            query=dict(reversed(parse_qsl(parts.query, keep_blank_values=True))),
            form=form,
            session_id=self._session_id(),
        )

    def _session_id(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(COOKIE)
        except CookieError:
            return ""
        return "" if found is None else found.value

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        if reply.stream is None:
            self.send_header("Content-Length", str(len(reply.body) * (2 if reply.resets else 1)))
        else:
            self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Cache-Control", "no-cache, private")
        for name, value in reply.headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.stream is not None:
            self._send_pieces(reply.stream())
            return
        self.wfile.write(reply.body)
        if reply.resets:
            self._reset()

    def _send_pieces(self, pieces: Iterator[tuple[bytes, float]]) -> None:
        self.close_connection = True
        for piece, pause in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            if self.portal.stopping.wait(pause):
                return
        self.wfile.write(b"0\r\n\r\n")

    def _reset(self) -> None:
        """Resets the connection, a little later: what was sent has arrived by then."""
        self.close_connection = True
        self.wfile.flush()
        self.portal.stopping.wait(RESET_AFTER_SECONDS)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.connection.detach())

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The moment of an answer, by the portal's clock."""
        behind = CLOCK_BEHIND_S if Mishap.CLOCK_BEHIND in self.portal.mishaps else 0.0
        return super().date_time_string((time.time() if timestamp is None else timestamp) - behind)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Sends the server's access lines to the log at debug level."""
        LOG.debug(format, *args)

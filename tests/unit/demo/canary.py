"""A listener on an origin of its own: who arrives there has left the portal."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from fossatray.demo.hostile_ways import WAYS


class Canary:
    """Notes the names of the ways (the first part of the path) by which requests arrive; other requests as "?"."""

    def __init__(self) -> None:
        noted = self._note

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                noted(self.path)
                self.send_response(200)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_POST = do_HEAD = do_OPTIONS = do_GET

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._changed = threading.Condition()
        self._arrived: set[str] = set()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def arrived(self) -> set[str]:
        with self._changed:
            return set(self._arrived)

    def wait_for(self, names: set[str], seconds: float) -> set[str]:
        """Waits until all `names` have arrived, at most so many seconds; returns those that have not."""
        with self._changed:
            self._changed.wait_for(lambda: names <= self._arrived, seconds)
            return names - self._arrived

    def _note(self, path: str) -> None:
        name = path.strip("/").split("/")[0].split("?")[0]
        with self._changed:
            self._arrived.add(name if name in WAYS else "?")
            self._changed.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

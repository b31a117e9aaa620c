"""The server's side of the local socket: a QLocalServer in the GUI thread that hands requests to the app's verbs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from fossatray.control.protocol import (
    HANDSHAKE_SECONDS,
    REQUEST_LIMIT,
    VERSION,
    Json,
    ProtocolError,
    decode,
    encode,
    error_json,
    make_token,
    new_nonce,
    nonce_of,
    proof,
    proved,
    socket_address,
)
from fossatray.core.errors import FossaError, InvalidInput, NoInstance, StoreUnsuitable
from fossatray.system.paths import Paths

_log = logging.getLogger("fossatray.control")
_CONNECTION_LIMIT = 16

Answer = Callable[[Any], None]
Refuse = Callable[[FossaError], None]
Verb = Callable[[Json, Answer, Refuse], None]
"""A verb takes its arguments and answers once, now or later, with a JSON value or an error."""


class ControlServer(QObject):
    """Listens for the command line and second starts of the same user. `listen` after the instance lock is held."""

    def __init__(self, paths: Paths, verbs: dict[str, Verb], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._verbs = verbs
        self._address = socket_address(paths)
        self._token_file = paths.token
        self._token = ""
        self._open: set[_Connection] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_CONNECTION_LIMIT)
        self._server.newConnection.connect(self._accept)

    def listen(self) -> None:
        """Remove a dead instance's socket (the caller holds the lock) and listen. Raises StoreUnsuitable."""
        self._token = make_token(self._token_file, self._address)
        QLocalServer.removeServer(self._address)
        if not self._server.listen(self._address):
            raise StoreUnsuitable(f"The control socket could not be opened: {self._server.errorString()}.")

    def close(self) -> None:
        """Stop listening, drop connections, remove the socket and the token."""
        self._server.close()
        for connection in list(self._open):
            connection.say_goodbye()
        self._token_file.unlink(missing_ok=True)

    @Slot()
    def _accept(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._open) >= _CONNECTION_LIMIT:
                socket.abort()
                socket.deleteLater()
                continue
            connection = _Connection(socket, self._token, self._verbs, self._open.discard, self)
            self._open.add(connection)
            connection.greet()


class _Connection(QObject):
    """One client: greeted, proved, answered once."""

    def __init__(
        self,
        socket: QLocalSocket,
        token: str,
        verbs: dict[str, Verb],
        forget: Callable[[_Connection], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._socket = socket
        self._token = token
        self._verbs = verbs
        self._forget = forget
        self._nonce = new_nonce()
        self._proved = False
        self._asked = False
        self._ended = False
        socket.setParent(self)
        socket.setReadBufferSize(REQUEST_LIMIT + 1)
        socket.readyRead.connect(self._read)
        socket.disconnected.connect(self._gone)
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self.drop)
        self._deadline.start(round(HANDSHAKE_SECONDS * 1000))

    def greet(self) -> None:
        """Say the version and the nonce; read what came already."""
        self._write({"v": VERSION, "nonce": self._nonce})
        self._read()

    def say_goodbye(self) -> None:
        """Tell a client that still waits for its answer that none will come, and break off."""
        if self._asked:
            self._refuse(NoInstance("FossaTray was quit before it had done this.", advice="Start FossaTray again."))
        self.drop()

    @Slot()
    def drop(self) -> None:
        """Break the connection off."""
        self._socket.abort()
        self._gone()

    @Slot()
    def _gone(self) -> None:
        if not self._ended:
            self._ended = True
            self._deadline.stop()
            self._forget(self)
            self.deleteLater()

    @Slot()
    def _read(self) -> None:
        try:
            while not self._ended and not self._asked and self._socket.canReadLine():
                self._take(decode(bytes(self._socket.readLine(REQUEST_LIMIT + 1).data())))
            if not self._asked and self._socket.bytesAvailable() > REQUEST_LIMIT:
                raise ProtocolError("the line is too long")
        except ProtocolError as error:
            _log.warning("a client was turned away: %s", error)
            self.drop()

    def _take(self, data: Json) -> None:
        if self._proved:
            self._ask(data)
            return
        other = nonce_of(data)
        if not proved(data.get("proof"), self._token, "client", self._nonce, other):
            raise ProtocolError("it cannot read the token")
        self._proved = True
        self._write({"proof": proof(self._token, "server", other, self._nonce)})

    def _ask(self, data: Json) -> None:
        self._asked = True
        self._deadline.stop()
        arguments = data.get("args")
        verb = self._verbs.get(str(data.get("verb")))
        _log.debug("asked for: %s", data.get("verb"))
        if verb is None or not isinstance(arguments, dict):
            self._refuse(InvalidInput("The running FossaTray does not know this command.", advice="Update FossaTray."))
            return
        try:
            verb(arguments, self._answer, self._refuse)
        except FossaError as error:
            self._refuse(error)

    def _answer(self, result: Any) -> None:
        self._end({"ok": result})

    def _refuse(self, error: FossaError) -> None:
        self._end(error_json(error))

    def _end(self, answer: Json) -> None:
        if not self._ended:
            self._write(answer)
            self._socket.disconnectFromServer()

    def _write(self, data: Json) -> None:
        if self._socket.state() == QLocalSocket.LocalSocketState.ConnectedState:
            self._socket.write(encode(data))
            self._socket.flush()

"""A line to PostgreSQL that can be counted and cut: what goes to the server passes through here, one send at a time."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import final

from psycopg.conninfo import conninfo_to_dict

_CHUNK = 1 << 16


@final
class Between:
    """Forwards everything; at the send of this number it cuts the line, before the server gets it or after.

    A send is all that the client hands over at once: with psycopg, one statement.
    """

    def __init__(self, server: str) -> None:
        self._server = conninfo_to_dict(server)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()
        self.sends = 0
        self.cut_at: int | None = None
        self.after = False
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def cut(self, sends: int, *, after: bool) -> None:
        """Cut at so many sends from now, after the server has answered it or before it gets it."""
        with self._lock:
            self.sends, self.cut_at, self.after = 0, sends, after

    def close(self) -> None:
        """Everything ends."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who waits for a client
        self._listener.close()
        for line in self._lines:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        for thread in (self._accepting, *self._threads):
            thread.join(10)
        for line in self._lines:
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = self._connected()
            self._lines += (client, server)
            for way in (self._to_server, self._to_client):
                thread = threading.Thread(target=way, args=(client, server), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _connected(self) -> socket.socket:
        host, port = str(self._server.get("host") or "127.0.0.1"), int(self._server.get("port") or 5432)
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.connect(str(Path(host) / f".s.PGSQL.{port}"))
        return line

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(_CHUNK):
                with self._lock:
                    self.sends += 1
                    is_cut = self.sends == self.cut_at
                    if is_cut:
                        self.cut_at = None
                if is_cut and not self.after:
                    break
                if is_cut:
                    client.shutdown(socket.SHUT_WR)  # the answer will not arrive
                server.sendall(data)
                if is_cut:
                    return
        _end(client, server)

    def _to_client(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(_CHUNK):
                try:
                    client.sendall(data)
                except OSError:  # nobody listens: the server has done its work
                    break
        _end(client, server)


def _end(client: socket.socket, server: socket.socket) -> None:
    for line in (client, server):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)


@contextmanager
def between(server: str) -> Generator[Between]:
    """One of them, for as long as the block lasts."""
    line = Between(server)
    try:
        yield line
    finally:
        line.close()

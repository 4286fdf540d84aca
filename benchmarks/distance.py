"""The same server, a network away: a process that passes everything on, each way a little later."""

import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Final
from urllib.parse import parse_qs, quote

import psycopg
from psycopg.conninfo import conninfo_to_dict

_SIZE: Final = 65_536


@contextmanager
def far(address: str, seconds: float) -> Generator[str]:
    """The address of the same schema, but everything takes so long to get there and back."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    info = conninfo_to_dict(address)
    place = str(info.get("host", "")), int(info.get("port") or 5432)
    process = context.Process(target=pass_on, args=(theirs, place, seconds / 2), daemon=True)
    process.start()
    port: int = ours.recv()
    given = parse_qs(address.partition("?")[2])
    with psycopg.connect(address) as connection:
        user, database = connection.info.user, connection.info.dbname
    try:
        yield f"postgresql://{user}@127.0.0.1:{port}/{database}?options={quote(given['options'][0], safe='')}"
    finally:
        process.terminate()
        process.join()


def pass_on(pipe: "Connection[int, None]", place: tuple[str, int], seconds: float) -> None:
    """Take connections, and pass everything on for each of them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        pipe.send(port)
        while True:
            near, beyond = _without_delay(listening.accept()[0]), _connected(place)
            for source, target in ((near, beyond), (beyond, near)):
                threading.Thread(target=_pump, args=(source, target, seconds), daemon=True).start()


def _connected(place: tuple[str, int]) -> socket.socket:
    host, port = place
    if not host.startswith("/"):
        return _without_delay(socket.create_connection(place))
    found = socket.socket(socket.AF_UNIX)
    found.connect(f"{host}/.s.PGSQL.{port}")
    return found


def _without_delay(found: socket.socket) -> socket.socket:
    found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return found


def _pump(source: socket.socket, target: socket.socket, seconds: float) -> None:
    while data := source.recv(_SIZE):
        time.sleep(seconds)
        target.sendall(data)
    target.close()

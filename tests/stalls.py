"""Servers that trouble their clients: one that never answers, and a proxy that stops or trickles after n bytes."""

import contextlib
import socket
import threading
import time


class Silent:
    """Accepts and says nothing."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.socket.getsockname()[1]

    def __enter__(self) -> "Silent":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


class Proxy:
    """Passes everything on to `port`, until the server has said `stop` bytes: then `pause` seconds for every further byte."""

    def __init__(self, port: int, stop: int, pause: float = 3600) -> None:
        self.target, self.stop, self.pause = port, stop, pause
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=50)
        self.port = self.socket.getsockname()[1]
        self.over = threading.Event()
        self.passed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                threading.Thread(target=self._up, args=(client, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := client.recv(65536):
                server.sendall(chunk)
        server.close()

    def _down(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := server.recv(65536):
                free = max(self.stop - self.passed, 0)
                client.sendall(chunk[:free])
                self.passed += len(chunk[:free])
                for byte in chunk[free:]:
                    if self.over.wait(self.pause):
                        return
                    client.sendall(bytes([byte]))
        client.close()


def timed(call, *arguments):
    """(answer, seconds it took)."""
    began = time.monotonic()
    return call(*arguments), time.monotonic() - began

"""One deadline under ldap3: name resolution, connecting, TLS, and every byte that is waited for.

ldap3 knows only a timeout for each read, so a server that trickles could hold a login for ever; and its own
certificate check sends no server name. Its hooks (addresses, TLS, socket) are replaced here.
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import ldap3


class Deadline:
    """A moment by which everything must be over, and how long a single wait may last (both in seconds)."""

    def __init__(self, seconds: float, stall: float | None = None) -> None:
        self.end = time.monotonic() + seconds
        self.stall = stall

    def left(self) -> float:
        """Seconds the next wait may take; raises TimeoutError when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return left if self.stall is None else min(left, self.stall)

    def share(self, parts: int, most: float) -> "Deadline":
        """The part of what is left that one of `parts` servers gets to answer at all."""
        return Deadline(min(max(self.end - time.monotonic(), 0) / parts, most))

    def extend(self, whole: "Deadline") -> None:
        """It answered: now it has the rest of the time."""
        self.end, self.stall = whole.end, whole.stall


class Line:
    """A socket every wait of which ends with the deadline."""

    def __init__(self, plain: socket.socket, deadline: Deadline) -> None:
        self.plain, self.deadline = plain, deadline

    @classmethod
    def over(cls, plain: Any, deadline: Deadline) -> "Line":
        return plain if isinstance(plain, Line) else cls(plain, deadline)

    def recv(self, size: int) -> bytes:
        self.plain.settimeout(self.deadline.left())
        return self.plain.recv(size)

    def sendall(self, content: bytes) -> None:
        self.plain.settimeout(self.deadline.left())
        self.plain.sendall(content)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)


class Server(ldap3.Server):
    """A server whose addresses are looked up and tried in the time there is: all of them, not the first alone."""

    deadline: Deadline

    def candidate_addresses(self) -> Iterator[list[Any]]:
        found = _resolve(self.host, self.port, self.deadline)
        for n, address in enumerate(found):
            self.connect_timeout = self.deadline.left() / (len(found) - n)
            yield [*address, None, None]


class Tls(ldap3.Tls):
    """TLS as Python's ssl does it by default: 1.2 or later, chain and host name checked, the name sent."""

    def __init__(self, trust: ssl.SSLContext, host: str, deadline: Deadline) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.trust, self.host, self.deadline = trust, host, deadline

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        plain = connection.socket.plain if isinstance(connection.socket, Line) else connection.socket
        # Else the first request after a TLS 1.3 handshake waits 40 ms for an acknowledgement.
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.settimeout(self.deadline.left())
        connection.socket = Line(self.trust.wrap_socket(plain, server_hostname=self.host), self.deadline)


def context(ca_file: str | None) -> ssl.SSLContext:
    """Whom to trust: the company's CA file alone, or else what the machine trusts. Raises OSError for a bad file."""
    return ssl.create_default_context(cafile=ca_file)


def _resolve(host: str, port: int, deadline: Deadline) -> list[tuple[Any, ...]]:
    """getaddrinfo knows no timeout, so it is left behind when it does not come back in time."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as why:
            found.append(why)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(deadline.left())
    if not found:
        raise TimeoutError(f"the name {host} was not resolved in time")
    if isinstance(found[0], OSError):
        raise found[0]
    return list(found[0])

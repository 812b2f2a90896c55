"""Where the portal serves: the address asked for, and every address under which this machine answers it."""

import errno
import fcntl
import os
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException

_ADDRESS_OF_INTERFACE = 0x8915  # SIOCGIFADDR of <sys/ioctl.h>
ANY = ("0.0.0.0", "::")  # noqa: S104  # nosec - compared with, not bound to


class Trouble(Exception):
    """Why the portal cannot start, in one sentence."""


@dataclass(frozen=True)
class Place:
    """An address to serve at."""

    host: str
    port: int

    @property
    def names(self) -> tuple[str, ...]:
        """The host names and addresses a browser may use, the one to show first."""
        if self.host == "localhost":
            return (self.host, "127.0.0.1")
        if self.host not in ANY:
            return (self.host, "localhost") if self.host.startswith("127.") else (self.host,)
        return ("127.0.0.1", "localhost", *addresses(), socket.gethostname())

    @property
    def origins(self) -> tuple[str, ...]:
        """The same as origins: what the Origin header of an own page may say."""
        return tuple(f"http://{f'[{name}]' if ':' in name else name}:{self.port}" for name in self.names)

    @property
    def public(self) -> str:
        """The address that paper and mail give: in the network where it serves there, so that a phone can follow it."""
        near = ("127.0.0.1", "localhost")
        return next((o for o, name in zip(self.origins, self.names, strict=True) if name not in near), self.origins[0])


def asked(env: Mapping[str, str]) -> Place:
    """`HOST` and `PORT`, 127.0.0.1:8000 by default; Trouble where the port is no number."""
    port = env.get("PORT") or "8000"
    if not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65_535:
        raise Trouble(f"PORT={port} is no port: give a number from 1 to 65535.")
    return Place(env.get("HOST") or "127.0.0.1", int(port))


def bind(place: Place) -> socket.socket:
    """The listening socket; Trouble where the place is taken or is none of this machine's."""
    try:
        family, _, _, _, address = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)[0]
        both = str(address[0]) == "::" and socket.has_dualstack_ipv6()
        return socket.create_server((str(address[0]), place.port), family=family, backlog=256, dualstack_ipv6=both)
    except UnicodeError:  # what could never be a name
        raise Trouble(_no_address(place)) from None
    except OSError as problem:
        raise Trouble(_why(place, problem)) from None


def _no_address(place: Place) -> str:
    return f"HOST={place.host} is no address of this machine: leave it out, or say HOST=0.0.0.0 for all of them."


def _why(place: Place, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"Port {place.port} is in use: stop what listens there, or choose another, PORT={_next(place.port)}."
    if problem.errno in (errno.EACCES, errno.EPERM):
        return f"Port {place.port} is for the system: choose one above 1023, PORT=8000."
    if isinstance(problem, socket.gaierror) or problem.errno == errno.EADDRNOTAVAIL:
        return _no_address(place)
    return f"Cannot serve at {place.host}:{place.port}: {os.strerror(problem.errno or 0)}."


def _next(port: int) -> int:
    return port + 1 if port < 65_535 else 8000


def addresses() -> tuple[str, ...]:
    """The IPv4 addresses of this machine but loopback."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(asking.fileno(), _ADDRESS_OF_INTERFACE, struct.pack("256s", name.encode()[:15]))
            except OSError:  # an interface without an address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return tuple(address for address in found if not address.startswith("127."))


def answers(place: Place) -> bool:
    """Whether the portal says there that it is well."""
    connection = HTTPConnection(place.names[0], place.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

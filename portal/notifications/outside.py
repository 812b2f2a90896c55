"""A POST to an address outside that somebody typed: to listed hosts only, never into our own network.

The name is resolved once, every address of it is looked at, and the one that was looked at is the one that is connected
to. A redirect is no answer; an answer is short and quick, or none. No proxy of the environment is asked.
"""

import http.client
import socket
import ssl
import time
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from flask import current_app

from portal.words import N_

SECONDS, LONGEST, MOST = 5, 10, 65_536
PORT = 443
TRANSLATED = tuple(IPv6Network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
"""IPv6 that stands for an IPv4 address: nobody needs it here, and it hides where one goes."""


class NotReached(Exception):
    """`why` is a sentence of the catalogue."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def problem(url: str) -> str | None:
    """Why an address is none of ours; None where it may be asked. Nothing is resolved."""
    try:
        parts = urlsplit(url)
        port = parts.port
        if not all("!" <= sign <= "~" and sign != "\\" for sign in url):
            raise ValueError(url)
    except ValueError:
        return N_("This is no address.")
    if parts.scheme != "https" or port not in (None, PORT) or parts.username or parts.password or parts.fragment:
        return N_("The address must begin with https:// and name neither port nor account.")
    if (parts.hostname or "") not in current_app.config["ROBOT_HOSTS"]:
        return N_("This host is not in ROBOT_HOSTS: an administrator of the machine lists those that may be written to.")
    return None


def is_public(address: str) -> bool:
    """Whether an address lies outside: no loopback, no private or link-local network, no other name for one of these."""
    found: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped:
            return is_public(str(found.ipv4_mapped))
        if any(found in net for net in TRANSLATED):
            return False
    return found.is_global and not found.is_multicast


def post(url: str, body: bytes) -> bytes:
    """Send JSON; what was answered with 200. Raises NotReached."""
    if why := problem(url):
        raise NotReached(why)
    parts = urlsplit(url)
    host = parts.hostname or ""
    ends = time.monotonic() + LONGEST
    connection = http.client.HTTPSConnection(host, PORT, timeout=SECONDS)
    try:
        connection.sock = _connected(host, _address(host))
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
        answer = connection.getresponse()
        content = _read(answer, ends)
    except ssl.SSLCertVerificationError:
        raise NotReached(N_("The certificate of the host is not valid.")) from None
    except (OSError, http.client.HTTPException):
        raise NotReached(N_("The host did not answer.")) from None
    finally:
        connection.close()
    if 300 <= answer.status < 400:
        raise NotReached(N_("The host sends us to another address: that is not followed."))
    if answer.status != 200:
        raise NotReached(N_("The host answered with an error."))
    return content


def _address(host: str) -> str:
    """The one address to connect to, after all of them were looked at."""
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(one) for one in found):
        raise NotReached(N_("The name of the host leads into our own network: it is not asked."))
    return found[0]


def _connected(host: str, address: str) -> ssl.SSLSocket:
    plain = socket.create_connection((address, PORT), SECONDS)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


def _read(answer: http.client.HTTPResponse, ends: float) -> bytes:
    content = b""
    while part := answer.read1(MOST):
        content += part
        if len(content) > MOST or time.monotonic() > ends:
            raise NotReached(N_("The answer of the host is too long."))
    return content

"""What Active Directory answers and slapd never does, byte by byte on a line of its own: groups in parts, empty pages."""

import contextlib
import re
import socket
import threading

PAGED = b"1.2.840.113556.1.4.319"
# A message: its length, its number (of one byte for the first 127 of a process alone), then bind, search or unbind.
ASKED = re.compile(rb"0(?:[\x00-\x7f]|\x81.|\x82..|\x84....)(\x02(?:\x01.|\x02..|\x03...|\x04....))([\x60\x63\x42])(.*)", re.S)


def ber(tag: int, *parts: bytes) -> bytes:
    """One BER element; lengths in four bytes, as Active Directory writes them."""
    body = b"".join(parts)
    return bytes([tag, 0x84]) + len(body).to_bytes(4) + body


def text(value: str | bytes) -> bytes:
    return ber(4, value.encode() if isinstance(value, str) else value)


class Domain:
    """A group `cn=all` of `members`, two of which are handed out at a time, and one person on the second page of a search.

    `after`: how the second part of the group is answered: with it, refused ("busy"), or with an entry without it ("nothing").
    """

    def __init__(self, members: list[str], after: str = "more") -> None:
        self.members, self.after = members, after
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"ldap://127.0.0.1:{self.socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> "Domain":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.socket.accept()
                with client:
                    while asked := client.recv(65536):  # every request fits into one
                        client.sendall(self._answer(asked))

    def _answer(self, asked: bytes) -> bytes:
        number, what, rest = ASKED.match(asked).groups()
        if what == b"\x60":
            return self._said(number, self._done(0x61))
        if PAGED in rest:
            last = b"second page" in rest
            cookie = ber(0xA0, ber(0x30, text(PAGED), text(ber(0x30, b"\x02\x01\x00", text("" if last else "second page")))))
            person = [self._entry("cn=li", {"objectGUID": [b"0123456789abcdef"], "sAMAccountName": [b"li"]})] if last else []
            return b"".join(self._said(number, one) for one in person) + self._said(number, self._done(0x65), cookie)
        return b"".join(self._said(number, one) for one in self._group(rest)) if what == b"\x63" else b""

    def _group(self, asked: bytes) -> list[bytes]:
        if b"cn=all" not in asked:
            return [self._done(0x65)]
        part = re.search(rb"member;range=(\d+)-", asked)
        first = int(part[1]) if part else 0
        if first and self.after == "busy":
            return [self._done(0x65, 51)]
        last = "*" if first + 2 >= len(self.members) else first + 1
        values = {"member": [], f"member;range={first}-{last}": [one.encode() for one in self.members[first : first + 2]]}
        return [self._entry("cn=all", {} if first and self.after == "nothing" else values), self._done(0x65)]

    @staticmethod
    def _entry(dn: str, attributes: dict[str, list[bytes]]) -> bytes:
        return ber(0x64, text(dn), ber(0x30, *(ber(0x30, text(n), ber(0x31, *map(text, v))) for n, v in attributes.items())))

    @staticmethod
    def _done(tag: int, code: int = 0) -> bytes:
        return ber(tag, bytes([0x0A, 1, code]), text(""), text(""))

    @staticmethod
    def _said(number: bytes, *parts: bytes) -> bytes:
        return ber(0x30, number, *parts)

"""A company directory that is a list: for everything above the adapter, which has a real slapd in tests/directory."""

import time

from portal.directory.ldap import Answer, Entry


class Listing:
    """Knows every login of the tests by the password `right`; a test may give somebody another answer."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.keys: dict[str, str] = {}
        self.asked: list[str] = []
        self.seconds = 0.0

    def check(self, login: str, password: str) -> tuple[Answer, Entry | None]:
        self.asked.append(login)
        time.sleep(self.seconds)
        said = self.answers.get(login) or (Answer.OK if password == "right" else Answer.REFUSED)
        key = self.keys.get(login, f"key-{login}")
        return said, Entry(key=key, dn=f"uid={login}", login=login, name=login) if said is Answer.OK else None

    def probe(self) -> list[object]:
        return []

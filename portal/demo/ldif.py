"""The company as LDIF for a real directory: people, groups, the service account and the password policy."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping

from portal.demo.company import GROUPS, PASSWORD, Company, Person

BASE = "dc=hengyu,dc=example"
SERVICE_DN = f"cn=portal,ou=services,{BASE}"
SERVICE_PASSWORD = "portal-service"  # noqa: S105  # nosec - an account of the demo directory
HR_ADMINS = f"cn=hr-admins,ou=groups,{BASE}"
SYSTEM_ADMINS = f"cn=system-admins,ou=groups,{BASE}"
POLICY_DN = f"cn=default,ou=policies,{BASE}"


def ldif(company: Company, groups: Mapping[str, Iterable[str]] = GROUPS) -> str:
    """Everything in the order `ldapadd` wants; leavers and people without an account are not in the directory."""
    names = company.unit_names()
    present = [p for p in company.people.values() if p.login and p.left is None]
    return "".join([*_head(), *(_entry(dn(p), _person(p, names, company.people)) for p in present), *_groups(company, groups)])


def dn(person: Person) -> str:
    """Where somebody stands in the directory."""
    return f"uid={person.login},ou=people,{BASE}"


def ssha(password: str, salt: str) -> str:
    """RFC 2307 `{SSHA}`; the salt is drawn from a name, so that the file is the same each time."""
    seasoning = hashlib.sha256(salt.encode()).digest()[:8]
    digest = hashlib.sha1(password.encode() + seasoning).digest()  # noqa: S324  # nosec - the scheme slapd knows by itself
    return "{SSHA}" + base64.b64encode(digest + seasoning).decode()


Values = Mapping[str, str | Iterable[str]]


def _head() -> Iterator[str]:
    yield _entry(BASE, {"objectClass": ("organization", "dcObject"), "dc": "hengyu", "o": "衡屿精密制造有限公司"})
    for name in ("people", "groups", "services", "policies"):
        yield _entry(f"ou={name},{BASE}", {"objectClass": "organizationalUnit", "ou": name})
    service = {"objectClass": ("organizationalRole", "simpleSecurityObject"), "cn": "portal"}
    yield _entry(SERVICE_DN, {**service, "userPassword": ssha(SERVICE_PASSWORD, "portal")})
    yield _entry(
        POLICY_DN,
        {
            "objectClass": ("pwdPolicy", "device"),
            "cn": "default",
            "pwdAttribute": "userPassword",
            "pwdLockout": "TRUE",
            # Above the portal's own slowing down, so that a stranger's guesses lock nobody out.
            "pwdMaxFailure": "20",
            "pwdLockoutDuration": "900",
            "pwdFailureCountInterval": "900",
        },
    )


def _person(person: Person, units: Mapping[str, str], people: Mapping[str, Person]) -> Values:
    known: dict[str, str | Iterable[str]] = {
        "objectClass": "inetOrgPerson",
        "uid": str(person.login),
        "cn": person.name,
        "sn": person.name[0],
        "givenName": person.name[1:],
        "displayName": person.name,
        "mail": str(person.mail),
        "employeeNumber": person.number,
        "departmentNumber": units[person.unit],
        "title": person.title,
        "preferredLanguage": "zh-CN",
        "userPassword": ssha(PASSWORD, person.key),
    }
    if person.manager and people[person.manager].login:
        known["manager"] = dn(people[person.manager])
    return known


def _groups(company: Company, groups: Mapping[str, Iterable[str]]) -> Iterator[str]:
    for name, members in groups.items():
        known = [dn(company.people[key]) for key in members]
        yield _entry(f"cn={name},ou=groups,{BASE}", {"objectClass": "groupOfNames", "cn": name, "member": known})


def _entry(where: str, values: Values) -> str:
    lines = [_line("dn", where)]
    for name, value in values.items():
        lines += [_line(name, one) for one in ([value] if isinstance(value, str) else value)]
    return "\n".join(lines) + "\n\n"


def _line(name: str, value: str) -> str:
    if value.isascii() and not value.startswith((" ", ":", "<")) and not value.endswith(" "):
        return f"{name}: {value}"
    return f"{name}:: {base64.b64encode(value.encode()).decode()}"

"""A directory of fourteen people on a real slapd. Each trouble has a person of its own, so tests do not meet.

Accounts (password `Passw0rd!` unless said): zhao (top), wang, li, sun below him; `特` (王, 芳+ in the DN), brackets,
expired, reset, locked, locked.hand, twin (two entries), left out of groups; hr (nested group).
"""

import base64
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.demo.slapd import Slapd, missing
from portal.directory.ldap import Directory, Settings

BASE = "dc=huaxing,dc=example"
PEOPLE = f"ou=people,{BASE}"
GROUPS = f"ou=groups,{BASE}"
PASSWORD, SERVICE = "Passw0rd!", "portal-secret"


def ssha(password: str) -> str:
    salt = os.urandom(8)
    return "{SSHA}" + base64.b64encode(hashlib.sha1(password.encode() + salt).digest() + salt).decode()  # noqa: S324


HASH = ssha(PASSWORD)


def ldif(dn: str, **attributes: str | list[str]) -> str:
    """One entry; whatever is not plain ASCII goes as base64."""
    lines = [_line("dn", dn)]
    for name, values in attributes.items():
        lines += [_line(name, value) for value in ([values] if isinstance(values, str) else values)]
    return "\n".join(lines) + "\n\n"


def _line(name: str, value: str) -> str:
    plain = value.isascii() and value.isprintable() and not value.startswith((" ", ":", "<")) and not value.endswith(" ")
    return f"{name}: {value}" if plain else f"{name}:: {base64.b64encode(value.encode()).decode()}"


def head() -> str:
    text = ldif(BASE, objectClass=["organization", "dcObject"], dc="huaxing", o="华兴精密制造有限公司")
    for unit in ("people", "groups", "services", "policies"):
        text += ldif(f"ou={unit},{BASE}", objectClass="organizationalUnit", ou=unit)
    text += ldif(f"cn=portal,ou=services,{BASE}", objectClass=["organizationalRole", "simpleSecurityObject"], cn="portal", userPassword=ssha(SERVICE))
    policy = {"objectClass": ["pwdPolicy", "device"], "pwdAttribute": "userPassword", "pwdLockout": "TRUE", "pwdMaxFailure": "5", "pwdLockoutDuration": "900"}
    text += ldif(f"cn=default,ou=policies,{BASE}", cn="default", **policy)
    text += ldif(f"cn=old,ou=policies,{BASE}", cn="old", pwdMaxAge="1", **policy)
    return text + ldif(f"cn=change,ou=policies,{BASE}", cn="change", pwdMustChange="TRUE", **policy)


def person(login: str, name: str = "", manager: str = "", dn: str = "", **more: str | list[str]) -> str:
    """An inetOrgPerson below ou=people (or at `dn`); `manager` is a login or a DN."""
    name = name or login
    known: dict[str, str | list[str]] = {"objectClass": "inetOrgPerson", "uid": login, "cn": name, "sn": name[0], "displayName": name, "mail": f"{login}@huaxing.example"}
    if manager:
        known["manager"] = manager if "," in manager else f"uid={manager},{PEOPLE}"
    return ldif(dn or f"uid={login},{PEOPLE}", **(known | {"userPassword": HASH} | more))


def company() -> str:
    text = head()
    text += person("zhao", "赵总", employeeNumber="E1", departmentNumber="总经理办公室", title="总经理")
    text += person("wang", "王芳", "zhao", employeeNumber="E2", departmentNumber="生产部", title="经理", mobile="13800000002")
    text += person("li", "李雷", "wang", employeeNumber="E3", departmentNumber="生产部")
    text += person("sun", "孙丽", "wang", employeeNumber="E4", departmentNumber="生产部", userPassword=ssha("密码　😀!"))
    text += ldif(f"ou=研发部\\, 一组,{PEOPLE}", objectClass="organizationalUnit", ou="研发部, 一组")
    text += person("wf", "王, 芳", "zhao", dn=f"cn=王\\, 芳+uid=wf,ou=研发部\\, 一组,{PEOPLE}")
    text += person("br", "张 (三)\\*", "zhao", dn=f"cn=张 (三)\\\\*,{PEOPLE}")
    text += person("expired", "周期", "zhao")
    text += person("reset", "吴新", "zhao")
    text += person("locked", "郑锁", "zhao")
    text += person("by.hand", "冯停", "zhao")
    text += person("twin", "双一", "zhao", dn=f"cn=twin one,{PEOPLE}") + person("twin", "双二", "zhao", dn=f"cn=twin two,{PEOPLE}")
    text += person("hr", "胡人", "zhao") + person("sys", "钱系", "zhao")
    nested = f"cn=hr-team,{GROUPS}"
    text += ldif(f"cn=hr-admins,{GROUPS}", objectClass="groupOfNames", cn="hr-admins", member=[f"uid=wang,{PEOPLE}", nested])
    text += ldif(nested, objectClass="groupOfUniqueNames", cn="hr-team", uniqueMember=[f"UID=hr, {PEOPLE.upper()}", f"cn=hr-admins,{GROUPS}"])
    return text + ldif(f"cn=unix,{GROUPS}", objectClass="posixGroup", cn="unix", gidNumber="100", memberUid=["sys", "twin", "nobody"])


STATES = f"""\
dn: uid=expired,{PEOPLE}
changetype: modify
add: pwdPolicySubentry
pwdPolicySubentry: cn=old,ou=policies,{BASE}
-
replace: pwdChangedTime
pwdChangedTime: 20200101000000Z

dn: uid=reset,{PEOPLE}
changetype: modify
add: pwdPolicySubentry
pwdPolicySubentry: cn=change,ou=policies,{BASE}
-
add: pwdReset
pwdReset: TRUE

dn: uid=by.hand,{PEOPLE}
changetype: modify
add: pwdAccountLockedTime
pwdAccountLockedTime: 000001010000Z

"""


def skip_without_slapd() -> None:
    if missing() and not os.environ.get("CI"):
        pytest.skip(f"not installed: {', '.join(missing())}")


@pytest.fixture(scope="session")
def slapd() -> Iterator[Slapd]:
    skip_without_slapd()
    folder = Path(tempfile.mkdtemp(prefix="slapd-"))
    server = Slapd(folder, BASE, fast=True)
    server.start()
    server.load(company())
    server.modify(STATES, "-e", "relax")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def settings(slapd: Slapd, **more: object) -> Settings:
    """Over LDAPS, as `make run` does it, with what a test changes. Beside these people others have branches of their own."""
    return Settings.from_config({**slapd.settings(SERVICE), "LDAP_BASE": PEOPLE, **more})


@pytest.fixture
def directory(slapd: Slapd) -> Directory:
    return Directory(settings(slapd))

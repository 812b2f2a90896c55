"""A real OpenLDAP server of our own: unprivileged, in one folder, on free ports of this machine, with TLS.

`make run` keeps its folder and finds its people again; tests use one that is thrown away.
"""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from secrets import token_urlsafe
from typing import IO

from portal.running.children import with_us

SLAPD, SLAPADD = "/usr/sbin/slapd", "/usr/sbin/slapadd"
CONF = """\
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
moduleload ppolicy
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
# On purpose: reading without pages must fail in tests and demo as it would in a company.
sizelimit 500
database mdb
maxsize 4294967296
suffix "{base}"
rootdn "cn=admin,{base}"
rootpw {secret}
directory {folder}/db
{sync}
index objectClass,uid,entryUUID eq
limits dn.exact="cn=portal,ou=services,{base}" size.prtotal=unlimited size.pr=1000
access to attrs=userPassword by anonymous auth by * none
access to * by * read
overlay memberof
memberof-refint TRUE
overlay ppolicy
ppolicy_default "cn=default,ou=policies,{base}"
ppolicy_use_lockout
"""


class Slapd:
    """One server. Start it from the main thread: it ends with the thread that started it, even by kill -9."""

    def __init__(self, folder: Path, base: str = "dc=hengyu,dc=example", *, names: str = "", fast: bool = False) -> None:
        """`names` go into the certificate instead of this machine's; `fast` does not wait for the disk (tests)."""
        self.folder, self.base = folder.resolve(), base
        self.port, self.tls_port = self._kept_ports()
        self.process: subprocess.Popen[bytes] | None = None
        (self.folder / "db").mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        self.secret = self._kept_secret()
        if not (self.folder / "server.pem").exists():
            certificates(self.folder, names)
        text = CONF.format(folder=self.folder, base=base, secret=self.secret, sync="dbnosync" if fast else "")
        (self.folder / "slapd.conf").write_text(text)

    @property
    def url(self) -> str:
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        return f"ldaps://localhost:{self.tls_port}"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever loaded."""
        return not (self.folder / "loaded").exists()

    def settings(self, password: str) -> dict[str, str]:
        """What the portal must be told to use this server: LDAPS, and the service account with its password."""
        return {
            "LDAP_URL": self.tls_url,
            "LDAP_CA_FILE": str(self.folder / "ca.pem"),
            "LDAP_BASE": self.base,
            "LDAP_BIND_DN": f"cn=portal,ou=services,{self.base}",
            "LDAP_BIND_PASSWORD": password,
        }

    def start(self) -> "Slapd":
        """Serve, and come back when it answers; raises RuntimeError with what slapd said."""
        for _ in range(3):
            if self._serves():
                (self.folder / "ports").write_text(f"{self.port} {self.tls_port}")
                return self
            self.port, self.tls_port = free_port(), free_port()  # somebody was faster on these
        raise RuntimeError(f"slapd does not start: {(self.folder / 'log').read_text(errors='replace')[-2000:]}")

    def stop(self) -> None:
        """Stop serving; the data stays. Fine to call twice."""
        process, self.process = self.process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def load(self, ldif: str) -> None:
        """Add entries the way a client does: overlays run, memberOf is filled, passwords are checked."""
        self._client("ldapadd", ldif)
        (self.folder / "loaded").touch()

    def modify(self, ldif: str, *options: str) -> None:
        """Change entries (`changetype: ...` records); `options` go to ldapmodify."""
        self._client("ldapmodify", ldif, *options)

    def load_bulk(self, ldif: str) -> None:
        """Add very many entries while it is stopped: no overlay runs."""
        if self.process:
            raise RuntimeError("slapadd needs a server that is stopped")
        self._run([SLAPADD, "-q", "-f", str(self.folder / "slapd.conf")], ldif)
        (self.folder / "loaded").touch()

    def _serves(self) -> bool:
        with (self.folder / "log").open("ab") as log:
            self.process = self._spawn(log)
        until = time.monotonic() + 10
        while self.process.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.tls_port), 1).close()
                return self.process.poll() is None
            except OSError:
                time.sleep(0.01)
        self.stop()
        return False

    def _spawn(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        # As root it needs none of root's rights: all capabilities are dropped, the files are its owner's.
        bare = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"] if os.geteuid() == 0 else []
        where = f"{self.url} ldaps://127.0.0.1:{self.tls_port}"
        serve = [SLAPD, "-d", "0", "-f", str(self.folder / "slapd.conf"), "-h", where]
        # A group of its own: Ctrl-C goes to who started it, and that one stops it in order.
        command = [*with_us(os.getpid()), "setpriv", *bare, "--", *serve]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0)  # noqa: S603

    def _client(self, program: str, ldif: str, *options: str) -> None:
        who = ["-x", "-H", self.url, "-D", f"cn=admin,{self.base}", "-y", str(self.folder / "secret")]
        self._run([program, *who, *options], ldif)

    def _run(self, command: list[str], ldif: str) -> None:
        done = subprocess.run(command, input=ldif.encode(), capture_output=True, check=False)  # noqa: S603
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name}: {done.stderr.decode(errors='replace').strip()}")

    def _kept_secret(self) -> str:
        """The password of the directory's own administrator: this folder's, known to nobody else."""
        kept = self.folder / "secret"
        if not kept.exists():
            kept.touch(0o600)
            kept.write_text(token_urlsafe(24))
        return kept.read_text()

    def _kept_ports(self) -> tuple[int, int]:
        kept = self.folder / "ports"
        if kept.exists():
            plain, tls = map(int, kept.read_text().split())
            return plain, tls
        return free_port(), free_port()


def missing() -> list[str]:
    """Programs this server needs and the machine does not have."""
    needed = (SLAPD, SLAPADD, "ldapadd", "ldapmodify", "openssl", "setpriv")
    return [program for program in needed if not shutil.which(program)]


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


def certificates(folder: Path, names: str = "") -> None:
    """An authority of our own (`ca.pem`) and a certificate for this machine (`server.pem`), or for the given names."""
    names = names or f"DNS:localhost,DNS:{socket.gethostname()},IP:127.0.0.1"
    (folder / "extensions").write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    authority = ["-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj", "/CN=Demo authority"]
    request = [*key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost"]
    sign = ["-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem"]
    for command in (
        ["req", *authority, "-addext", "keyUsage=critical,keyCertSign,cRLSign"],
        ["req", *request],
        ["x509", "-req", *sign, "-days", "3650", "-extfile", "extensions"],
    ):
        subprocess.run(["openssl", *command], check=True, capture_output=True, cwd=folder)  # noqa: S603, S607
    for secret in folder.glob("*.key"):
        secret.chmod(0o600)

"""nginx of this machine with the files of deploy/nginx, in front of real web processes: two over TLS, one at a socket."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from urllib.parse import urlencode

from portal.demo.slapd import certificates, free_port
from portal.running.children import with_us

PROJECT = Path(__file__).parent.parent.parent
NGINX = "/usr/sbin/nginx"
MAIN = """\
{user}
daemon off;
worker_processes 1;
worker_shutdown_timeout 1s;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path {folder}/temp-body;
    proxy_temp_path {folder}/temp-proxy;
    fastcgi_temp_path {folder}/temp-f;
    uwsgi_temp_path {folder}/temp-u;
    scgi_temp_path {folder}/temp-s;
    include {folder}/two-machines.conf;
    include {folder}/one-machine.conf;
}}
"""
GUNICORN = (sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py")
PATIENCE = 30.0


def children(pid: int) -> list[int]:
    """What a process has started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@dataclass
class Answer:
    """What came back, whole."""

    status: int
    headers: HTTPResponse
    body: bytes

    def __getitem__(self, name: str) -> str | None:
        return self.headers.getheader(name)

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Web:
    """One web process of gunicorn: it dies and comes back."""

    name: str
    env: dict[str, str]
    log: Path
    activated: socket.socket | None = None
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command, keep = [*GUNICORN], ()
        if self.activated is not None:  # as systemd does it: the socket is number 3, and the variables say whose it is
            keep = (self.activated.fileno(),)
            command = ["bash", "-c", f'exec 3<&{keep[0]} {keep[0]}<&-; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"', "sh", *command]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [*with_us(os.getpid()), *command], cwd=PROJECT, env={**self.env, "PGAPPNAME": self.name}, pass_fds=keep,
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """All of it, in the middle of whatever it does."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def workers(self) -> list[int]:
        return children(self.process.pid)


@dataclass
class Stack:
    """The ports that the outside sees, and everything behind them."""

    folder: Path
    port: int = field(default_factory=free_port)
    plain: int = field(default_factory=free_port)
    alone: int = field(default_factory=free_port)
    inner: tuple[int, int] = field(default_factory=lambda: (free_port(), free_port()))
    webs: list[Web] = field(default_factory=list)
    nginx: subprocess.Popen[bytes] | None = None

    @property
    def origin(self) -> str:
        return f"https://localhost:{self.port}"

    def start(self, env: Mapping[str, str]) -> None:
        """Two over TLS, as on two machines; one at a socket that systemd would hold; nginx in front of all."""
        certificates(self.folder, "DNS:localhost,DNS:web.portal.internal")
        known = {
            **os.environ, **env, "PUBLIC_URL": self.origin, "ORIGINS": f"https://localhost:{self.alone}", "REQUIRE_HTTPS": "1",
            "PROXIES": "1", "WEB_WORKERS": "1", "WEB_THREADS": "4", "LANGUAGE": "en",
        }  # fmt: skip
        tls = {"WEB_CERTIFICATE": str(self.folder / "server.pem"), "WEB_KEY": str(self.folder / "server.key")}
        for n, port in enumerate(self.inner, 1):
            self.webs.append(Web(f"web{n}", {**known, **tls, "WEB_BIND": f"127.0.0.1:{port}"}, self.folder / f"web{n}.log"))
        held = socket.socket(socket.AF_UNIX)
        held.bind(str(self.folder / "web.sock"))
        held.listen(64)
        self.webs.append(Web("alone", known, self.folder / "alone.log", held))
        for web in self.webs:
            web.start()
        self._configure()
        with (self.folder / "nginx.log").open("wb") as out:
            self.nginx = subprocess.Popen(
                [*with_us(os.getpid()), NGINX, "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        for port in self.inner:
            self.wait(port)
        self.wait(self.port)

    def _configure(self) -> None:
        """The very files of deploy/nginx, with this folder's ports and certificates in place of a company's."""
        (self.folder / "nginx.conf").write_text(MAIN.format(folder=self.folder, user="user root root;" if os.geteuid() == 0 else ""))
        folder = str(self.folder)
        shared = {
            "/var/log/nginx/": f"{folder}/", "/opt/portal/current": str(PROJECT), "/etc/ssl/portal/portal.crt": f"{folder}/server.pem",
            "/etc/ssl/portal/portal.key": f"{folder}/server.key", "/etc/ssl/portal/web-ca.crt": f"{folder}/ca.pem",
            "/run/portal-web.sock": f"{folder}/web.sock", "portal.company.example": "localhost", "[::]": "[::1]", "listen 80": "listen 127.0.0.1:80",
            "listen 443": "listen 127.0.0.1:443", "https://$server_name": self.origin,
            "192.0.2.11:8443": f"127.0.0.1:{self.inner[0]}", "192.0.2.12:8443": f"127.0.0.1:{self.inner[1]}",
        }  # fmt: skip
        sites = {"two-machines.conf": (self.port, self.plain), "one-machine.conf": (self.alone, free_port())}
        for name, (tls, plain) in sites.items():
            self._site(name, {**shared, ":443 ": f":{tls} ", ":80;": f":{plain};"})
        own = {f"include {self.folder}/maps.conf;": "", "upstream portal {": "upstream alone {", "http://portal;": "http://alone;"}
        for name in ("maps.conf", "portal.conf"):
            self._site(name, shared)
        self._site("one-machine.conf", own, self.folder / "one-machine.conf")

    def _site(self, name: str, changes: Mapping[str, str], source: Path | None = None) -> None:
        text = (source or PROJECT / "deploy/nginx" / name).read_text()
        for old, new in changes.items():
            text = text.replace(old, new)
        text = text.replace(f"{PROJECT}/deploy/nginx/maps.conf", f"{self.folder}/maps.conf")
        text = text.replace(f"{PROJECT}/deploy/nginx/portal.conf", f"{self.folder}/portal.conf")
        if not socket.has_ipv6 or not Path("/proc/net/if_inet6").exists():
            text = "\n".join(line for line in text.splitlines() if "[::1]" not in line)
        (self.folder / name).write_text(text)

    @property
    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "ca.pem"))

    def ask(self, method: str, path: str, *, port: int = 0, body: bytes | None = None, source: str = "", **headers: str) -> Answer:
        """One request on a connection of its own, as a browser would send it."""
        own = (source, 0) if source else None
        connection = HTTPSConnection("localhost", port or self.port, timeout=60, context=self.context, source_address=own)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Answer(answer.status, answer, answer.read())
        finally:
            connection.close()

    def post(self, path: str, fields: Mapping[str, object], **headers: str) -> Answer:
        form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": self.origin}
        return self.ask("POST", path, body=urlencode(fields).encode(), **form, **headers)

    def wait(self, port: int) -> None:
        """Until the portal answers there."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            connection = HTTPSConnection("localhost", port, timeout=5, context=self.context)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise AssertionError("\n".join(path.read_text()[-2000:] for path in sorted(self.folder.glob("*.log"))))

    def redirected(self, path: str) -> tuple[int, str | None]:
        """Where plain http leads."""
        with closing(HTTPConnection("localhost", self.plain, timeout=5)) as connection:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location")

    def stop(self) -> None:
        for web in self.webs:
            web.kill()
            if web.activated is not None:
                web.activated.close()
        if self.nginx is not None:
            self.nginx.terminate()
            self.nginx.wait()

"""Runs the portal's units where systemd does not: for trying an installation in a box, as root.

    python3 units.py start portal.target | stop portal.target | is-active portal-web | restart nginx | enable … | daemon-reload

What a unit says is done as far as a plain process can: its user, mask, folder, environment, no new privileges, no
capabilities, no memory that is written and run, a file system it cannot write but for its own folders, a /tmp of its own.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

UNITS, RUNNING = Path("/etc/systemd/system"), Path("/run/units")
PR_SET_MDWE = 65


def read(name):
    """What a unit says; a name that comes twice is a list in one line, as for systemd."""
    said = {}
    for line in (UNITS / name).read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            said[key] = f"{said[key]} {value}" if key in said else value
    return said


def service(name):
    return name if "." in name else f"{name}.service"


def start(name):
    name = service(name)
    if name == "nginx.service":
        return subprocess.run(["nginx"], check=True)
    said = read(name)
    for other in [*said.get("Requires", "").split(), *said.get("Wants", "").split()]:
        if (UNITS / other).exists() and not other.endswith(".timer"):
            start(other)
    if "ExecStart" not in said or alive(name):
        return None
    command = inside(name, said)
    log = (RUNNING / f"{name}.log").open("ab")
    held = listening(name) if (UNITS / name.replace(".service", ".socket")).exists() else None
    if held is not None and said.get("Type") == "notify":
        command = ["bash", "-c", f'exec 3<&{held.fileno()}; export LISTEN_FDS=1; exec "$@"', "bash", *command]
    keep = () if held is None else (held.fileno(),)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=keep, start_new_session=True)
    if said["Type"] != "oneshot":
        (RUNNING / f"{name}.pid").write_text(str(process.pid))
        return None
    if process.wait():
        sys.exit(f"{name} failed:\n{(RUNNING / f'{name}.log').read_text()[-2000:]}")
    if said.get("RemainAfterExit") == "yes":
        (RUNNING / f"{name}.pid").write_text("1")  # it is over, and counts as there
    return None


def inside(name, said):
    """The walls around its ExecStart, then itself."""
    writable = [part.lstrip("-") for part in said["ReadWritePaths"].split()] + [f"/var/cache/{said['CacheDirectory']}"]
    subprocess.run(["install", "-d", "-m", "700", "-o", said["User"], "-g", said["Group"], writable[-1]], check=True)
    mounts = [f"mount --bind {path} {path}" for path in writable if Path(path).is_dir()]
    closed = ["mount -t tmpfs -o mode=1777 tmpfs /tmp", "mount -o remount,bind,ro /", f"umask {said['UMask']}"]
    walls = "; ".join(["mount --make-rprivate /", *mounts, *closed, f"cd {said['WorkingDirectory']}", 'exec "$@"'])
    bare = ["setpriv", f"--reuid={said['User']}", f"--regid={said['Group']}", "--init-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    # The variables of systemd and of the unit, no others; a socket that was handed over belongs to the process that it becomes.
    known = f"PATH=/usr/sbin:/usr/bin LANG=C.UTF-8 {said['Environment']}"
    clean = ["bash", "-c", f'exec env -i ${{LISTEN_FDS:+LISTEN_FDS=$LISTEN_FDS LISTEN_PID=$$}} {known} "$@"', "bash"]
    guard = [sys.executable, __file__, "--guarded"] if said.get("MemoryDenyWriteExecute") == "yes" else []
    return ["unshare", "-m", "sh", "-ec", walls, name, *guard, *bare, *clean, *said["ExecStart"].split()]


def listening(name):
    said = read(name.replace(".service", ".socket"))
    if name.replace(".service", ".socket") not in enabled():
        return None
    path = Path(said["ListenStream"])
    path.unlink(missing_ok=True)
    held = socket.socket(socket.AF_UNIX)
    held.bind(str(path))
    path.chmod(int(said["SocketMode"], 8))
    subprocess.run(["chown", said["SocketUser"], path], check=True)
    held.listen(int(said["Backlog"]))
    return held


def enabled():
    file = RUNNING / "enabled"
    return set(file.read_text().split()) if file.exists() else set()


def enable(names, on):
    kept = enabled() | set(names) if on else enabled() - set(names)
    (RUNNING / "enabled").write_text(" ".join(sorted(kept)))


def alive(name):
    file = RUNNING / f"{name}.pid"
    return file.exists() and Path(f"/proc/{file.read_text()}").exists()


def stop(name):
    names = [path.stem for path in RUNNING.glob("portal-*.pid")] if name == "portal.target" else [service(name)]
    for each in names:
        file = RUNNING / f"{each}.pid"
        if not file.exists():
            continue
        pid = int(file.read_text())
        file.unlink()
        if pid != 1:
            os.kill(pid, signal.SIGTERM)
            until = time.monotonic() + 40
            while Path(f"/proc/{pid}").exists() and time.monotonic() < until:
                time.sleep(0.05)
    if name == "portal.target":
        Path("/run/portal-web.sock").unlink(missing_ok=True)


def main(words):
    RUNNING.mkdir(exist_ok=True)
    verb, *names = [word for word in words if not word.startswith("-")]
    if verb in ("enable", "disable"):
        enable(names, verb == "enable")
    for name in names if verb in ("stop", "restart") else ():
        if service(name) == "nginx.service":
            subprocess.run(["nginx", "-s", "stop"], check=False)
            time.sleep(0.5)
        else:
            stop(name)
    for name in names if verb in ("start", "restart") else ():
        start(name)
    if verb == "is-active":
        sys.exit(0 if all(alive(service(name)) for name in names) else 3)
    if verb == "reload":
        subprocess.run(["nginx", "-s", "reload"], check=True)


if __name__ == "__main__":
    if sys.argv[1] == "--guarded":
        ctypes.CDLL(None).prctl(PR_SET_MDWE, 1, 0, 0, 0)
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
    main(sys.argv[1:])

"""`make serve`: the portal on this machine with the company's own directory and data (`python -m portal.serving`).

Settings come from the environment or the file named in SETTINGS_FILE. For more than a trial see deploy/.
"""

import os
import subprocess
import sys
from pathlib import Path

from portal import config
from portal.running.children import Children
from portal.running.place import Place, asked, bind
from portal.running.programs import FLASK, PROJECT, begin, ended, say, stopped_after, watch


def main() -> int:
    """Start, say where, wait, stop; 0 when asked to stop, 1 with one sentence when something is wrong."""
    return ended(lambda: serve(asked(os.environ)))


def serve(place: Place) -> None:
    """Web and worker, until a signal comes or one of them ends."""
    listening = bind(place)
    place = Place(place.host, int(listening.getsockname()[1]))
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if not env.get("PUBLIC_URL"):
        env["ORIGINS"] = ",".join(filter(None, (env.get("ORIGINS"), *place.origins)))
    logs = Path(config.prepare(env)["DATA_DIR"]) / "log"
    logs.mkdir(exist_ok=True)
    children = Children(logs, PROJECT, env)
    say(f"Starting. Data and logs are in {logs.parent} ...")
    with stopped_after(children, listening):
        children.run("upgrade", [*FLASK, "upgrade"])
        if first := _first_run(env):  # at once: a password that is made is shown, whatever happens next
            say(f"\n{first}")
        begin(children, place, listening)
        where = env.get("PUBLIC_URL") or place.origins[0]
        say(f"The portal is open at {where}\n  Ctrl-C stops it.\n")
        watch(children)


def _first_run(env: dict[str, str]) -> str:
    """What `flask first-run` says: on an empty portal, who begins."""
    done = subprocess.run([*FLASK, "first-run"], cwd=PROJECT, env=env, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

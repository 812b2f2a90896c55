"""`make serve`: the portal on this machine with the company's own directory and data (`python -m portal.serving`).

Settings come from the environment or the file named in SETTINGS_FILE. For more than a trial see deploy/.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from portal import config
from portal.demo.children import Children, Failed
from portal.demo.place import Place, Trouble, asked, bind
from portal.demo.run import ENDINGS, FLASK, GUNICORN, PROJECT, say, wait_for, watch


def main() -> int:
    """Start, say where, wait, stop; 0 when asked to stop, 1 with one sentence when something is wrong."""
    for number in ENDINGS:
        signal.signal(number, _interrupt)
    try:
        serve(asked(os.environ))
    except (Trouble, Failed, config.Wrong) as trouble:
        say(f"portal: {trouble}")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


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
    try:
        children.run("upgrade", [*FLASK, "upgrade"])
        begin = _first_run(env)
        env["WEB_BIND"] = f"fd://{listening.fileno()}"
        children.start("web", GUNICORN, keep=[listening.fileno()])
        children.start("worker", [*FLASK, "work"])
        wait_for(place, children)
        where = env.get("PUBLIC_URL") or place.origins[0]
        say(f"\nThe portal is open at {where}\n{begin}  logs are in {logs}\n  Ctrl-C stops it.\n")
        watch(children)
    finally:
        for number in ENDINGS:
            signal.signal(number, signal.SIG_IGN)
        children.stop()
        listening.close()


def _first_run(env: dict[str, str]) -> str:
    """What `flask first-run` says: on an empty portal, who begins."""
    done = subprocess.run([*FLASK, "first-run"], cwd=PROJECT, env=env, capture_output=True, text=True, check=True)  # noqa: S603 - our own command
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

"""On which disk something lies: whether it is one of this machine's, and whether two things lie on the same one."""

from dataclasses import dataclass
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
REMOTE = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "glusterfs", "gfs2", "ocfs2", "beegfs"}
)
"""Kinds of volumes that several machines share; those of FUSE are named `fuse.` and the program."""
REMOTE_PROGRAMS = ("fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "fuse.davfs")


@dataclass(frozen=True)
class Volume:
    """What is mounted at a place."""

    place: str
    kind: str


def volume(path: Path, mounts: Path = MOUNTS) -> Volume:
    """The volume that holds `path`, which need not exist yet; of no kind where the kernel does not tell."""
    there = path.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    there = there.resolve()
    found = Volume("/", "")
    try:
        lines = mounts.read_text().splitlines()
    except OSError:
        return found
    for line in lines:  # … 4: where … - kind source options; a later one covers an earlier one
        before, _, after = line.partition(" - ")
        place = before.split()[4].encode().decode("unicode_escape")
        if there.is_relative_to(place) and len(place) >= len(found.place):
            found = Volume(place, after.split()[0])
    return found


def is_remote(kind: str) -> bool:
    """Whether other machines write there too: locks of files do not hold then."""
    return kind in REMOTE or kind.startswith(REMOTE_PROGRAMS)


def same(one: Path, other: Path) -> bool:
    """Whether both are lost together."""
    return one.stat().st_dev == other.stat().st_dev

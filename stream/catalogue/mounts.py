"""Where a folder lies: on a disk of this machine, or where others may change it without this kernel knowing."""

import os
from collections.abc import Iterable
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_OF_ONE_MACHINE = frozenset({"ext2", "ext3", "ext4", "f2fs", "tmpfs", "xfs"})  # whatever is not known counts as shared


def are_of_this_machine(devices: Iterable[int]) -> bool:
    """Whether all that happens on these devices (`st_dev`) happens through this kernel."""
    try:
        lines = _MOUNTS.read_bytes().splitlines()
    except OSError:
        return False
    kinds = {}
    for line in lines:
        mount, _, source = line.partition(b" - ")
        kinds[mount.split()[2]] = source.split()[0].decode("ascii", "replace")
    numbers = (f"{os.major(device)}:{os.minor(device)}".encode() for device in devices)
    return all(kinds.get(number) in _OF_ONE_MACHINE for number in numbers)

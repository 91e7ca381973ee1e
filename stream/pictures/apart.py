"""Pictures are opened and drawn in a process of their own: what a hostile file breaks or fills there is not the site.

It takes its memory along when it ends, knows none of the site's settings and keys, and may take only so much.
"""

import os
import resource
import subprocess
import sys
from pathlib import Path
from threading import Lock

FOLDER = Path(__file__).parent
SECONDS = 60  # on a small machine the largest picture takes some ten
MEMORY = 2_000_000_000  # bytes of addresses; a picture of forty megapixels needs a quarter
KEPT = ("PATH", "LD_LIBRARY_PATH")  # of the environment: what a Python needs to start

_one_at_a_time = Lock()


class Failed(Exception):
    """The process ended without a result."""


def apart(script: str, given: bytes) -> bytes:
    """What the script of this name in this folder makes of `given`. Raises Failed."""
    command = [sys.executable, "-I", str(FOLDER / script)]
    environment = {name: value for name, value in os.environ.items() if name in KEPT}
    pipe = subprocess.PIPE
    with _one_at_a_time, subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment) as process:
        resource.prlimit(process.pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        try:
            made, said = process.communicate(given, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failed(f"{script} took more than {SECONDS} seconds") from None
    if process.returncode:
        raise Failed(f"{script} ended with {process.returncode}: {said.decode(errors='replace').strip()[-500:]}")
    return made

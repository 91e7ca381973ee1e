"""Compiled templates, kept on disk: compiling them takes most of what a first visit after a start would wait for, and
memory that is never given back.

All of it may be deleted at any time. A file that was damaged counts as absent; one that cannot be written costs a
compilation at the next start.
"""

import hashlib
import logging
import os
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile

from jinja2.bccache import Bucket, BytecodeCache

log = logging.getLogger(__name__)

DIGEST = 32  # bytes before the code: SHA-256 of it


class KeptTemplates(BytecodeCache):
    """A folder with a file for each template that was used."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._compiler = version("jinja2")

    def get_source_checksum(self, source: str) -> str:
        """Another compiler makes other code of the same source."""
        return hashlib.sha256(f"{self._compiler}\0{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill `bucket`, if its code is here and whole."""
        try:
            kept = (self._folder / bucket.key).read_bytes()
        except OSError:
            return
        digest, code = kept[:DIGEST], kept[DIGEST:]
        if hashlib.sha256(code).digest() == digest:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what is in `bucket`."""
        code = bucket.bytecode_to_string()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, prefix="writing-", delete=False) as file:
                file.write(hashlib.sha256(code).digest() + code)
            os.replace(file.name, self._folder / bucket.key)
        except OSError as error:
            log.warning("cannot keep a compiled template in %s: %s", self._folder, error)

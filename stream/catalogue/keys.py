"""What authors may choose from, and how what they name is spelt."""

import re
from typing import get_args

from stream.catalogue.model import Status

LEVELS = ("l1", "l2", "l3")
STATUSES: tuple[str, ...] = get_args(Status)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_RULE = "lower-case letters, digits and single hyphens, at most 100"

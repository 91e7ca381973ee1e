"""Everything that is fuzzed."""

from asked_pages import FORMS, HEADERS, PAGES, SEARCHES
from backup_files import CRAFTED_BACKUPS, DAMAGED_BACKUPS
from device_events import DEVICE_EVENTS, STANDINGS
from lesson_files import DIRECTIVES, FRONT_MATTER, LESSON_FILES
from raw_bytes import RAW_BYTES
from targets import Target
from toml_files import TOML_FILES

TARGETS: tuple[Target, ...] = (
    FRONT_MATTER,
    DIRECTIVES,
    LESSON_FILES,
    TOML_FILES,
    DEVICE_EVENTS,
    STANDINGS,
    DAMAGED_BACKUPS,
    CRAFTED_BACKUPS,
    PAGES,
    SEARCHES,
    FORMS,
    HEADERS,
    RAW_BYTES,
)

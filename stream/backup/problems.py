"""Why there is no backup, or why one is not taken back."""


class BackupError(Exception):
    """The message names the part and says what to do. Nothing was changed, and no half-made file is left."""


class Damaged(BackupError):
    """Its bytes are no longer those that were written: it will never be whole again."""

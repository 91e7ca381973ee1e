"""Sending mail: a queue in the database, and a postman who carries it to an SMTP server.

Knows nobody's address and no template. A feature registers a writer, enqueues a mail in its own transaction, and wakes
the postman once that is committed.
"""

from stream.mail.letter import Letter
from stream.mail.postman import init_app, register, wake
from stream.mail.queue import Mail, enqueue

__all__ = ["Letter", "Mail", "enqueue", "init_app", "register", "wake"]

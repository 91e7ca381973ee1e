"""An act that may not happen, with the reason to show. Services raise it; `stream.web.errors` answers."""


class Refusal(Exception):
    """`code` is stable and names a text in the reader's language; `status` is the HTTP status of the answer."""

    def __init__(self, code: str, status: int = 409) -> None:
        super().__init__(code)
        self.code = code
        self.status = status

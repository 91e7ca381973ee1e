"""Members who complete and take back a lesson as fast as the site answers, and remember what was answered."""

import threading
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from benchmarks.load import Address
from benchmarks.served import MemberKeys, Served

LESSON = "/en/lessons/what-a-prompt-does"
ENOUGH = 100_000


class Actor:
    """One member at one device."""

    def __init__(self, keys: MemberKeys) -> None:
        self.keys = keys
        self.answered: list[str] = []
        self.surprises: list[int] = []  # answers that no act should get

    def act(self, address: Address, round_: int, most: int = ENOUGH) -> None:
        """Complete and take back until the server is gone, or so often."""
        try:
            is_done = "/reopen" in self._open(address)
            for number in range(most):
                event_id = f"round-{round_}-{self.keys.learner_id[-4:]}-{number:05}"
                if self._send(address, "reopen" if is_done else "complete", event_id) != 303:
                    continue
                is_done = not is_done
                self.answered.append(event_id)
        except (OSError, HTTPException):
            return

    def _open(self, address: Address) -> str:
        with closing(HTTPConnection(*address, timeout=30)) as connection:
            connection.request("GET", LESSON, headers={"Cookie": self.keys.cookie})
            with connection.getresponse() as answer:
                return answer.read().decode()

    def _send(self, address: Address, act: str, event_id: str) -> int:
        form = urlencode({"csrf_token": self.keys.token, "event_id": event_id})
        headers = {"Cookie": self.keys.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(HTTPConnection(*address, timeout=30)) as connection:
            connection.request("POST", f"{LESSON}/{act}", form, headers)
            with connection.getresponse() as answer:
                answer.read()
        if answer.status != 303:
            self.surprises.append(answer.status)
        return answer.status


def acting(actors: list[Actor], served: Served, round_: int, most: int = ENOUGH) -> list[threading.Thread]:
    """Let all of them begin."""
    threads = [threading.Thread(target=actor.act, args=(served.address, round_, most)) for actor in actors]
    for thread in threads:
        thread.start()
    return threads

"""An author, and the editor's form as a browser sends it."""

import html
import re

import given
from werkzeug.test import TestResponse

EDIT = "/en/admin/lessons/dial/en/edit"
FIELD = re.compile(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', re.S)
BASE = re.compile(r'name="base" value="([0-9a-f]{64})"')


class Author(given.Visitor):
    """A member who writes lessons, with one editor open."""

    page: TestResponse

    def open(self, address: str = EDIT) -> str:
        """Open the editor; the text in its field."""
        self.page = self.get(address)
        assert self.page.status_code == 200, self.page.text
        return self.text()

    def text(self) -> str:
        """What stands in the field."""
        found = FIELD.search(self.page.text)
        assert found is not None
        return html.unescape(found[1])

    def base(self) -> str:
        """The revision that the text was made from."""
        found = BASE.search(self.page.text)
        assert found is not None
        return found[1]

    def save(self, text: str, address: str = EDIT, **form: str) -> TestResponse:
        """Press "Save"; browsers send `\\r\\n`."""
        typed = {"text": text.replace("\n", "\r\n"), "base": self.base(), "do": "save", **form}
        answer = self.post(address, **typed)
        if answer.status_code != 303:
            self.page = answer
        return answer

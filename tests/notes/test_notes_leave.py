"""Notes go with the account, and with whoever takes their data along."""

import io
import json
from zipfile import ZipFile

from sqlalchemy import func, select

from stream.db import reading
from stream.notes.models import bookmarks, notes
from stream.review.models import without_review

LESSON = "/en/lessons/dial"


def test_they_are_in_the_download_and_gone_with_the_account(app, member):
    member.get(LESSON)
    member.post(f"{LESSON}/note", note="My own business", version=0)
    member.post(f"{LESSON}/bookmark", bookmark="yes")
    member.post("/en/review/wanted", wanted="no")
    packed = ZipFile(io.BytesIO(member.get("/en/me/export").data))
    mine = json.loads(packed.read("data.json"))["notes"]
    assert mine["notes"][0]["text"] == "My own business"
    assert mine["bookmarks"][0]["lesson_id"] == "dial"
    member.get("/en/me/leave")
    form = {"typed_name": "minji", "leave_password": "a long enough passphrase", "comments": "remove"}
    assert member.post("/en/me/leave", **form).status_code in (200, 303)
    with app.app_context(), reading() as connection:
        for table in (notes, bookmarks, without_review):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0

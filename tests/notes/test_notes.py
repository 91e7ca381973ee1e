"""Private notes and bookmarks: kept, found again, nobody else's."""

LESSON = "/en/lessons/dial"


def note(member, text, version=0):
    member.get(LESSON)
    return member.post(f"{LESSON}/note", note=text, version=version)


def test_a_note_is_kept_and_found_again(member):
    assert note(member, "Start at <five>\nnot seven").location == f"{LESSON}#mine"
    assert "Start at &lt;five&gt;\nnot seven</textarea>" in member.get(LESSON).text
    assert "Start at &lt;five&gt;" in member.get("/ko/me/notes").text


def test_an_empty_note_is_none(member):
    note(member, "Something")
    note(member, " ", version=1)
    assert "Nothing yet." in member.get("/en/me/notes").text


def test_a_bookmark_is_set_and_taken_away(member):
    member.get(LESSON)
    answer = member.post(f"{LESSON}/bookmark", htmx=True, bookmark="yes")
    assert 'aria-pressed="true"' in answer.text
    assert "dial in en" in member.get("/en/me/notes").text
    member.post(f"{LESSON}/bookmark", bookmark="no")
    assert "Nothing yet." in member.get("/en/me/notes").text


def test_two_devices_do_not_overwrite_each_other_in_silence(member):
    note(member, "From the laptop")
    note(member, "From the laptop, longer", version=1)
    answer = note(member, "From the phone", version=1)
    assert answer.status_code == 409
    assert "From the phone</textarea>" in answer.text
    assert "From the laptop, longer" in answer.text
    assert note(member, "From the phone", version=2).status_code == 303


def test_too_long_a_note_is_said_and_kept_in_the_form(member):
    answer = note(member, "x" * 20_001)
    assert answer.status_code == 422
    assert "x" * 20_001 in answer.text
    assert "20,000 characters at most" in answer.text


def test_nobody_else_sees_them(member, other, visitor):
    note(member, "My own business")
    assert "My own business" not in other.get(LESSON).text
    assert "My own business" not in other.get("/en/me/notes").text
    assert 'id="mine"' not in visitor.get(LESSON).text
    assert visitor.get("/en/me/notes").location.startswith("/en/sign-in")


def test_they_outlive_edits_and_even_the_lesson(member, lessons):
    note(member, "Still here")
    for path in lessons.rglob("*dial*.md"):
        path.write_text(path.read_text(encoding="utf-8").replace("obeys", "follows"), encoding="utf-8")
    assert "Still here" in member.get(LESSON).text
    for path in lessons.rglob("*dial*.md"):
        path.unlink()
    page = member.get("/en/me/notes").text
    assert "Still here" in page
    assert "no longer on the site" in page

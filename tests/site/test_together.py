"""Several features' questions in one read: each gets its own rows, whatever the others find."""

from flask import Flask

from stream.together import Part, read_together

WORDS = """
SELECT 'a' AS a, :word AS b, NULL AS c, NULL AS d, NULL AS e
UNION ALL SELECT 'b', 'other', NULL, NULL, NULL
"""
NOTHING = "SELECT username AS a, NULL AS b, NULL AS c, NULL AS d, NULL AS e FROM users WHERE username = :name"


def test_each_part_gets_its_own_rows(app: Flask) -> None:
    with app.app_context():
        found = read_together([Part("words", WORDS, {"word": "it's"}), Part("people", NOTHING, {"name": "nobody"})])
    assert sorted(map(tuple, found["words"])) == [("a", "it's", None, None, None), ("b", "other", None, None, None)]
    assert found["people"] == []


def test_without_parts_nothing_is_asked(app: Flask) -> None:
    with app.app_context():
        assert read_together([]) == {}

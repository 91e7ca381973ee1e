"""Whatever is asked for, by whomever: an answer in words, and nothing stored by what was refused."""

from pathlib import Path

from asked_pages import ASKED, FORMS, HEADERS, NAMES, PAGES, SEARCHES


def test_no_form_is_a_fault_and_a_refused_one_stores_nothing(tmp_path: Path) -> None:
    assert {"body", "events", "password", "picture", "why"} <= set(NAMES)
    FORMS.hold(tmp_path, 100)


def test_no_page_is_a_fault_whatever_is_asked_of_it(tmp_path: Path) -> None:
    assert {"page", "sort", "next", "format", "show", "about"} <= set(ASKED)
    PAGES.hold(tmp_path, 100)


def test_any_words_are_searched_for(tmp_path: Path) -> None:
    SEARCHES.hold(tmp_path, 100)


def test_no_header_is_a_fault_or_leads_away(tmp_path: Path) -> None:
    HEADERS.hold(tmp_path, 250)

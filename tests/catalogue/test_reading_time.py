"""Minutes for mixed text."""

from hypothesis import given
from hypothesis import strategies as st

from stream.catalogue.reading_time import minutes
from stream.markdown.document import Size

counts = st.integers(min_value=0, max_value=100_000)


def test_the_sample_of_500_words_and_150_syllables_takes_3_minutes():
    assert minutes(Size(words=500, syllables=150)) == 3


def test_an_empty_text_takes_a_minute():
    assert minutes(Size()) == 1


@given(counts, counts, counts, counts)
def test_more_to_read_never_takes_less_time(words: int, syllables: int, code_lines: int, more: int):
    assert minutes(Size(words + more, syllables, code_lines)) >= minutes(Size(words, syllables, code_lines))

"""Pages packed once, with new ids each time they are sent."""

import gzip
import re

from hypothesis import given
from hypothesis import strategies as st

from stream.web.spliced import HOLE_BYTES, Spliced, filled

ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
texts = st.lists(
    st.binary(max_size=300).filter(lambda part: b"\xef\xb7" not in part and not ID.search(part)), min_size=1
)


@given(texts, st.integers(0, 2_000))
def test_a_packed_page_is_the_page_with_ids_in_its_holes(parts: list[bytes], times: int) -> None:
    parts = [part * (times if len(part) < 20 else 1) for part in parts]
    spliced = Spliced(HOLE_BYTES.join(parts))
    for sent in (gzip.decompress(spliced.packed()), spliced.plain(), filled(HOLE_BYTES.join(parts))):
        assert ID.split(sent) == parts


def test_what_repeats_across_a_hole_is_packed_once() -> None:
    paragraph = bytes(range(256)).replace(b"\xff", b"") * 2
    once, often = (len(Spliced(HOLE_BYTES.join([paragraph] * times))) for times in (1, 21))
    assert often < 2 * once
    every_byte = bytes(range(256))
    assert ID.split(Spliced(HOLE_BYTES.join([every_byte] * 3)).plain()) == [every_byte] * 3


def test_no_id_is_given_twice() -> None:
    spliced = Spliced(b"one " + HOLE_BYTES + b" two " + HOLE_BYTES)
    ids = [found for _ in range(100) for found in ID.findall(gzip.decompress(spliced.packed()))]
    assert len(set(ids)) == len(ids) == 200


def test_a_page_without_holes_is_only_packed() -> None:
    assert gzip.decompress(Spliced(b"all of it").packed()) == b"all of it"

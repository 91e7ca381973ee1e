"""Pages packed once, with new ids each time they are sent."""

import gzip
import re

from hypothesis import given
from hypothesis import strategies as st

from stream.web.spliced import CUT_BYTES, HOLE_BYTES, Spliced, filled

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
    once, often = (Spliced(HOLE_BYTES.join([paragraph] * times)).own for times in (1, 21))
    assert often < 2 * once
    every_byte = bytes(range(256))
    assert ID.split(Spliced(HOLE_BYTES.join([every_byte] * 3)).plain()) == [every_byte] * 3


@given(texts, st.data())
def test_where_a_page_is_cut_does_not_show(parts: list[bytes], data: st.DataObject) -> None:
    uncut = HOLE_BYTES.join(parts)
    cut = HOLE_BYTES.join(_cut(part, data.draw(st.integers(0, len(part)))) for part in parts)
    page = Spliced(cut)
    for sent in (gzip.decompress(page.packed()), page.plain(), filled(cut)):
        assert ID.split(sent) == parts
    assert page.with_holes() == uncut


def _cut(part: bytes, at: int) -> bytes:
    return CUT_BYTES.join([part[:at], part[at:], b""])


def test_what_pages_have_alike_is_there_once() -> None:
    alike = bytes(range(256)) * 8
    pages = [Spliced(b"for %d: " % number + CUT_BYTES + alike + CUT_BYTES + b" and no more") for number in range(3)]
    assert [gzip.decompress(page.packed()) for page in pages] == [
        b"for %d: " % number + alike + b" and no more" for number in range(3)
    ]
    first, *others = [page.own for page in pages]
    assert all(own < first // 2 for own in others)
    assert Spliced(CUT_BYTES.join([b"", alike[::-1], b""])).own > first // 2


def test_no_id_is_given_twice() -> None:
    spliced = Spliced(b"one " + HOLE_BYTES + b" two " + HOLE_BYTES)
    ids = [found for _ in range(100) for found in ID.findall(gzip.decompress(spliced.packed()))]
    assert len(set(ids)) == len(ids) == 200


def test_a_page_without_holes_is_only_packed() -> None:
    assert gzip.decompress(Spliced(b"all of it").packed()) == b"all of it"

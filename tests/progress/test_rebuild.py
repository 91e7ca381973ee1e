"""Standings made anew from many random histories are the same bytes."""

from benchmarks import rebuild


def test_three_hundred_histories_rebuild_to_the_same_bytes(capsys) -> None:  # type: ignore[no-untyped-def]
    assert rebuild.main(300) == 0
    assert "byte-identical: yes" in capsys.readouterr().out

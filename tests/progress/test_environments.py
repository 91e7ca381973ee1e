"""What is recorded and what is replayed does not depend on where that happens.

`python -m benchmarks.environments` asks it of twenty environments.
"""

from benchmarks.environments import dumped, environments


def test_every_byte_of_a_standing_is_the_same_in_another_environment() -> None:
    dumps = [dumped(number, each, 12) for number, each in enumerate(environments(2))]
    assert {len(set(dump[:2])) for dump in dumps} == {1}
    assert dumps[0] == dumps[1]
    assert dumps[0][2] == "0"

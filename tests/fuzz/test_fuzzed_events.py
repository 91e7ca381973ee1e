"""Whatever a browser sends as its learner's acts: the ledger stays whole, and XP is what the rules give."""

from pathlib import Path

from device_events import DEVICE_EVENTS, STANDINGS


def test_no_events_harm_the_ledger_or_bring_xp_that_the_rules_do_not_give(tmp_path: Path) -> None:
    DEVICE_EVENTS.hold(tmp_path, 30)


def test_no_standing_that_is_asked_for_is_stored(tmp_path: Path) -> None:
    STANDINGS.hold(tmp_path, 60)

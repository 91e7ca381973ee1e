"""A rulebook changes for many learners: how long a preview takes, how much memory, and how long applying it."""

import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.rebuild import PUBLISHED, record_histories
from stream.db import close
from stream.factory import create_app
from stream.ledger.recount import Change
from stream.ledger.rulebook import parse_rulebook
from stream.maintenance.service import initialise, migrate
from stream.progress import audit
from stream.resources import SAMPLE_LESSONS
from stream.rules import queries, service
from stream.rules.previews import preview_of
from stream.settings import load_settings

AT = datetime(2026, 6, 1, tzinfo=UTC)


def main(histories: int) -> int:
    """Run; exit code 0 only when applying did what the preview said and the ledger verifies."""
    text = (SAMPLE_LESSONS / "rulebook.toml").read_text(encoding="utf-8")
    former = parse_rulebook(text)
    cheaper = replace(former, version="2", amounts={**former.amounts, "lesson.completed": 30})
    plan = queries.Plan(Change(former, "full", "measured"), cheaper, PUBLISHED, AT)
    with tempfile.TemporaryDirectory() as folder:
        places = {"instance": Path(folder) / "instance", "lessons": SAMPLE_LESSONS}
        list(initialise(load_settings({}, **places), sample=False))
        app = create_app(load_settings({}, **places))
        with app.app_context():
            migrate()
            record_histories(histories, former)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            begun = time.perf_counter()
            seen = preview_of(queries.effects(plan))
            previewed = time.perf_counter() - begun
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            begun = time.perf_counter()
            service.apply_at_once(service.Order(plan, text, "site"), seen.learner_ids)
            applied = time.perf_counter() - begun
            left = len(preview_of(queries.effects(plan)).affected)
            faults = sum(len(found) for _, found in audit.faults())
        close(app)
    print(f"{histories} learners previewed in {previewed:.1f} s, {grown // 1024} MB more; {seen.drops} would drop")
    print(f"applied to {len(seen.affected)} in {applied:.1f} s; left to do: {left}; faults found by verify: {faults}")
    return 0 if not left and not faults else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

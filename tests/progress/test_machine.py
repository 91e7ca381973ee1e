"""A member doing anything in any order, with replays and parallel writers, on the real database; a model checks."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import mkdtemp

from given import EMPTY_ENVIRONMENT, close
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from strategies import COURSE_OF, PUBLISHED, RULEBOOK, START, lessons, occasion

from stream.factory import create_app
from stream.ledger.decisions import AttemptExercise, Command, CompleteLesson, ReopenLesson
from stream.maintenance.service import initialise, migrate
from stream.progress import audit
from stream.progress.queries import standing_of
from stream.progress.service import Act, record
from stream.settings import load_settings

LEARNER = "machine"
WRITERS = 6


class Learning(RuleBasedStateMachine):
    """The model is plain sets; the site must agree with it after every step."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp())
        places = {"instance": self.folder / "instance", "lessons": self.folder / "lessons"}
        list(initialise(load_settings(EMPTY_ENVIRONMENT, **places), sample=False))
        self.app = create_app(load_settings(EMPTY_ENVIRONMENT, **places))
        self.done: dict[str, datetime] = {}
        self.passed: set[str] = set()
        self.bonus: dict[str, str] = {}  # course -> the lesson that finished it, while undoing takes it back
        self.sent: list[tuple[Act, Command]] = []
        self.minutes = count()

    @initialize()
    def make_site(self) -> None:
        """The schema."""
        with self.app.app_context():
            migrate()

    def now(self, later: int = 1) -> datetime:
        """Time goes on by a minute with every act."""
        return START + timedelta(minutes=next(self.minutes) * later)

    def send(self, command: Command, copies: int = 1) -> None:
        """Send a command: once, or from several places at the same moment with ids of their own."""
        acts = [Act(LEARNER, f"act-{len(self.sent)}-{copy}", datetime.now(UTC)) for copy in range(copies)]
        self.sent.extend((act, command) for act in acts)

        def work(act: Act) -> None:
            with self.app.app_context():
                record(act, [command], RULEBOOK)

        with ThreadPoolExecutor(copies) as pool:
            list(pool.map(work, acts))

    @rule(lesson=lessons, copies=st.sampled_from([1, 1, WRITERS]))
    def complete(self, lesson: str, copies: int) -> None:
        """Complete, perhaps from several tabs at once."""
        at, course = self.now(), COURSE_OF[lesson]
        self.send(CompleteLesson(lesson=lesson, course=course, language="en", **occasion(at)), copies)  # type: ignore[arg-type]
        if lesson not in self.done:
            self.done[lesson] = at
            if self.done.keys() >= set(PUBLISHED[course]) and course not in self.bonus:
                self.bonus[course] = lesson

    @rule(lesson=lessons, copies=st.sampled_from([1, WRITERS]))
    def reopen(self, lesson: str, copies: int) -> None:
        """Take back; within ten minutes the course's bonus goes with it."""
        at = self.now()
        self.send(ReopenLesson(lesson=lesson, **occasion(at)), copies)  # type: ignore[arg-type]
        done_at = self.done.pop(lesson, None)
        if done_at is not None and at - done_at < timedelta(minutes=10):
            self.bonus = {course: cause for course, cause in self.bonus.items() if cause != lesson}
        else:
            self.bonus = {course: "" if cause == lesson else cause for course, cause in self.bonus.items()}

    @rule(lesson=lessons, right=st.booleans(), copies=st.sampled_from([1, WRITERS]))
    def practise(self, lesson: str, right: bool, copies: int) -> None:
        """Answer the lesson's exercise."""
        command = AttemptExercise(exercise=f"{lesson}/1", lesson=lesson, passed=right, **occasion(self.now()))  # type: ignore[arg-type]
        self.send(command, copies)
        if right:
            self.passed.add(lesson)

    @rule(data=st.data())
    def replay_a_request(self, data: st.DataObject) -> None:
        """The network sends something again that was recorded before."""
        with self.app.app_context():
            known = {row.event_id for row in audit.all_rows()}
        again = [(act, command) for act, command in self.sent if act.event_id in known]
        if again:
            act, command = data.draw(st.sampled_from(again))
            with self.app.app_context():
                assert record(act, [command], RULEBOOK).events == ()

    @rule()
    def rebuild(self) -> None:
        """The projection is made anew."""
        with self.app.app_context():
            list(audit.rebuild())

    @invariant()
    def the_site_agrees_with_the_model(self) -> None:
        """Lessons, exercises and XP are what the model says, and the ledger verifies."""
        with self.app.app_context():
            if not self.sent:
                return
            standing = standing_of(LEARNER)
            faults = [fault for _, found in audit.faults() for fault in found]
        assert standing.completions.keys() == self.done.keys()
        assert {exercise.split("/")[0] for exercise in standing.passed} == self.passed
        assert standing.xp == 40 * len(self.done) + 20 * len(self.passed) + 100 * len(self.bonus)
        assert faults == []

    def teardown(self) -> None:
        """Give everything back."""
        close(self.app)
        shutil.rmtree(self.folder)


TestLearning = Learning.TestCase
TestLearning.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

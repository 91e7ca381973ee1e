"""The rules of the achievements: each looks at a standing and the lessons published now, and says how far it is.

A rule gives the instant since which it holds from the standing's own instants, so that acts which arrive late earn the
same achievement with the same date. Names and numbers are data in the rulebook; here is only what the words mean.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from stream.ledger.reviews import Review
from stream.ledger.standing import Standing

Published = Mapping[str, tuple[str, ...]]  # course -> ids of its lessons published now


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an achievement is. It holds when `since` is set: the instant that made it true.

    `missing` names lessons or exercises that would help, `subjects` what counts towards it.
    """

    have: int
    need: int
    since: datetime | None = None
    missing: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether the rule is met."""
        return self.since is not None


Rule = Callable[[Standing, Published, Mapping[str, int]], Progress]
Possible = Callable[[Standing, Published, Mapping[str, int]], bool]
Earlier = Callable[[Standing, datetime, Mapping[str, int]], datetime | None]


def lessons_completed(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many lessons done."""
    done = {lesson: completion.at for lesson, completion in standing.completions.items()}
    return _counted(done, given["need"], _not_done(published, standing))


def exercise_passed(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many exercises passed."""
    return _counted(standing.passed, given["need"])


def course_completed(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """Every published lesson of one course that has at least `lessons`; told for the course nearest to done."""
    long_enough = [lessons for lessons in published.values() if len(lessons) >= given["lessons"]]
    if not long_enough:
        return Progress(0, given["lessons"])
    tried = [_all_of(lessons, standing) for lessons in long_enough]
    held = [progress for progress in tried if progress.since is not None]
    if held:
        return min(held, key=lambda progress: progress.since or datetime.max)
    return min(tried, key=lambda progress: (len(progress.missing), -progress.have))


def courses_begun(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """In so many courses, at least `lessons` done in each."""
    by_course: dict[str, dict[str, datetime]] = {}
    for lesson, completion in standing.completions.items():
        by_course.setdefault(completion.course, {})[lesson] = completion.at
    reached = {course: _nth(done.values(), given["lessons"]) for course, done in by_course.items()}
    return _counted({course: at for course, at in reached.items() if at is not None}, given["need"])


def share_of_site(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """`percent` of all published lessons, where there are at least `lessons`."""
    listed = [lesson for lessons in published.values() for lesson in lessons]
    need = _share(len(listed), given["percent"])
    done = {lesson: standing.completions[lesson].at for lesson in listed if lesson in standing.completions}
    progress = _counted(done, need, _not_done(published, standing))
    if len(listed) < given["lessons"]:
        return Progress(progress.have, _share(given["lessons"], given["percent"]), None, progress.missing)
    return progress


def failed_then_passed(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many exercises passed after a try that failed."""
    again = {
        exercise: at
        for exercise, at in standing.passed.items()
        if exercise in standing.failed and standing.failed[exercise] < at
    }
    waiting = tuple(sorted(standing.failed.keys() - standing.passed.keys()))
    return _counted(again, given["need"], waiting)


def weeks_in_a_row(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many ISO weeks in a row, each with acts on at least `days` of the learner's own days."""
    full = _full_weeks(standing.active, given["days"])
    best, since, run = 0, None, 0
    for monday in sorted(full):
        run = run + 1 if monday - timedelta(weeks=1) in full else 1
        best = max(best, run)
        if run >= given["need"]:
            ends = [full[monday - timedelta(weeks=back)] for back in range(given["need"])]
            since = min(filter(None, (since, max(ends))))
    return Progress(min(best, given["need"]), given["need"], since)


def weeks_in_all(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many ISO weeks with an act in them, not necessarily in a row."""
    weeks = _full_weeks(standing.active, 1)
    return _counted({monday.isoformat(): at for monday, at in weeks.items()}, given["need"])


def reviews_remembered(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many remembered answers on at least `days` days, each due at least a day after its lesson was completed."""
    spaced = {lesson: completion.at.date() + timedelta(days=1) for lesson, completion in standing.completions.items()}
    by_time = [review for review in standing.reviews if review.due >= spaced.get(review.lesson, date.max)]
    days: set[date] = set()
    since = None
    for number, review in enumerate(by_time, start=1):
        days.add(review.day)
        if since is None and number >= given["need"] and len(days) >= given["days"]:
            since = review.at
    have = len(by_time) if since or len(by_time) < given["need"] else given["need"] - 1
    return Progress(have, given["need"], since, (), tuple(review.item for review in by_time))


def remembered_later(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """An answer remembered at least `days` days after its lesson was completed; told in days."""
    if long_after := _long_after(standing, given["days"]):
        first = min(long_after, key=lambda review: review.at)
        return Progress(_longest(long_after, standing), given["days"], first.at, (), (first.item,))
    return Progress(max(0, _longest(standing.reviews, standing)), given["days"])


def lessons_in_two_languages(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many lessons done that were opened in at least two languages."""
    both = {
        lesson: max(completion.at, sorted(standing.opened[lesson].values())[1])
        for lesson, completion in standing.completions.items()
        if len(standing.opened.get(lesson, {})) >= 2
    }
    once = tuple(sorted(lesson for lesson in standing.completions if lesson not in both))
    return _counted(both, given["need"], once)


def reports_fixed(standing: Standing, published: Published, given: Mapping[str, int]) -> Progress:
    """So many problems reported that were then fixed."""
    return _counted(standing.fixed, given["need"])


RULES: Mapping[str, tuple[Rule, frozenset[str]]] = {  # name in the rulebook -> rule and the numbers it takes
    "lessons-completed": (lessons_completed, frozenset({"need"})),
    "exercises-passed": (exercise_passed, frozenset({"need"})),
    "course-completed": (course_completed, frozenset({"lessons"})),
    "courses-begun": (courses_begun, frozenset({"need", "lessons"})),
    "share-of-site": (share_of_site, frozenset({"percent", "lessons"})),
    "failed-then-passed": (failed_then_passed, frozenset({"need"})),
    "weeks-in-a-row": (weeks_in_a_row, frozenset({"need", "days"})),
    "weeks-in-all": (weeks_in_all, frozenset({"need"})),
    "reviews-remembered": (reviews_remembered, frozenset({"need", "days"})),
    "remembered-later": (remembered_later, frozenset({"days"})),
    "lessons-in-two-languages": (lessons_in_two_languages, frozenset({"need"})),
    "reports-fixed": (reports_fixed, frozenset({"need"})),
}


# Whether a rule may hold at all, told by how much was done. Every act asks all of them, and few are near.
POSSIBLE: Mapping[str, Possible] = {
    "lessons-completed": lambda standing, _, given: len(standing.completions) >= given["need"],
    "exercises-passed": lambda standing, _, given: len(standing.passed) >= given["need"],
    "course-completed": lambda standing, published, given: any(_courses_done(standing, published, given["lessons"])),
    "courses-begun": lambda standing, _, given: len(standing.completions) >= given["need"] * given["lessons"],
    "share-of-site": lambda standing, published, given: _may_be_share(len(standing.completions), published, given),
    "failed-then-passed": lambda standing, _, given: len(standing.failed) >= given["need"],
    "weeks-in-a-row": lambda standing, _, given: len(standing.active) >= given["need"] * given["days"],
    "weeks-in-all": lambda standing, _, given: len(standing.active) >= given["need"],
    "reviews-remembered": lambda standing, _, given: not standing.reviews.are_fewer_than(given["need"], given["days"]),
    "remembered-later": lambda standing, _, given: bool(_long_after(standing, given["days"])),
    "lessons-in-two-languages": lambda standing, _, given: len(standing.completions) >= given["need"],
    "reports-fixed": lambda standing, _, given: len(standing.fixed) >= given["need"],
}


def _earlier_of(instants: Callable[[Standing], Iterable[datetime]]) -> Earlier:
    return lambda standing, known, given: _nth([at for at in instants(standing) if at < known], given["need"])


def _earlier_week(rule: Rule) -> Earlier:
    return lambda standing, known, given: rule(standing.with_days_before(known), {}, given).since


def _earlier_answers(standing: Standing, known: datetime, given: Mapping[str, int]) -> datetime | None:
    earlier = standing.with_answers_before(known)
    if earlier.reviews.are_fewer_than(given["need"], given["days"]):
        return None
    return reviews_remembered(earlier, {}, given).since


def _earlier_answer(standing: Standing, known: datetime, given: Mapping[str, int]) -> datetime | None:
    return min((review.at for review in _long_after(standing.with_answers_before(known), given["days"])), default=None)


# Since when a rule holds, if before an instant; by what it counts, of which only what was before can make it so.
EARLIER: Mapping[str, Earlier] = {
    "lessons-completed": _earlier_of(lambda standing: (done.at for done in standing.completions.values())),
    "exercises-passed": _earlier_of(lambda standing: standing.passed.values()),
    "reports-fixed": _earlier_of(lambda standing: standing.fixed.values()),
    "weeks-in-a-row": _earlier_week(weeks_in_a_row),
    "weeks-in-all": _earlier_week(weeks_in_all),
    "reviews-remembered": _earlier_answers,
    "remembered-later": _earlier_answer,
}


def _counted(instants: Mapping[str, datetime], need: int, missing: Iterable[str] = ()) -> Progress:
    """Progress of a rule that counts things, each since an instant; what is missing is gone through only if it is."""
    since = _nth(instants.values(), need)
    return Progress(len(instants), need, since, () if since else tuple(missing), tuple(sorted(instants)))


def _nth(instants: Collection[datetime], number: int) -> datetime | None:
    """The instant of the `number`-th, counted from the earliest."""
    return sorted(instants)[number - 1] if len(instants) >= number else None


def _share(number: int, percent: int) -> int:
    """So many percent of a number, rounded up, but at least one."""
    return max(1, -(-number * percent // 100))


def _may_be_share(done: int, published: Published, given: Mapping[str, int]) -> bool:
    there = sum(map(len, published.values()))
    return there >= given["lessons"] and done >= _share(there, given["percent"])


def _courses_done(standing: Standing, published: Published, least: int) -> Iterator[tuple[str, ...]]:
    """The lessons of each course that has at least so many and of which all are done."""
    done = standing.completions
    return (lessons for lessons in published.values() if len(lessons) >= least and all(map(done.__contains__, lessons)))


def _not_done(published: Published, standing: Standing) -> Iterator[str]:
    return (lesson for lessons in published.values() for lesson in lessons if lesson not in standing.completions)


def _all_of(lessons: Sequence[str], standing: Standing) -> Progress:
    done = {lesson: standing.completions[lesson].at for lesson in lessons if lesson in standing.completions}
    missing = tuple(lesson for lesson in lessons if lesson not in done)
    return _counted(done, len(lessons), missing)


def _full_weeks(active: Mapping[date, datetime], days: int) -> dict[date, datetime]:
    """Weeks (by their Monday) with acts on at least `days` days, each since the act that filled it."""
    weeks: dict[date, list[datetime]] = {}
    for day, at in active.items():
        weeks.setdefault(date.fromordinal(day.toordinal() - day.weekday()), []).append(at)
    return {monday: sorted(acts)[days - 1] for monday, acts in weeks.items() if len(acts) >= days}


def _long_after(standing: Standing, days: int) -> list[Review]:
    """Answers so long after the lesson; none was before the first lesson has been done for so long."""
    least, done = timedelta(days=days), standing.completions
    if not done or not standing.reviews:
        return []
    possible = standing.reviews.since(min(completion.at for completion in done.values()) + least)
    return [review for review in possible if review.lesson in done and review.at - done[review.lesson].at >= least]


def _longest(reviews: Iterable[Review], standing: Standing) -> int:
    """The longest time from doing a lesson to one of these answers, in days."""
    done = standing.completions
    spans = (review.at - done[review.lesson].at for review in reviews if review.lesson in done)
    return max((span.days for span in spans), default=0)

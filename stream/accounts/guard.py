"""How many wrong passwords are taken, and who must not suffer from them.

All budgets are charged before the password is checked and given back when it was right, so that parallel
tries cannot slip past them together:

- Each account has so many wrong passwords, from wherever. Beyond that even the right one must wait: otherwise
  guessing would simply go on. Whoever is signed in already stays so.
- Each address has so many wrong passwords, for whatever accounts.
- An address that has used them up may be a school or an office. Each account can still be tried once a day
  from there: the right password of somebody else is taken at once, while a list of guesses gets nowhere.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from stream.accounts import names
from stream.accounts.problems import InvalidInput
from stream.settings import Settings
from stream.web.limits import Budget, Either, address_key

ONE_MORE = "1 per day"
KEPT_CODES = frozenset({"wrong", "wrong-current", "wrong-code", "name-taken"})  # what a guesser learns something from


class TooMany(Exception):
    """Not now; `seconds` says when again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


def sign_in_budgets(username: str, settings: Settings) -> list[Budget | Either]:
    """What a wrong password at sign-in costs."""
    account, address = names.key(username), address_key()
    return [
        Budget(settings.sign_in_limit, "account", account),
        Either(
            Budget(settings.address_limit, "address", address),
            Budget(ONE_MORE, "one-more", address, account),
        ),
    ]


def password_budgets(user_id: int, settings: Settings) -> list[Budget | Either]:
    """What a wrong current password costs: a device left unlocked is no way to guess it."""
    return [Budget(settings.sign_in_limit, "password", str(user_id))]


def pairing_budgets(username: str, settings: Settings) -> list[Budget | Either]:
    """What a wrong code costs. Of an account's own, so that guessing codes locks nobody's password out."""
    return [
        Budget(settings.sign_in_limit, "pair", names.key(username)),
        Budget(settings.address_limit, "pair-address", address_key()),
    ]


def mailed_link_budgets(who: str, settings: Settings) -> list[Budget | Either]:
    """How often a link is sent to somebody, and asked for from one address: nobody's inbox is flooded."""
    return [
        Budget("5 per day", "mailed-link", names.key(who)),
        Budget(settings.address_limit, "mailed-link-address", address_key()),
    ]


def sign_up_budgets(settings: Settings) -> list[Budget | Either]:
    """What a sign-up costs, and asking whether a name is taken."""
    return [Budget(settings.address_limit, "sign-up", address_key())]


def mail_budget(user_id: int) -> Budget:
    """How often a member may have a link sent: strangers' addresses must not be flooded."""
    return Budget("5 per day", "mail", str(user_id))


@contextmanager
def charged(budgets: list[Budget | Either], always: bool = False) -> Iterator[None]:
    """Charge `budgets` for what the block does. In the end only a guess costs; success too if `always`."""
    taken = _charge(budgets)
    costs = always
    try:
        yield
    except InvalidInput as error:
        costs = any(problem.code in KEPT_CODES for problem in error.problems)
        raise
    except Exception:
        costs = False
        raise
    finally:
        if not costs:
            _refund(taken)


def _charge(budgets: list[Budget | Either]) -> list[Budget | Either]:
    taken: list[Budget | Either] = []
    for budget in budgets:
        if wait := budget.charge():
            _refund(taken)
            raise TooMany(wait)
        taken.append(budget)
    return taken


def _refund(budgets: list[Budget | Either]) -> None:
    for budget in budgets:
        budget.refund()

"""What members may do beyond learning. Admins are made on the command line only: no address makes one."""

from typing import Literal, get_args

Role = Literal["member", "author", "moderator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
MODERATING = frozenset({"moderator", "admin"})
AUTHORING = frozenset({"author", "admin"})
GIVEN_ON_PAGES: tuple[Role, ...] = ("member", "author", "moderator")

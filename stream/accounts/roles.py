"""What members may do beyond learning. Roles are given on the command line only: no address gives one."""

from typing import Literal, get_args

Role = Literal["member", "author", "moderator", "admin"]
ROLES: tuple[Role, ...] = get_args(Role)
MODERATING = frozenset({"moderator", "admin"})
AUTHORING = frozenset({"author", "admin"})

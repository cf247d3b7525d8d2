"""The people who may hold chats, as the assignment and the agents who pass a chat on see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can sign in. `is_online`: a panel of theirs is open; `open_chats`: how many they hold."""

    id: int
    name: str
    role_ids: frozenset[int]
    is_admin: bool
    is_online: bool
    is_away: bool
    open_chats: int

    @property
    def is_there(self) -> bool:
        return self.is_online and not self.is_away

    def may_hold(self, chat_roles: frozenset[int], queue_role: int | None, without_role: str) -> bool:
        """Admins every chat; agents those that carry, or wait in the queue of, one of their roles."""
        reached = chat_roles | ({queue_role} if queue_role is not None else frozenset())
        if self.is_admin or self.role_ids & reached:
            return True
        return not reached and without_role == "all"

    def fits(self, chat_roles: frozenset[int], queue_role: int | None, without_role: str) -> bool:
        """Whether a hand-over of the bot may pick them: the role decides, being an admin does not."""
        wanted = frozenset({queue_role}) if queue_role is not None else chat_roles
        return bool(self.role_ids & wanted) if wanted else self.is_admin or without_role == "all"

"""What can stand in the way of an agent's action on a chat."""

from waia.kit.errors import Conflict
from waia.kit.i18n import N_


class HeldByAnother(Conflict):
    """Somebody was faster."""

    code = "held_by_another"
    message = N_("%(name)s ya atiende este chat.")

    def __init__(self, name: str) -> None:
        super().__init__(values={"name": name})


class NotTheirChat(Conflict):
    """A chat goes only to people whose roles reach it."""

    code = "not_their_chat"
    message = N_("%(name)s no tiene un rol de este chat. Agrega antes el rol, o pásalo a su cola.")

    def __init__(self, name: str) -> None:
        super().__init__(values={"name": name})


class ChangedSince(Conflict):
    code = "changed_since"
    message = N_("El chat cambió después: ya no se puede deshacer.")

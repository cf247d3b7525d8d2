"""What can be wrong with a request's person, password or page."""

from waia.kit.errors import Conflict, Denied, TooMany, WaiaError
from waia.kit.i18n import N_


class PasswordChangeNeeded(Denied):
    """Until the password is changed nothing else can be reached."""

    code = "change_password"
    message = N_("Antes de seguir, elige una contraseña nueva.")


class ConfirmationNeeded(Denied):
    """Admin pages ask for the password again when it was typed long ago."""

    code = "confirm_password"
    message = N_("Escribe de nuevo tu contraseña para entrar a esta página.")


class ForeignRequest(Denied):
    """Without the token of this login, or sent by another site's page."""

    code = "csrf"
    message = N_("Esta página venció. Recárgala e inténtalo de nuevo.")


class WrongPassword(WaiaError):
    """The same for an unknown name, a wrong password and a disabled user."""

    status = 401
    code = "wrong_password"
    message = N_("Usuario o contraseña incorrectos")


class TooManyTries(TooMany):
    """`wait_s` seconds until the next try can count."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__()


class LastAdmin(Conflict):
    code = "last_admin"
    message = N_("Tiene que quedar al menos una persona que administre.")


class NameTaken(Conflict):
    code = "name_taken"
    message = N_("Ya existe una persona con ese usuario.")

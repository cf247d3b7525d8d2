"""Errors of the domain: each knows its HTTP status and a sentence for people."""

from collections.abc import Mapping

from waia.kit.i18n import N_


class WaiaError(Exception):
    """Something a person can be told; `message` is Spanish, and a key of the translation catalogue.

    `values` fill its places (`%(name)s`) after it was translated.
    """

    status = 400
    code = "error"
    message = N_("Algo no salió bien.")

    def __init__(self, message: str | None = None, values: Mapping[str, object] | None = None) -> None:
        self.message = message or self.message
        self.values: Mapping[str, object] = values or {}
        super().__init__(self.message)


class NotFound(WaiaError):
    """Missing, or not visible to this user: the two must look the same."""

    status = 404
    code = "not_found"
    message = N_("No existe o no tienes acceso.")


class Denied(WaiaError):
    status = 403
    code = "denied"
    message = N_("No tienes permiso para hacer esto.")


class SignInNeeded(WaiaError):
    status = 401
    code = "sign_in"
    message = N_("Inicia sesión para continuar.")


class Invalid(WaiaError):
    """Input that a person can correct; `errors` maps a field to what to do."""

    status = 422
    code = "invalid"
    message = N_("Revisa los datos.")

    def __init__(self, errors: dict[str, str] | None = None, message: str | None = None) -> None:
        self.errors = errors or {}
        super().__init__(message or next(iter(self.errors.values()), None))


class Conflict(WaiaError):
    status = 409
    code = "conflict"
    message = N_("Alguien cambió esto mientras tanto.")


class TooMany(WaiaError):
    status = 429
    code = "too_many"
    message = N_("Demasiados intentos. Espera un momento.")


class Unavailable(WaiaError):
    """We could not store it now; the sender should try again."""

    status = 503
    code = "unavailable"
    message = N_("No disponible por un momento.")

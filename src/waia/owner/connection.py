"""Asks Meta whether our numbers and token work, and says what to do when they do not."""

from dataclasses import dataclass

from waia.kit.i18n import N_
from waia.settings import Settings
from waia.whatsapp.client import open_client

NO_TOKEN = N_(
    "Falta META_TOKEN: crea en Meta un token permanente de un usuario del sistema y ponlo en el archivo .env."
)
NO_SECRET = N_(
    "Falta META_APP_SECRET: cópialo de los ajustes básicos de la app en Meta. Sin él no entra ningún mensaje."
)
NO_WORD = N_("Falta VERIFY_TOKEN: inventa una palabra y escríbela también en Meta, donde se registra el webhook.")
NO_NUMBER = N_("Falta PHONE_NUMBER_ID: cópialo de «Configuración de la API» en Meta.")
BAD_TOKEN = N_("Meta no acepta el token: venció o le falta permiso. Crea uno permanente y ponlo en META_TOKEN.")
BAD_NUMBER = N_(
    "El token no alcanza este número: revisa PHONE_NUMBER_ID y que el usuario del sistema lo tenga asignado."
)
NO_ANSWER = N_("No se pudo hablar con Meta: revisa la conexión a internet y META_API_URL, y vuelve a probar.")
STRANGE = N_("Meta contestó algo inesperado: revisa META_TOKEN, PHONE_NUMBER_ID y META_API_VERSION.")
ALL_WELL = N_("El número contesta y el token sirve.")
_TOKEN_SIGNS = ("token", "oauth", "permission", "session", "authenticat", "http 401", "http 403")
_NUMBER_SIGNS = ("does not exist", "unsupported", "http 404", "parameter", "object")
_WIRE_SIGNS = ("connect", "timeout", "resolve", "refused", "ssl", "network", "read")


@dataclass(frozen=True, slots=True)
class Finding:
    """`told` is what Meta said, word by word; empty where nobody asked it."""

    well: bool
    subject: str
    words: str
    told: str = ""


async def try_connection(settings: Settings) -> list[Finding]:
    """What is set first, then each number at Meta."""
    missing = [
        Finding(False, variable, cure)
        for variable, value, cure in (
            ("META_TOKEN", settings.meta_token, NO_TOKEN),
            ("META_APP_SECRET", settings.meta_app_secret, NO_SECRET),
            ("VERIFY_TOKEN", settings.verify_token, NO_WORD),
            ("PHONE_NUMBER_ID", settings.phone_number_ids, NO_NUMBER),
        )
        if not value
    ]
    return missing + (await _ask(settings) if settings.meta_token else [])


async def _ask(settings: Settings) -> list[Finding]:
    client = open_client(settings.meta_api_url, settings.meta_api_version, settings.meta_token)
    try:
        return [_finding(number, await client.number_trouble(number)) for number in settings.phone_number_ids]
    finally:
        await client.close()


def _finding(number: str, trouble: str | None) -> Finding:
    if trouble is None:
        return Finding(True, number, ALL_WELL)
    return Finding(False, number, cure_of(trouble), trouble[:300])


def cure_of(trouble: str) -> str:
    said = trouble.lower()
    for signs, cure in ((_NUMBER_SIGNS, BAD_NUMBER), (_TOKEN_SIGNS, BAD_TOKEN), (_WIRE_SIGNS, NO_ANSWER)):
        if any(sign in said for sign in signs):
            return cure
    return STRANGE

"""The voice model on the settings page: whether it is here, how far its download is, the button that asks for it."""

import asyncio
from typing import Any

import structlog
from litestar import Response, get, post
from litestar.di import NamedDependency as Given

from waia.accounts.guards import require_admin
from waia.accounts.office import Office
from waia.kit.i18n import N_
from waia.settings import Settings
from waia.transcription.standing import ModelState, Standing, standing, want_model

PAGE = "/configuracion/ajustes"
ADDRESS = f"{PAGE}/voz/modelo"
PART = "owner/settings/_voice_model.html"
ADMINS = [require_admin]
NO_CONNECTION = N_("No hubo conexión con el sitio de los modelos, o se cortó. Lo que llegó se guarda.")
NOT_A_MODEL = N_("Lo descargado no es el modelo que el sitio publicó, así que no se usa.")
TROUBLES = {
    "network": NO_CONNECTION,
    "cut_off": NO_CONNECTION,
    "wrong_checksum": NOT_A_MODEL,
    "not_a_model": NOT_A_MODEL,
    "too_much": NOT_A_MODEL,
    "no_space": N_("No hay espacio en el disco."),
    "disk": N_("waia no puede escribir en su carpeta de datos."),
    "no_such_language": N_("El sitio no tiene un modelo para este idioma."),
    "nobody": N_("Nadie la empezó: el proceso que transcribe no está en marcha."),
    "silent": N_("Se detuvo a medias: el proceso que descargaba ya no responde."),
}
OTHER_TROUBLE = N_("Algo falló al descargarlo; el registro del servidor dice qué.")

log = structlog.get_logger()


@get(ADDRESS, guards=ADMINS)
async def show_model(office: Given[Office], settings: Given[Settings]) -> Response[Any]:
    """For the page that follows a download."""
    return office.answer(PART, f"{PAGE}#voz", voice=await voice_context(office, settings))


@post(ADDRESS, guards=ADMINS, status_code=200)
async def download_model(office: Given[Office], settings: Given[Settings]) -> Response[Any]:
    """The process that transcribes fetches it; one that is here, or on its way, is not fetched again."""
    return office.answer(PART, f"{PAGE}#voz", voice=_context(await _asked(office, settings)))


async def _asked(office: Office, settings: Settings) -> Standing:
    try:
        if await asyncio.to_thread(want_model, settings, office.by.now):
            await office.run(lambda tx: office.by.note(tx, "voice_model.wanted", settings.voice_model_language))
    except OSError as error:
        log.warning("voice_model_cannot_be_fetched", error=str(error))
        return Standing(ModelState.FAILED, error="disk")
    return await asyncio.to_thread(standing, settings, office.by.now)


async def voice_context(office: Office, settings: Settings) -> dict[str, Any]:
    return _context(await asyncio.to_thread(standing, settings, office.by.now))


def _context(now: Standing) -> dict[str, Any]:
    return {"standing": now, "trouble": TROUBLES.get(now.error, OTHER_TROUBLE)}

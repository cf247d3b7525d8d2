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
from waia.transcription.standing import LANGUAGE, ModelState, Standing, ask_for_model, standing

PAGE = "/configuracion/ajustes"
ADDRESS = f"{PAGE}/voz/modelo"
PART = "owner/settings/_voice_model.html"
ADMINS = [require_admin]
TROUBLES = {
    "network": N_("No hubo conexión con el sitio de los modelos."),
    "checksum": N_("Lo descargado no es lo que el sitio publicó, así que no se usa."),
    "space": N_("No hay espacio en el disco."),
    "folder": N_("waia no puede escribir en su carpeta de datos."),
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
    """Leaves word for the process that transcribes, which fetches it."""
    try:
        asked = await asyncio.to_thread(ask_for_model, settings, office.by.now)
    except OSError as error:
        log.warning("voice_model_cannot_be_asked_for", error=str(error))
        failed = Standing(ModelState.FAILED, error="folder")
        return office.answer(PART, f"{PAGE}#voz", voice=_context(failed))
    if asked:
        await office.run(lambda tx: office.by.note(tx, "voice_model.wanted", LANGUAGE))
    return office.answer(PART, f"{PAGE}#voz", voice=await voice_context(office, settings))


async def voice_context(office: Office, settings: Settings) -> dict[str, Any]:
    return _context(await asyncio.to_thread(standing, settings, office.by.now))


def _context(now: Standing) -> dict[str, Any]:
    return {"standing": now, "trouble": TROUBLES.get(now.error, OTHER_TROUBLE)}

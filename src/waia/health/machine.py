"""What this machine gives: folders that can be written, room on the disk, ffmpeg, the voice model."""

import asyncio
import os
import secrets
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from waia.health.check import About, Check
from waia.kit.disk import MB
from waia.kit.i18n import N_
from waia.media.decoders import decoder_version
from waia.settings import SettingError, Settings
from waia.transcription.standing import ModelState, standing

ROOM_MB = 500
"""Below this a folder fills up soon: somebody should know before webhooks are refused (`DISK_RESERVE_MB`)."""
OLDEST_FFMPEG = 4
VOICE = About("voice", N_("Notas de voz"))
DATA, MEDIA = About("data_folder", "WAIA_DATA"), About("media_folder", "MEDIA_ROOT")
VOICE_WORDS = {
    ModelState.OFF: N_("Apagadas con MAX_TRANSCRIPTION_DURATION_MS=0: llegan y se oyen, sin texto."),
    ModelState.PRESENT: N_("El modelo está listo."),
    ModelState.WANTED: N_("El modelo viene en camino."),
    ModelState.DOWNLOADING: N_("El modelo viene en camino."),
    ModelState.ABSENT: N_("Falta el modelo: llegan y se oyen, sin texto, y el bot no las entiende."),
    ModelState.NO_PACKAGE: N_("Está el modelo y falta el programa que transcribe."),
    ModelState.FAILED: N_("No se pudo descargar el modelo."),
    ModelState.PAUSED: N_("En pausa: transcribir tardaba demasiado. waia lo intenta de nuevo por su cuenta."),
}
VOICE_CURES = {
    ModelState.ABSENT: N_("Descárgalo en Ajustes, o con «waia model download»."),
    ModelState.NO_PACKAGE: N_("pip install waia[voice]"),
    ModelState.FAILED: N_("Intenta otra vez en Ajustes; ahí dice qué pasó."),
    ModelState.PAUSED: N_("Si se repite, usa un modelo más chico o una máquina más rápida."),
}


async def machine(settings: Settings, now: datetime) -> list[Check]:
    """`now` is real time."""
    folders = await asyncio.to_thread(_folders, settings)
    return [*folders, await _ffmpeg(), await asyncio.to_thread(_voice, settings, now)]


def media_verdict(settings: Settings) -> str:
    """For `/readyz`, which writes nothing: `ok`, or what an operator should know."""
    folder = settings.media_dir
    if not folder.exists():
        folder = settings.data_dir
    return "ok" if os.access(folder, os.W_OK | os.X_OK) else "MEDIA_ROOT cannot be written"


def require_folders(settings: Settings) -> None:
    """At start. Raises SettingError with one line for the first folder that cannot be used."""
    for about, folder in ((DATA, settings.data_dir), (MEDIA, settings.media_dir)):
        try:
            write_into(folder)
        except OSError as error:
            raise SettingError(
                f"{about.subject} {folder} cannot be written ({error.strerror}): choose another folder,"
                " or give it to the user that runs waia"
            ) from None


def write_into(folder: Path) -> None:
    """Make it if needed, write a byte and take it away again. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    probe = folder / f".probe-{secrets.token_hex(8)}"
    try:
        probe.write_bytes(b"0")
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)


def _folders(settings: Settings) -> list[Check]:
    return [_folder(DATA, settings.data_dir, settings), _folder(MEDIA, settings.media_dir, settings)]


def _folder(about: About, folder: Path, settings: Settings) -> Check:
    try:
        write_into(folder)
        free_mb = shutil.disk_usage(folder).free // MB
    except OSError as error:
        cure = N_("Elige otra carpeta, o dásela al usuario con el que corre waia.")
        return about.fail(N_("No se puede escribir en %(folder)s."), cure, error.strerror or "", folder=folder)
    words, cure = N_("Se puede escribir; quedan %(free)s MB."), N_("Libera espacio en el disco.")
    if free_mb < settings.disk_reserve_mb:
        return about.fail(N_("El disco está lleno (%(free)s MB): no se reciben mensajes."), cure, free=free_mb)
    return about.ok(words, free=free_mb) if free_mb >= ROOM_MB else about.warn(words, cure, free=free_mb)


async def _ffmpeg() -> Check:
    about, version = About("ffmpeg", "ffmpeg"), await decoder_version()
    cure = N_("Instálalo con los paquetes del sistema, o con «pip install waia[ffmpeg]».")
    if version is None:
        return about.warn(N_("Falta: los archivos van sin vista previa y no hay notas de voz."), cure)
    major = version.partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_FFMPEG:
        return about.warn(N_("La versión %(version)s es muy vieja."), cure, version=version)
    return about.ok(N_("Versión %(version)s."), version=version)


def _voice(settings: Settings, now: datetime) -> Check:
    stands = standing(settings, now)
    state, words = stands.state, VOICE_WORDS[stands.state]
    if stands.is_misplaced:
        cure = N_("Descomprime uno ahí, o deja la variable vacía y descárgalo en Ajustes.")
        return VOICE.fail(N_("En VOICE_MODEL_PATH no hay un modelo: llegan y se oyen, sin texto."), cure)
    if state in VOICE_CURES:
        return VOICE.warn(words, VOICE_CURES[state])
    return VOICE.ok(words)

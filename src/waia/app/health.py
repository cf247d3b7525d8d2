"""`/healthz`: the process answers. `/readyz`: it can do its work, and what is wrong if not."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency as Given
from sqlalchemy.exc import SQLAlchemyError

from waia.app.parts import Parts
from waia.health.check import Check, State
from waia.health.machine import media_verdict
from waia.health.work import essential
from waia.kit.db import Database
from waia.media.decoders import ffmpeg_path
from waia.transcription.standing import standing

LANGUAGE = "en"


@get("/healthz", opt={"public": True}, sync_to_thread=False)
def healthz() -> dict[str, str]:
    return {"status": "ok"}


@get("/readyz", opt={"public": True})
async def readyz(parts: Given[Parts]) -> Response[dict[str, Any]]:
    """200 `ready` or `degraded` (works, with something to look at), 503 `down`.

    `counts` is since this process started: what strangers can raise makes nothing degraded.
    """
    if parts.closing.is_set():
        return Response({"status": "down", "checks": {"process": "closing"}}, status_code=503)
    try:
        checks = {**await _checks(parts.database, parts.clock.real()), "disk": parts.disk.verdict()}
        voice = await asyncio.to_thread(standing, parts.settings, parts.clock.real())
    except (SQLAlchemyError, OSError, TimeoutError):
        return Response({"status": "down", "checks": {"database": "unreachable"}}, status_code=503)
    checks["media_folder"] = await asyncio.to_thread(media_verdict, parts.settings)
    checks["voice"] = voice.verdict if voice.is_trouble else "ok"
    if parts.relay is not None:
        checks["redis"] = parts.relay.verdict
    wrong = any(value != "ok" for value in checks.values())
    return Response(
        {
            "status": "degraded" if wrong else "ready",
            "checks": checks,
            "voice": str(voice.state),
            "counts": asdict(parts.ingress.refusals),
        }
    )


async def _checks(database: Database, now: datetime) -> dict[str, str]:
    """By name `ok`, or what the page says of it, in English."""
    async with database.reading() as tx:
        found = {check.name: _verdict(check) for check in await essential(tx, now)}
    missing = "missing: files come without previews, voice notes cannot be made"
    return {"database": "ok", **found, "ffmpeg": "ok" if ffmpeg_path() else missing}


def _verdict(check: Check) -> str:
    if check.state is State.OK:
        return "ok"
    words = check.said(LANGUAGE).rstrip(".")
    return f"{words}: {check.told}" if check.told else words


routes = [healthz, readyz]

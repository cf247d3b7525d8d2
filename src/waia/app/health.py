"""`/healthz`: the process answers. `/readyz`: it can do its work, and what is wrong if not."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency as Given
from sqlalchemy.exc import SQLAlchemyError

from waia.app.parts import Parts
from waia.chats.outbox_repository import waiting_count
from waia.kit.db import Database
from waia.media.decoders import ffmpeg_path
from waia.media.fetching_repository import pending_files
from waia.transcription.standing import standing
from waia.whatsapp.alerts_repository import open_alerts
from waia.whatsapp.repository import backlog

STALE_S = 60.0


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
        checks = {**await _checks(parts.database), "disk": parts.disk.verdict()}
        voice = await asyncio.to_thread(standing, parts.settings, parts.clock.real())
    except (SQLAlchemyError, OSError, TimeoutError):
        return Response({"status": "down", "checks": {"database": "unreachable"}}, status_code=503)
    checks["voice"] = voice.verdict if voice.is_trouble else "ok"
    wrong = any(value != "ok" for value in checks.values())
    return Response(
        {
            "status": "degraded" if wrong else "ready",
            "checks": checks,
            "voice": str(voice.state),
            "counts": asdict(parts.ingress.refusals),
        }
    )


async def _checks(database: Database) -> dict[str, str]:
    async with database.reading() as tx:
        waiting, oldest = await backlog(tx)
        sending, oldest_send = await waiting_count(tx)
        fetching, oldest_file = await pending_files(tx)
        alerts = [alert for alert in await open_alerts(tx) if alert.severity == "critical"]
    return {
        "database": "ok",
        "inbox": _age("inbox", waiting, oldest),
        "outbox": _age("outbox", sending, oldest_send),
        "media": _age("media", fetching, oldest_file),
        "ffmpeg": "ok" if ffmpeg_path() else "missing: files come without previews, voice notes cannot be made",
        "alerts": f"{len(alerts)} open: {', '.join(sorted({alert.kind for alert in alerts}))}" if alerts else "ok",
    }


def _age(name: str, count: int, oldest: datetime | None) -> str:
    age_s = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0.0
    return f"{count} waiting in {name}, the oldest for {age_s:.0f} s" if age_s > STALE_S else "ok"


routes = [healthz, readyz]

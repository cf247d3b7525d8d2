"""Whether work gets on: what waits and for how long, what was given up, who does it, and what admins were told."""

from datetime import datetime, timedelta
from typing import Any

from waia.accounts.repository import users_who_must_change
from waia.chats.health_repository import failed_since
from waia.chats.outbox_repository import waiting_count
from waia.health.check import About, Check
from waia.health.repository import dead_items, doubtful_sends, loops_seen_at, overdue_lanes
from waia.kit.db import Transaction
from waia.kit.i18n import N_
from waia.media.fetching_repository import pending_files
from waia.whatsapp.alerts_repository import open_alerts
from waia.whatsapp.repository import backlog

STALE, LATE, DOUBTFUL, RECENT = timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=5), timedelta(minutes=30)
SILENT = timedelta(seconds=90)
"""A process that runs the loops says so every twenty seconds."""
LOOPS = About("workers", N_("Procesos que trabajan"))
INBOX, OUTBOX = About("inbox", N_("Mensajes por leer")), About("outbox", N_("Mensajes por enviar"))
FILES = About("media", N_("Archivos por traer"))
ALERTS = About("alerts", N_("Avisos"))
NONE_WAIT = N_("Nada espera.")


async def essential(tx: Transaction, now: datetime) -> list[Check]:
    """What `/readyz` asks every few seconds: a handful of counts along indexes. `now` is real time."""
    return [
        _loops(await loops_seen_at(tx), now),
        _waiting(INBOX, *await backlog(tx), now),
        _waiting(OUTBOX, *await waiting_count(tx), now),
        _waiting(FILES, *await pending_files(tx), now),
        _alerts([alert for alert in await open_alerts(tx) if alert.severity == "critical"]),
    ]


async def work(tx: Transaction, now: datetime, business_now: datetime) -> list[Check]:
    """Everything."""
    return [
        *await essential(tx, now),
        _dead(await dead_items(tx)),
        _lanes(await overdue_lanes(tx, now - LATE)),
        _doubtful(await doubtful_sends(tx, now - DOUBTFUL)),
        _failed(await failed_since(tx, business_now - RECENT)),
        _passwords(await users_who_must_change(tx)),
    ]


def _loops(seen: datetime | None, now: datetime) -> Check:
    cure = N_("Arranca «waia serve», o «waia work» si la web corre aparte con --web-only.")
    if seen is None:
        return LOOPS.fail(N_("Ninguno ha dado señales: nada se lee ni se envía."), cure)
    silent_s = round((now - seen).total_seconds())
    if now - seen > SILENT:
        words = N_("Ninguno da señales desde hace %(seconds)s s: nada se lee ni se envía.")
        return LOOPS.fail(words, cure, seconds=silent_s)
    return LOOPS.ok(N_("Dan señales."))


def _waiting(about: About, count: int, oldest: datetime | None, now: datetime) -> Check:
    waits = now - oldest if oldest else timedelta()
    if not count:
        return about.ok(NONE_WAIT)
    values: dict[str, Any] = {"count": count, "seconds": round(max(waits, timedelta()).total_seconds())}
    words = N_("Esperan %(count)s, desde hace %(seconds)s s.")
    cures = {
        INBOX: N_("Mira que corra un proceso que trabaje, y el registro del servidor."),
        OUTBOX: N_("Mira la conexión con Meta: pulsa «Preguntar a Meta», o corre «waia doctor»."),
        FILES: N_("Meta tarda o no entrega archivos; waia lo intenta hasta por 7 días."),
    }
    return about.warn(words, cures[about], **values) if waits > STALE else about.ok(words, **values)


def _alerts(critical: list[Any]) -> Check:
    """Their words stand over the list of chats."""
    if not critical:
        return ALERTS.ok(N_("Ninguno grave."))
    kinds = ", ".join(sorted({alert.kind for alert in critical}))
    cure = N_("Léelos sobre la lista de chats.")
    return ALERTS.fail(N_("Graves sin atender: %(count)s."), cure, kinds, count=len(critical))


def _dead(count: int) -> Check:
    about = About("dead_items", N_("Mensajes que no se pudieron leer"))
    if not count:
        return about.ok(N_("Ninguno."))
    cure = N_("Están guardados tal como llegaron (tabla inbox, state = dead). Actualiza waia o reporta el error.")
    return about.warn(N_("Hay %(count)s, tras varios intentos."), cure, count=count)


def _lanes(late: dict[str, int]) -> Check:
    """After a long stop there are some for a moment."""
    about, told = About("jobs", N_("Tareas atascadas")), ", ".join(f"{queue}: {count}" for queue, count in late.items())
    if not late:
        return about.ok(N_("Ninguna."))
    cure = N_("Mira el registro del servidor (loop_failed), y que corra un proceso que trabaje.")
    return about.warn(N_("Hay %(count)s que nadie toma hace más de 5 minutos."), cure, told, count=sum(late.values()))


def _doubtful(count: int) -> Check:
    about = About("uncertain_sends", N_("Envíos sin confirmar"))
    if not count:
        return about.ok(N_("Ninguno."))
    cure = N_("En cada chat, decide con «Reenviar» o «Descartar».")
    return about.warn(N_("De %(count)s no se sabe si llegaron."), cure, count=count)


def _failed(count: int) -> Check:
    about = About("failed_sends", N_("Envíos fallidos"))
    if not count:
        return about.ok(N_("Ninguno en la última media hora."))
    cure = N_("En cada chat, el mensaje rojo dice por qué.")
    return about.warn(N_("Hubo %(count)s en la última media hora."), cure, count=count)


def _passwords(names: list[str]) -> Check:
    about = About("default_passwords", N_("Contraseñas de fábrica"))
    if not names:
        return about.ok(N_("Ninguna."))
    cure = N_("Entra con esa persona y elige una, o dale un enlace nuevo en Usuarios.")
    return about.warn(N_("Alguien no ha elegido la suya: %(names)s."), cure, names=", ".join(names[:5]))

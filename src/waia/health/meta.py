"""What Meta says: whether the token works and for how long, what it may do, the number, the app, and its clock.

Asked on demand only: by the doctor, and by a button. Every question has a deadline, and one that fails spoils no other.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from waia.health.check import About, Check
from waia.health.door import door, webhook_address
from waia.kit.i18n import N_
from waia.settings import Settings
from waia.whatsapp.client import GraphClient, GraphTrouble, open_client
from waia.whatsapp.error_words import has_words, reason_words
from waia.whatsapp.errors import ErrorClass, classify
from waia.whatsapp.introspection import (
    NumberFacts,
    Subscription,
    TokenFacts,
    apps_of,
    number_facts,
    numbers_of,
    subscription_of,
    token_facts,
)

DEADLINE_S = 6.0
SCOPES = ("whatsapp_business_messaging", "whatsapp_business_management")
SOON, MOST_SKEW = timedelta(days=14), timedelta(seconds=60)
TOKEN, EXPIRY = About("token", "META_TOKEN"), About("token_expiry", N_("Vencimiento del token"))
RIGHTS, CLOCK = About("scopes", N_("Permisos del token")), About("clock", N_("Reloj"))
SECRET, FIELDS = About("app_secret", "META_APP_SECRET"), About("webhook_fields", N_("Campos del webhook"))
APP, ACCOUNT = About("subscribed_app", N_("App suscrita a la cuenta")), About("account", "WABA_ID")
NEW_TOKEN = N_("Crea en Meta un token permanente de un usuario del sistema, ponlo en META_TOKEN y reinicia waia.")
ONLINE = N_("Revisa la conexión a internet del servidor y META_API_URL, y vuelve a preguntar.")
NO_ANSWER = N_("No se pudo hablar con Meta.")
NOT_TOLD = N_("Meta no lo dice.")
USEFUL = ("account_update", "account_alerts", "phone_number_quality_update", "message_template_status_update")


@dataclass(frozen=True, slots=True)
class Asker:
    """`now` is real time."""

    settings: Settings
    client: GraphClient
    now: Callable[[], datetime]

    async def checks(self) -> list[Check]:
        """The token first: what it tells of its app is needed for the rest."""
        if not self.settings.meta_token:
            return [TOKEN.fail(N_("Falta."), NEW_TOKEN), *await door(self.settings)]
        facts, found = await self._token()
        questions: list[Coroutine[Any, Any, list[Check]]] = [
            *(self._number(number) for number in self.settings.phone_number_ids),
            self._account(),
            self._app(facts.app_id if facts else ""),
            door(self.settings),
        ]
        return [*found, *(check for checks in await asyncio.gather(*questions) for check in checks)]

    async def _token(self) -> tuple[TokenFacts | None, list[Check]]:
        asked_at = self.now()
        try:
            facts = await token_facts(self.client, self.settings.meta_token)
        except GraphTrouble as trouble:
            return None, [_token_trouble(trouble)]
        between = asked_at + (self.now() - asked_at) / 2
        return facts, [*_token(facts, between), *_clock(facts.read_at, between)]

    async def _number(self, number: str) -> list[Check]:
        about = About(f"number:{number}", f"PHONE_NUMBER_ID {number}")
        try:
            return list(_number(about, await number_facts(self.client, number)))
        except GraphTrouble as trouble:
            cure = N_("Revisa PHONE_NUMBER_ID, y que el usuario del sistema tenga asignada la cuenta de WhatsApp.")
            return [_refused(about, trouble, N_("El token no alcanza este número."), cure)]

    async def _account(self) -> list[Check]:
        if not self.settings.waba_id:
            return [ACCOUNT.unknown(N_("Sin WABA_ID no se sabe de quién es el número."), N_("Llena WABA_ID."))]
        try:
            theirs = await numbers_of(self.client, self.settings.waba_id)
        except GraphTrouble as trouble:
            cure = N_("Revisa WABA_ID, y que el usuario del sistema tenga asignada esa cuenta.")
            return [_refused(ACCOUNT, trouble, N_("El token no alcanza esta cuenta."), cure)]
        foreign = [number for number in self.settings.phone_number_ids if number not in theirs]
        if foreign:
            cure = N_("Copia WABA_ID y PHONE_NUMBER_ID de la misma pantalla de Meta.")
            words = N_("Estos números no son de la cuenta: %(numbers)s.")
            return [ACCOUNT.fail(words, cure, numbers=", ".join(foreign))]
        return [ACCOUNT.ok(N_("Los números son de esta cuenta."))]

    async def _app(self, app_id: str) -> list[Check]:
        if not app_id:
            return []
        subscribed, wanted = await asyncio.gather(self._subscribed(app_id), self._wanted(app_id))
        return [*subscribed, *wanted]

    async def _subscribed(self, app_id: str) -> list[Check]:
        """Meta tells an account's webhooks to the apps on its list, and to nobody else."""
        if not self.settings.waba_id:
            return []
        try:
            apps = await apps_of(self.client, self.settings.waba_id)
        except GraphTrouble as trouble:
            return [APP.unknown(NOT_TOLD, told=str(trouble))]
        if app_id not in apps:
            cure = N_("En Meta, «WhatsApp → Configuración», vuelve a guardar el webhook y suscribe la cuenta a tu app.")
            return [APP.fail(N_("La cuenta no le entrega mensajes a tu app: nada llega."), cure)]
        return [_override(apps[app_id], self.settings)]

    async def _wanted(self, app_id: str) -> list[Check]:
        """Only who knows the app's secret is told, so the answer proves the secret too."""
        if not self.settings.meta_app_secret:
            return []
        try:
            wanted = await subscription_of(self.client, app_id, self.settings.meta_app_secret)
        except GraphTrouble as trouble:
            cure = N_("Copia la clave secreta de la misma app del token: «Configuración de la app → Básica».")
            words = N_("No es la clave de la app del token: se rechaza todo lo que llega.")
            return [_refused(SECRET, trouble, words, cure)]
        return [SECRET.ok(N_("Es la clave de la app del token.")), *_fields(wanted, self.settings)]


async def ask_meta(settings: Settings, now: Callable[[], datetime]) -> list[Check]:
    """All of it, within some twelve seconds."""
    client = open_client(settings.meta_api_url, settings.meta_api_version, settings.meta_token, deadline_s=DEADLINE_S)
    try:
        return await Asker(settings, client, now).checks()
    finally:
        await client.close()


def is_refusal(trouble: GraphTrouble) -> bool:
    """Whether Meta refuses the token itself, or what it may do; anything else may pass by itself."""
    return trouble.code is not None and classify(trouble.code) is ErrorClass.TOKEN


def _token_trouble(trouble: GraphTrouble) -> Check:
    if not trouble.answered:
        return TOKEN.unknown(NO_ANSWER, ONLINE, str(trouble))
    if is_refusal(trouble):
        return TOKEN.fail(N_("Meta no lo acepta: venció, fue revocado o está mal copiado."), NEW_TOKEN, str(trouble))
    cure = N_("Vuelve a preguntar; si sigue, revisa META_API_URL y META_API_VERSION.")
    return TOKEN.unknown(NOT_TOLD, cure, str(trouble))


def _refused(about: About, trouble: GraphTrouble, words: str, cure: str) -> Check:
    """What Meta's code means is said before our own guess."""
    if not trouble.answered:
        return about.unknown(NO_ANSWER, ONLINE, str(trouble))
    if trouble.code is not None and classify(trouble.code) in {ErrorClass.RETRY, ErrorClass.UNCLEAR}:
        known = reason_words(trouble.code) if has_words(trouble.code) else NOT_TOLD
        return about.unknown(known, told=str(trouble))
    return about.fail(words, cure, str(trouble))


def _token(facts: TokenFacts, now: datetime) -> Iterator[Check]:
    if not facts.is_valid:
        yield TOKEN.fail(N_("Meta no lo acepta: venció, fue revocado o está mal copiado."), NEW_TOKEN, facts.reason)
        return
    yield TOKEN.ok(N_("Meta lo acepta."))
    yield _expiry(facts.expires_at, now)
    missing = [scope for scope in SCOPES if scope not in facts.scopes]
    if missing:
        cure = N_("Genera otro token del usuario del sistema con los permisos %(scopes)s.")
        yield RIGHTS.fail(N_("Le faltan: %(missing)s."), cure, missing=", ".join(missing), scopes=", ".join(SCOPES))
    else:
        yield RIGHTS.ok(N_("Tiene los que hacen falta."))


def _expiry(expires_at: datetime | None, now: datetime) -> Check:
    if expires_at is None:
        return EXPIRY.ok(N_("No vence."))
    days = max((expires_at - now) // timedelta(days=1), 0)
    if expires_at - now > SOON:
        return EXPIRY.ok(N_("Vence en %(days)s días."), days=days)
    words = N_("Vence el %(at)s (UTC): entonces no sale ni un mensaje.")
    return EXPIRY.warn(words, NEW_TOKEN, at=f"{expires_at:%Y-%m-%d %H:%M}")


def _clock(theirs: datetime | None, ours: datetime) -> Iterator[Check]:
    if theirs is None:
        return
    skew = theirs - ours
    if abs(skew) <= MOST_SKEW:
        yield CLOCK.ok(N_("Va como el de Meta."))
        return
    cure = N_("Activa la hora automática (NTP) en el servidor.")
    yield CLOCK.fail(N_("Se aparta %(seconds)s s del de Meta."), cure, seconds=round(abs(skew).total_seconds()))


def _number(about: About, facts: NumberFacts) -> Iterator[Check]:
    who = {"display": facts.display, "name": facts.name}
    if facts.status not in {"", "CONNECTED"}:
        cure = N_("Mira el número en WhatsApp Manager: falta registrarlo, o Meta lo restringió.")
        yield about.fail(N_("%(display)s (%(name)s) no está conectado."), cure, facts.status, **who)
    else:
        yield about.ok(N_("%(display)s (%(name)s) contesta y el token sirve."), **who)
    yield from _standing(about, facts)


def _standing(about: About, facts: NumberFacts) -> Iterator[Check]:
    quality = About(f"{about.name}:quality", N_("Calidad del número"))
    if facts.quality in {"YELLOW", "RED"}:
        cure = N_("Los clientes lo bloquean o reportan: escribe menos plantillas, y solo a quien las pidió.")
        yield quality.warn(N_("Meta la bajó."), cure, facts.quality)
    name = About(f"{about.name}:name", N_("Nombre visible"))
    if facts.name_status in {"DECLINED", "EXPIRED", "NONE"}:
        yield name.warn(N_("Meta no lo aprobó."), N_("Propón otro en WhatsApp Manager."), facts.name_status)
    if facts.throughput:
        speed = About(f"{about.name}:throughput", N_("Velocidad"))
        yield speed.ok(N_("Meta permite el nivel %(level)s."), level=facts.throughput)


def _override(callback: str, settings: Settings) -> Check:
    if callback and settings.base_url and callback != webhook_address(settings):
        cure = N_("Quita esa dirección de la cuenta en Meta, o cámbiala por la tuya.")
        return APP.warn(N_("La cuenta manda sus webhooks a otra dirección."), cure, callback)
    return APP.ok(N_("La cuenta entrega sus mensajes a tu app."))


def _fields(wanted: Subscription | None, settings: Settings) -> Iterator[Check]:
    cure = N_("En Meta, «WhatsApp → Configuración → Webhook», guarda la dirección y suscribe el campo messages.")
    if wanted is None or not wanted.is_active:
        yield FIELDS.fail(N_("La app no tiene webhook: nada llega."), cure)
        return
    if "messages" not in wanted.fields:
        yield FIELDS.fail(N_("Falta el campo messages: ningún mensaje llega."), cure)
    else:
        yield _useful([field for field in USEFUL if field not in wanted.fields])
    about = About("callback", N_("Dirección del webhook"))
    ours = webhook_address(settings)
    if settings.base_url and wanted.callback != ours:
        yield about.warn(N_("En Meta hay otra dirección."), N_("Escribe allí %(ours)s."), wanted.callback, ours=ours)


def _useful(missing: Sequence[str]) -> Check:
    if missing:
        words = N_("Llegan los mensajes; sin %(missing)s waia no se entera de avisos de Meta.")
        return FIELDS.ok(words, missing=", ".join(missing))
    return FIELDS.ok(N_("Llegan los mensajes y los avisos de Meta."))

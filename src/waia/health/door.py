"""Our own webhook, asked at its public address as Meta asks it: does the way in work from end to end?"""

import asyncio

from waia.health.check import About, Check
from waia.kit.i18n import N_
from waia.settings import Settings
from waia.whatsapp.own_door import Door, Heard, Knock

HANDSHAKE = About("public_address", N_("Dirección pública"))
SIGNED = About("signed_webhook", N_("Webhook con firma buena"))
FORGED = About("forged_webhook", N_("Webhook con firma falsa"))
WAYS = {
    Knock.UNREACHABLE: (
        N_("Desde este servidor no se llega a ella."),
        N_(
            "Mira que waia y el proxy corran, y ábrela desde un teléfono sin wifi: hay redes que no llegan a sí mismas."
        ),
    ),
    Knock.BAD_CERTIFICATE: (
        N_("Su certificado no es de confianza: Meta no la llama."),
        N_("Consigue uno de una autoridad pública; Caddy lo hace solo."),
    ),
    Knock.REDIRECTED: (
        N_("Manda a otra dirección: Meta no sigue."),
        N_("Pon en BASE_URL la dirección final, o quita la redirección del proxy."),
    ),
    Knock.STRANGE: (
        N_("Ahí contesta otro."),
        N_("Mira que el proxy mande /webhook a este waia."),
    ),
}
IN_DOUBT = frozenset({Knock.UNREACHABLE})


async def door(settings: Settings) -> list[Check]:
    """Nothing where there is no public address, or nothing to sign with. In the demo it is the one on this machine."""
    is_known = settings.base_url or settings.demo
    if not (is_known and settings.verify_token and settings.meta_app_secret):
        cure = N_("Llena BASE_URL, VERIFY_TOKEN y META_APP_SECRET.")
        return [HANDSHAKE.unknown(N_("Falta con qué probarla."), cure)]
    ours = Door(webhook_address(settings), settings.verify_token, settings.meta_app_secret)
    handshake = await ours.handshake()
    if handshake.knock in WAYS:
        return [_way(handshake)]
    signed, forged = await asyncio.gather(ours.signed(), ours.forged())
    return [_handshake(handshake), _signed(signed), _forged(forged)]


def webhook_address(settings: Settings) -> str:
    """As it has to stand in Meta's form."""
    return f"{settings.own_address}/webhook"


def _way(heard: Heard) -> Check:
    """A network that does not reach itself is no proof: Meta comes from outside."""
    words, cure = WAYS[heard.knock]
    make = HANDSHAKE.warn if heard.knock in IN_DOUBT else HANDSHAKE.fail
    return make(words, cure, heard.detail)


def _handshake(heard: Heard) -> Check:
    if heard.knock is Knock.WELL:
        return HANDSHAKE.ok(N_("Contesta al saludo de Meta."))
    cure = N_("Reinicia waia después de cambiar VERIFY_TOKEN, y mira que el proxy mande /webhook a este waia.")
    return HANDSHAKE.fail(N_("No acepta VERIFY_TOKEN."), cure, heard.detail)


def _signed(heard: Heard) -> Check:
    if heard.knock is Knock.WELL:
        return SIGNED.ok(N_("Se acepta."))
    if heard.knock in WAYS:
        return _along(SIGNED, heard)
    cure = N_(
        "Reinicia waia después de cambiar META_APP_SECRET, y mira que el proxy no cambie el cuerpo ni quite cabeceras."
    )
    return SIGNED.fail(N_("Se rechaza: nada de lo que Meta manda entra."), cure, heard.detail)


def _forged(heard: Heard) -> Check:
    if heard.knock is Knock.WELL:
        return FORGED.ok(N_("Se rechaza."))
    if heard.knock in WAYS and heard.knock is not Knock.STRANGE:
        return _along(FORGED, heard)
    return FORGED.fail(
        N_("No se rechaza como debe."), N_("Mira qué contesta en /webhook delante de waia."), heard.detail
    )


def _along(about: About, heard: Heard) -> Check:
    words, cure = WAYS[heard.knock]
    return about.warn(words, cure, heard.detail)

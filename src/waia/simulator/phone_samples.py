"""What a customer of the phone page can send besides words: files, a place, a contact, an advertisement."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from waia.kit.files import static_dir
from waia.simulator import spoken
from waia.simulator.handset import Handset

SAMPLES = "demo"
AD = {
    "source_url": "https://example.com/anuncio/mesones",
    "source_type": "ad",
    "source_id": "120210000000000001",
    "headline": "Mesones a la medida",
    "body": "Cotiza en un minuto por WhatsApp",
    "media_type": "image",
    "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4",
}
AD_TEXT = "Hola, vi su anuncio y quiero más información"


async def _photo(handset: Handset) -> str:
    return await handset.sends_media("image", _sample("granito.jpg"), "image/jpeg", caption="Así es mi cocina")


async def _voice(handset: Handset) -> str:
    return await handset.sends_media("audio", _sample("cuidado.ogg"), "audio/ogg; codecs=opus", voice=True)


async def _document(handset: Handset) -> str:
    content = _sample("catalogo.pdf")
    return await handset.sends_media("document", content, "application/pdf", filename="plano-cocina.pdf")


async def _film(handset: Handset) -> str:
    return await handset.sends_media("video", _sample("instalacion.mp4"), "video/mp4", caption="Así quedó")


async def _sticker(handset: Handset) -> str:
    return await handset.sends_media("sticker", _sample("sticker.webp"), "image/webp")


async def _moving_sticker(handset: Handset) -> str:
    return await handset.sends_media("sticker", _sample("sticker-animado.webp"), "image/webp")


async def _order(handset: Handset) -> str:
    items = [{"product_retailer_id": "granito-gris", "quantity": 2, "item_price": 480_000, "currency": "COP"}]
    return await handset.orders("548133", items, "¿Lo tienen en 3 cm?")


async def _poll(handset: Handset) -> str:
    return await handset.sends_unsupported("poll")


async def _place(handset: Handset) -> str:
    return await handset.sends_location(4.6764, -74.0482, "Parque de la 93", "Bogotá")


async def _contact(handset: Handset) -> str:
    phones = [
        {"phone": "+57 300 555 0199", "wa_id": "573005550199", "type": "CELL"},
        {"phone": "+57 601 555 0100", "type": "WORK"},
    ]
    card = {
        "name": {"formatted_name": "Maestro Raúl", "first_name": "Raúl"},
        "phones": phones,
        "emails": [{"email": "raul@example.com", "type": "WORK"}],
        "addresses": [{"street": "Calle 12 # 3-45", "city": "Bogotá", "country": "Colombia", "type": "WORK"}],
        "urls": [{"url": "https://example.com/raul", "type": "WORK"}],
        "org": {"company": "Acabados Raúl", "title": "Instalador"},
        "birthday": "1980-05-01",
    }
    return await handset.sends_contacts([card])


async def _ad(handset: Handset) -> str:
    return await handset.sends(spoken.text(AD_TEXT), referral=AD)


OFFERED: dict[str, Callable[[Handset], Awaitable[str]]] = {
    "foto": _photo,
    "video": _film,
    "voz": _voice,
    "sticker": _sticker,
    "sticker_animado": _moving_sticker,
    "documento": _document,
    "ubicacion": _place,
    "contacto": _contact,
    "pedido": _order,
    "encuesta": _poll,
    "anuncio": _ad,
}


def _sample(name: str) -> bytes:
    return (Path(static_dir()) / SAMPLES / name).read_bytes()

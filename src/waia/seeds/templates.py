"""The shop's approved templates at Meta, one for each kind of part, as the Graph API lists them."""

from typing import Any

PICTURE = "https://example.com/meson.jpg"


def _template(name: str, *parts: dict[str, Any], category: str = "UTILITY", **more: Any) -> dict[str, Any]:
    return {"name": name, "language": "es", "category": category, "components": list(parts), **more}


def _body(text: str, *examples: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text, **({"example": {"body_text": [list(examples)]}} if examples else {})}


def _buttons(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": list(buttons)}


def _reply(text: str) -> dict[str, Any]:
    return {"type": "QUICK_REPLY", "text": text}


def _card(text: str) -> dict[str, Any]:
    return {"components": [{"type": "HEADER", "format": "IMAGE"}, _body(text), _buttons(_reply("Me interesa"))]}


TEMPLATES: tuple[dict[str, Any], ...] = (
    _template(
        "seguimos_en_contacto",
        _body("Hola {{nombre}}, ¿pudiste revisar la cotización de tu mesón? Si quieres, la ajustamos juntos."),
        {"type": "FOOTER", "text": "Mesones La Piedra"},
        _buttons(_reply("Sí, cuéntame"), _reply("Ahora no")),
        parameter_format="NAMED",
    ),
    _template(
        "pedido_listo",
        {"type": "HEADER", "format": "TEXT", "text": "Pedido {{1}}", "example": {"header_text": ["4821"]}},
        _body("Hola {{1}}, tu pedido está listo. Lo instalamos el {{2}}.", "Carla", "martes 24"),
        _buttons(
            {"type": "URL", "text": "Ver pedido", "url": "https://example.com/pedidos/{{1}}", "example": ["4821"]}
        ),
    ),
    _template(
        "oferta_de_la_semana",
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Termina pronto", "has_expiration": True}},
        _body("{{1}}, esta semana el granito gris sale con 15 % de descuento.", "Carla"),
        _buttons(
            {"type": "COPY_CODE", "text": "Copiar código", "example": "GRIS15"},
            {"type": "URL", "text": "Ver la oferta", "url": "https://example.com/ofertas"},
        ),
        category="MARKETING",
    ),
    _template(
        "como_llegar",
        {"type": "HEADER", "format": "LOCATION"},
        _body("Hola {{1}}, te esperamos en la sala de muestras.", "Carla"),
        _buttons({"type": "PHONE_NUMBER", "text": "Llamar", "phone_number": "+576015550100"}),
    ),
    _template(
        "catalogo_de_piedras",
        _body("{{1}}, mira estas piedras que acaban de llegar.", "Carla"),
        {"type": "CAROUSEL", "cards": [_card("Granito gris Jaspe"), _card("Mármol blanco Carrara")]},
        category="MARKETING",
    ),
    _template(
        "codigo_de_acceso",
        {"type": "BODY", "text": "*{{1}}* es tu código de verificación.", "add_security_recommendation": True},
        _buttons({"type": "OTP", "otp_type": "COPY_CODE", "text": "Copiar código"}),
        category="AUTHENTICATION",
    ),
)

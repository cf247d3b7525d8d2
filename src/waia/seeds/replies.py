"""The quick replies of the demo's agents."""

from waia.quick_replies.models import QuickReply, QuickReplyMedia


def shop_replies(media_url: str) -> list[QuickReply]:
    texts = (
        ("saludo", "Hola, {{nombre}}. Soy del equipo de Mesones La Piedra. ¿En qué te ayudo?"),
        ("visita", "¿Qué día te queda bien para la visita? Vamos de lunes a sábado y no tiene costo."),
        ("anticipo", "Para separar la fecha pedimos el 50 % por transferencia. El resto al instalar."),
        ("entrega", "La entrega tarda 8 días hábiles desde la toma de medidas."),
        ("cierre", "Gracias por elegirnos. Cualquier cosa, escríbenos por aquí."),
    )
    written = [QuickReply(name=name, text=text, kind="texto", position=n) for n, (name, text) in enumerate(texts)]
    catalogue = QuickReply(name="catálogo", text="Nuestro catálogo con precios.", kind="document", position=len(texts))
    catalogue.medias = [QuickReplyMedia(url=f"{media_url}/catalogo.pdf", mime_type="application/pdf")]
    return [*written, catalogue]

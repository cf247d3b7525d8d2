"""Past chats of the demo with trouble, and with texts that break layouts."""

from datetime import timedelta

from waia.seeds import cast
from waia.seeds.cast import ANA, BETO
from waia.seeds.shop import TO_SALES
from waia.seeds.talk import DELIVERED, FAILED, UNCERTAIN, Conversation, agent, bot, customer

LATE = "Pasaron más de 24 horas desde el último mensaje del cliente."
LINES = (
    "Quiero contarles bien la idea para que la cotización salga completa. La cocina es en L: el lado largo ",
    "mide tres metros con veinte y el corto uno con ochenta, con una esquina que no está a escuadra porque ",
    "la pared vieja se corrió. El lavaplatos va centrado bajo la ventana y la estufa al lado derecho, con ",
    "salpicadero hasta los gabinetes altos. ",
)
LONG_TEXT = ("".join(LINES) * 12)[:3_950].rstrip() + "… ¿Me ayudan con el precio?"


def troubled_talks() -> tuple[Conversation, ...]:
    return (_failed(), _in_doubt(), _right_to_left(), _emoji_only(), _very_long(), _closed())


def _failed() -> Conversation:
    return Conversation(
        cast.FABIO,
        timedelta(hours=5),
        (
            customer("¿Me guardan el precio hasta fin de mes?", after=timedelta(days=3)),
            agent(ANA, "Claro, Fabio, te lo guardo hasta el 30.", after=timedelta(minutes=9)),
            agent(
                ANA,
                "Fabio, ¿pudiste revisar la cotización?",
                after=timedelta(days=2),
                status=FAILED,
                error=(131047, LATE),
            ),
        ),
        estado="asesor",
        owner=ANA,
        role="ventas",
    )  # fmt: skip


def _in_doubt() -> Conversation:
    return Conversation(
        cast.GLORIA,
        timedelta(minutes=12),
        (
            customer("¿Cuánto tarda la entrega?", after=timedelta(minutes=30)),
            agent(
                ANA,
                "Ocho días hábiles desde la toma de medidas.",
                after=timedelta(minutes=5),
                status=DELIVERED,
            ),
            agent(ANA, "¿Te agendo la visita para mañana?", after=timedelta(minutes=3), status=UNCERTAIN),
        ),
        holder="person",
        owner=ANA,
        estado="asesor",
        role="ventas",
    )


def _right_to_left() -> Conversation:
    return Conversation(
        cast.HASSAN,
        timedelta(hours=3, minutes=40),
        (
            customer("مرحبا، أريد سعر سطح من الرخام 2,00 x 0,60 للحمام"),
            bot("No entendí tu respuesta, intenta de nuevo."),
            agent(BETO, "مرحبا حسن، السعر 900.000 بيزو مع التركيب.", after=timedelta(minutes=8)),
            customer("شكرا جزيلا 🙏", after=timedelta(minutes=2)),
        ),
        holder="person",
        owner=BETO,
        estado="sin_respuesta",
        unread=1,
        waits=True,
    )


def _emoji_only() -> Conversation:
    return Conversation(
        cast.INES,
        timedelta(hours=6),
        (
            customer("¿Siguen con la promoción del cuarzo?"),
            agent(ANA, "Sí, Inés, hasta el sábado.", after=timedelta(minutes=4)),
            customer("😍🎉", after=timedelta(minutes=1)),
        ),
        holder="person",
        owner=ANA,
        estado="asesor",
    )


def _very_long() -> Conversation:
    return Conversation(
        cast.JORGE,
        timedelta(hours=8),
        (customer(LONG_TEXT), bot(TO_SALES, ("ventas", "@entrada"), status=DELIVERED)),
        holder="queue",
        estado="sin_respuesta",
        role="ventas",
        queue="ventas",
        needs_person="rule",
        unread=1,
        waits=True,
    )


def _closed() -> Conversation:
    return Conversation(
        cast.KARINA,
        timedelta(days=2, hours=3),
        (
            customer("Quedó hermoso el mesón, gracias", after=timedelta(minutes=10)),
            customer("", "image", mime="image/jpeg", file="marmol.jpg", after=timedelta(seconds=30)),
            customer("", "video", mime="video/mp4", file="instalacion.mp4", after=timedelta(seconds=20)),
            customer("", "sticker", mime="image/webp", file="sticker-animado.webp", after=timedelta(seconds=9)),
            agent(ANA, "Qué alegría, Karina. Gracias por la foto.", reaction="❤️"),
        ),
        estado="cerrado",
        role="ventas",
    )

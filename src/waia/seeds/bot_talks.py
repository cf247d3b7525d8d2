"""Past chats of the demo in which the bot sold, asked, handed over or did not understand."""

from datetime import timedelta

from waia.seeds import cast
from waia.seeds.cast import ANA
from waia.seeds.shop import GREETING, HELLO, OPEN_NOW, TO_SALES
from waia.seeds.talk import DELIVERED, SENT, Conversation, Line, agent, bot, chosen, customer, options, voice_note

MATERIALS = options("Granito", "Cuarzo", "Mármol")
AFTER_QUOTE = options("Hablar con ventas", "Otro material", "Menú")
MAIN_MENU = options(
    "Cotizar un mesón", "Ver materiales", "Catálogo", "Horario", "Dónde estamos", "Instalación",
    "Cuidado de la piedra", "Hablar con ventas",
    header="Mesones La Piedra", footer="También puedes escribir tu pregunta", button="Ver opciones",
)  # fmt: skip

ABOUT_THE_SINK = (
    ("una", 0, 360, 0.97), ("pregunta", 360, 930, 0.99), ("el", 930, 1180, 0.94), ("lavaplatos", 1180, 1870, 0.91),
    ("lo", 1870, 2110, 0.88), ("instalan", 2110, 2610, 0.96), ("ustedes", 2610, 3160, 0.98), ("o", 3160, 3300, 0.83),
    ("me", 3300, 3460, 0.9), ("toca", 3460, 3750, 0.95), ("conseguir", 3750, 4440, 0.93), ("plomero", 4440, 4910, 0.52),
)  # fmt: skip


def bot_talks(home: str, media_url: str) -> tuple[Conversation, ...]:
    """`home` is the initial step, where the greeting stands."""
    greeting = _greeting(home)
    return (
        _bought(greeting),
        _waits_for_sales(greeting),
        _without_number(greeting),
        _from_an_ad(),
        _not_understood(greeting, home),
        _long_name(greeting, media_url),
    )


def _greeting(home: str) -> Line:
    return bot(GREETING, (home, HELLO), "list", details=MAIN_MENU)


def _quoted(name: str, measure: str, answer: str) -> tuple[Line, ...]:
    return (
        chosen("Cotizar un mesón"),
        bot("Con gusto. ¿Cómo te llamas?", ("cotizar", "@entrada")),
        customer(name),
        bot(f"Gracias, {name}. ¿Qué material quieres?", ("material", "@entrada"), "buttons", details=MATERIALS),
        chosen("Granito", kind="button_reply"),
        bot(
            "¿Qué medidas tiene tu mesón de granito? Escribe largo × ancho, por ejemplo *2,40 x 0,60*.",
            ("medida_granito", "@entrada"),
        ),
        customer(measure, after=timedelta(seconds=45)),
        bot(answer, ("medida_granito", "*")),
        bot("¿Seguimos?", ("cotizado", "@entrada"), "buttons", details=AFTER_QUOTE),
    )


def _bought(greeting: Line) -> Conversation:
    price = (
        "Granito: un mesón de 2,4 × 0,6 m cuesta *$ 691.200* con corte, pulido e instalación.\n"
        "El precio final lo confirma una persona con la visita."
    )
    return Conversation(
        cast.CARLA,
        timedelta(hours=2, minutes=5),
        (
            customer("Buenas tardes", after=timedelta(days=1)),
            greeting,
            *_quoted("Carla", "2.40 x 0.60 m", price),
            chosen("Hablar con ventas", kind="button_reply"),
            bot(TO_SALES, ("ventas", "@entrada")),
            agent(ANA, "Hola, Carla. Soy Ana. ¿Te queda bien el jueves a las 10 para la toma de medidas?"),
            customer(
                "Sí, perfecto. Es en la *Calle 100 # 15-20*, apto 302",
                after=timedelta(minutes=4),
                reaction="👍",
            ),
            agent(ANA, "Anotado. Te confirmo la visita por aquí.", quotes=1),
            voice_note("lavaplatos.ogg", *ABOUT_THE_SINK, after=timedelta(minutes=3)),
            agent(ANA, "Lo instalamos nosotros, Carla, con su sifón.", quotes=1),
            customer("Ya hice el anticipo, te mando el comprobante", after=timedelta(hours=20)),
            customer(
                "",
                "document",
                mime="application/pdf",
                file="catalogo.pdf",
                details={"filename": "comprobante-anticipo.pdf"},
            ),
            agent(ANA, "Recibido, muchas gracias. Nos vemos el jueves.", after=timedelta(minutes=6)),
        ),
        holder="person",
        owner=ANA,
        estado="asesor",
        role="ventas",
        alias="Carla (cocina Calle 100)",
        captured={"nombre": "Carla", "medida": "2,4 x 0,6 m"},
    )  # fmt: skip


def _waits_for_sales(greeting: Line) -> Conversation:
    price = (
        "Granito: un mesón de 3,2 × 0,6 m cuesta *$ 921.600* con corte, pulido e instalación.\n"
        "El precio final lo confirma una persona con la visita."
    )
    return Conversation(
        cast.DIEGO,
        timedelta(minutes=24),
        (
            customer("Hola, necesito un mesón para la cocina"),
            greeting,
            *_quoted("Diego", "320 cm x 60 cm", price),
            chosen("Hablar con ventas", kind="button_reply"),
            bot(TO_SALES, ("ventas", "@entrada"), status=DELIVERED),
            customer("¿Pueden instalar antes del 15?", after=timedelta(minutes=1)),
            customer("Es que entrego el apartamento ese día", after=timedelta(seconds=25)),
        ),
        holder="queue",
        estado="sin_respuesta",
        step="ventas",
        role="ventas",
        queue="ventas",
        needs_person="rule",
        unread=2,
        waits=True,
        captured={"nombre": "Diego", "medida": "3,2 x 0,6 m"},
    )


def _without_number(greeting: Line) -> Conversation:
    return Conversation(
        cast.ELENA,
        timedelta(minutes=6),
        (
            customer("Hola"),
            greeting,
            chosen("Horario"),
            bot(OPEN_NOW, ("horario", "@entrada")),
        ),
    )


def _from_an_ad() -> Conversation:
    ad = {
        "source_url": "https://example.com/anuncio/mesones",
        "source_type": "ad",
        "headline": "Mesones a la medida",
        "body": "Cotiza en un minuto por WhatsApp",
    }
    photo = "Recibí tu foto. Una persona de ventas la revisa y te dice qué material te conviene."
    return Conversation(
        cast.LUIS,
        timedelta(minutes=48),
        (
            customer("Quiero más información", details={"referral": ad}),
            bot(GREETING, None, "list", details=MAIN_MENU),
            customer(
                "Esta es mi cocina, ¿qué me sirve?",
                "image",
                mime="image/jpeg",
                file="granito.jpg",
                after=timedelta(minutes=3),
            ),
            bot(photo, None, status=SENT),
        ),
        holder="queue",
        estado="sin_respuesta",
        role="ventas",
        queue="ventas",
        needs_person="rule",
        unread=1,
        waits=True,
    )


def _not_understood(greeting: Line, home: str) -> Conversation:
    place = {"latitude": 4.6764, "longitude": -74.0482, "name": "Parque de la 93", "address": "Bogotá"}
    return Conversation(
        cast.MARTA,
        timedelta(minutes=15),
        (
            customer("hola"),
            greeting,
            customer(
                "", "voice", mime="audio/ogg", file="cuidado.ogg", details={"voice": True}, after=timedelta(seconds=40)
            ),
            customer("estoy por aquí", "location", details={"location": place}, after=timedelta(seconds=50)),
            customer("me quedan cerca o toca pedir carro", after=timedelta(seconds=15)),
            bot("No entendí tu respuesta, intenta de nuevo.", status=DELIVERED),
        ),
        estado="sin_regla",
        step=home,
        unread=3,
        waits=True,
    )


def _long_name(greeting: Line, media_url: str) -> Conversation:
    return Conversation(
        cast.OSCAR,
        timedelta(days=1, hours=4),
        (
            customer("Buenos días, envíenme el catálogo por favor"),
            greeting,
            bot(
                "Nuestro catálogo con precios.",
                ("catalogo", "@entrada"),
                "document",
                mime="application/pdf",
                link=f"{media_url}/catalogo.pdf",
                file="catalogo.pdf",
                details={"filename": "catalogo.pdf"},
            ),
        ),
    )

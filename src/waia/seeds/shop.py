"""The flow of the demo's shop, "Mesones La Piedra": it uses every kind of rule that waia knows."""

from waia.rules.models import RuleRow
from waia.seeds.writing import list_menu, menu, rule, with_media

OPENING_HOURS = "lun-vie 08:00-18:00; sáb 09:00-13:00"
PRICES = (("granito", "Granito", 480_000), ("cuarzo", "Cuarzo", 620_000), ("marmol", "Mármol", 750_000))
HELLO = "iniciar, hola, buenas, buenos días, buenas tardes, buenas noches"
GREETING = (
    "Hola, soy el asistente de *Mesones La Piedra*. Hacemos mesones de cocina y baño a la medida.\n\n¿En qué te ayudo?"
)
HOURS_IN_WORDS = "lunes a viernes de 8 a. m. a 6 p. m. y sábados de 9 a. m. a 1 p. m."
OPEN_NOW = f"Estamos atendiendo. Nuestro horario: {HOURS_IN_WORDS}"
CLOSED_NOW = f"Ahora estamos cerrados. Atendemos {HOURS_IN_WORDS}"
TO_SALES = "Te comunico con una persona de ventas. Ya tiene lo que me contaste."
SALES = {"role_keyword": "ventas", "at_end": "persona"}


def shop_rules(home: str, media_url: str) -> list[RuleRow]:
    """`home` is the initial step; `media_url` is the folder of the demo's pictures."""
    quote = [row for key, name, price in PRICES for row in _measures(key, name, price)]
    pictures = [_picture(key, name, media_url) for key, name, _ in PRICES]
    return [
        _greeting(home), *_words_at_home(home), *_files_at_home(home), *_information(home, media_url),
        *pictures, *_materials(), *_name_and_material(), *quote, *_after_quote(), *_sales(),
    ]  # fmt: skip


def _greeting(home: str) -> RuleRow:
    buy = [
        ("Cotizar un mesón", "Con tus medidas, en un minuto", "cotizar"),
        (
            "Ver materiales",
            "Fotos de granito, cuarzo y mármol",
            "foto_granito,foto_cuarzo,foto_marmol,materiales",
        ),
        ("Catálogo", "Precios por metro cuadrado, en PDF", "catalogo"),
    ]
    know = [
        ("Horario", "Cuándo atendemos", "horario"),
        ("Dónde estamos", "Dirección y parqueadero", "direccion"),
        ("Instalación", "Así queda, en video", "instalacion"),
        ("Cuidado de la piedra", "Un audio corto", "cuidado"),
        ("Hablar con ventas", "Una persona te atiende", "ventas"),
    ]
    return list_menu(
        home,
        HELLO,
        GREETING,
        [("Comprar", buy), ("Información", know)],
        header="Mesones La Piedra",
        footer="También puedes escribir tu pregunta",
        button="Ver opciones",
    )


def _words_at_home(home: str) -> list[RuleRow]:
    """Words inside a sentence are enough; an empty reply only leads on."""
    contained = (
        ("cotizar, cotización, precio, precios, cuánto cuesta, cuánto vale, presupuesto", "cotizar"),
        ("asesor, asesora, vendedor, vendedora, persona, humano", "ventas"),
        ("catálogo, lista de precios", "catalogo"),
        ("horario, horarios, abren, abierto, cierran", "horario"),
        ("dirección, ubicación, dónde quedan, dónde están", "direccion"),
    )
    warranty = "La instalación tiene *5 años de garantía* y la piedra *10 años* contra fisuras de fábrica."
    return [
        *(rule(home, triggers, next_steps=step, match="contiene") for triggers, step in contained),
        rule(home, "garantía, garantías", warranty, match="contiene"),
        rule(home, "gracias, muchas gracias, listo, ok, perfecto", "Con gusto. Aquí estamos."),
    ]


def _files_at_home(home: str) -> list[RuleRow]:
    photo = "Recibí tu foto. Una persona de ventas la revisa y te dice qué material te conviene."
    place = "Gracias. Con tu ubicación calculamos el transporte; te escribe una persona de ventas."
    return [
        rule(home, "@imagen, @documento", photo, **SALES),
        rule(home, "@ubicacion", place, **SALES),
        rule(home, "👍, 👍🏽, ❤️, 🙏", "👍"),
    ]


def _information(home: str, media_url: str) -> list[RuleRow]:
    document = rule("catalogo", "@entrada", "Nuestro catálogo con precios.", home, kind="document")
    video = rule("instalacion", "@entrada", "Un mesón de mármol recién instalado.", home, kind="video")
    audio = rule("cuidado", "@entrada", "Así se cuida tu mesón:", home, kind="audio")
    return [
        rule("horario", "@entrada", OPEN_NOW, home, condition="abierto"),
        rule(
            "horario",
            "@entrada",
            CLOSED_NOW,
            home,
            condition="cerrado",
        ),
        rule("direccion", "@entrada", "Calle 80 # 12-34, Bogotá. Hay parqueadero para clientes.", home),
        with_media(document, (f"{media_url}/catalogo.pdf", "application/pdf")),
        with_media(video, (f"{media_url}/instalacion.mp4", "video/mp4")),
        with_media(audio, (f"{media_url}/cuidado.ogg", "audio/ogg")),
    ]


def _picture(key: str, name: str, media_url: str) -> RuleRow:
    """Sent on the way to `materiales`: the option names these steps before it."""
    row = rule(f"foto_{key}", "*", f"*{name}*", kind="image")
    return with_media(row, (f"{media_url}/{key}.jpg", "image/jpeg"))


def _materials() -> list[RuleRow]:
    text = "¿Quieres saber cuánto cuesta con tus medidas?"
    return [
        menu(
            "materiales",
            "@entrada",
            text,
            [("Cotizar", "cotizar"), ("Hablar con ventas", "ventas"), ("Menú", "")],
        )
    ]


def _name_and_material() -> list[RuleRow]:
    retry = "Escribe solo tu nombre, por favor."
    materials = [(name, f"medida_{key}") for key, name, _ in PRICES]
    return [
        rule("cotizar", "@entrada", "Con gusto. ¿Cómo te llamas?"),
        rule("cotizar", "*", "", "material", capture_name="nombre", capture_retry=retry),
        menu("material", "@entrada", "Gracias, {{nombre}}. ¿Qué material quieres?", materials),
        rule(
            "material",
            "no sé, no se, cuál me recomiendas, cualquiera",
            "El cuarzo es el más fácil de cuidar.",
        ),
    ]


def _measures(key: str, name: str, price: int) -> list[RuleRow]:
    ask = f"¿Qué medidas tiene tu mesón de {name.lower()}? Escribe largo × ancho, por ejemplo *2,40 x 0,60*."
    answer = (
        f"{name}: un mesón de {{p1}} × {{p2}} m cuesta *$ {{total:0}}* con corte, pulido e instalación.\n"
        "El precio final lo confirma una persona con la visita."
    )
    return [
        rule(f"medida_{key}", "@entrada", ask),
        rule(
            f"medida_{key}",
            "*",
            answer,
            "cotizado",
            formula=f"p1 * p2 * {price}",
            unit="m",
            minimum=0.2,
            maximum=6,
            capture_name="medida",
            capture_kind="medida",
            capture_retry="Escribe las dos medidas en metros, entre 0,20 y 6, por ejemplo *2,40 x 0,60*.",
        ),
    ]


def _after_quote() -> list[RuleRow]:
    text = "¿Seguimos?"
    options = [("Hablar con ventas", "ventas"), ("Otro material", "material"), ("Menú", "")]
    return [menu("cotizado", "@entrada", text, options)]


def _sales() -> list[RuleRow]:
    later = "Ya cerramos, pero tu mensaje queda en ventas y te escribimos al abrir."
    return [
        rule("ventas", "@entrada", TO_SALES, condition="abierto", **SALES),
        rule("ventas", "@entrada", later, condition="cerrado", **SALES),
    ]

"""What the flow check found, in words: what happens to the customer, and what to do about it."""

from collections.abc import Callable
from types import MappingProxyType

from waia.bot.check import Code, Finding
from waia.kit.i18n import N_
from waia.whatsapp.breaches import FIELD_WORDS

# Each: what is wrong, what to do. Places: target, option, trigger, other, limit, why, handler, role, name.
WORDS = MappingProxyType(
    {
        Code.UNREACHABLE_STEP: (
            N_("Ningún camino lleva al paso «%(target)s»."),
            N_("Haz que una opción o una regla siga en él, o quítalo."),
        ),
        Code.UNKNOWN_TARGET: (
            N_("Lleva al paso «%(target)s», que no tiene reglas: el bot calla ahí."),
            N_("Crea el paso, corrige el nombre o elige «atiende una persona»."),
        ),
        Code.PASSES_NOTHING: (
            N_("Pasa por «%(target)s», que no tiene comodín *: no envía nada al pasar."),
            N_("Agrega una regla * en ese paso o quítalo del camino."),
        ),
        Code.PASSES_QUESTION: (
            N_("Pasa por «%(target)s», cuyo comodín * espera una respuesta: no envía nada al pasar."),
            N_("Termina el camino en ese paso, o quítalo."),
        ),
        Code.DEAD_END: (
            N_("Del paso «%(target)s» no se sale: ninguna regla lleva a otro paso ni a una persona."),
            N_("Agrega una regla que siga en otro paso, o que pase el chat a una persona."),
        ),
        Code.NO_FALLBACK: (
            N_("El paso «%(target)s» no tiene comodín *: lo que nadie espera recibe el texto de reserva."),
            N_("Agrega una regla * si quieres contestar otra cosa."),
        ),
        Code.OPTION_WITHOUT_ENTRY: (
            N_("La opción «%(option)s» lleva a «%(target)s», que no dice nada al llegar."),
            N_("Agrega una regla @entrada en ese paso."),
        ),
        Code.SHADOWED_TRIGGER: (
            N_("«%(trigger)s» ya lo contesta otra regla que va antes."),
            N_("Quita la frase de una de las dos, o cambia el orden."),
        ),
        Code.SHADOWED_INSIDE: (
            N_("Dentro de una frase, «%(trigger)s» lo contesta antes otra regla."),
            N_("Pon esta regla antes si debe ganar."),
        ),
        Code.WILDCARD_FIRST: (
            N_("El comodín * está antes que otras reglas; igual se prueba al final."),
            N_("Muévelo al final para leerlo en su orden."),
        ),
        Code.WILDCARD_IN_LIST: (
            N_("Un * junto a otras frases no es comodín: no hace nada."),
            N_("Pon el * solo, en su propia regla."),
        ),
        Code.CONTAINS_IGNORED: (
            N_("El comodín de este paso guarda o calcula la respuesta: aquí solo cuenta el mensaje entero."),
            N_("Usa «el mensaje es igual», o quita la pregunta del comodín."),
        ),
        Code.AUTOMATIC_LOOP: (
            N_("Da vueltas sin esperar al cliente: %(target)s."),
            N_("Corta el círculo: que una de las reglas no siga a otro paso."),
        ),
        Code.LIMIT: (
            N_("WhatsApp no admite este mensaje así: %(limit)s. Saldría como texto con números."),
            N_("Acórtalo o reparte las opciones."),
        ),
        Code.MISSING_MEDIA: (
            N_("Debe enviar un archivo y no tiene ninguno."),
            N_("Sube un archivo o pega su dirección."),
        ),
        Code.MISSING_OPTIONS: (
            N_("Es un menú sin opciones que se puedan leer."),
            N_("Agrega al menos una opción."),
        ),
        Code.UNKNOWN_ROLE: (
            N_("El rol «%(role)s» no existe."),
            N_("Elige un rol de la lista, o créalo en Roles."),
        ),
        Code.UNKNOWN_HANDLER: (
            N_("La función «%(handler)s» no está instalada: el chat pasaría a una persona."),
            N_("Elige otra, o instala el módulo en WAIA_PLUGINS."),
        ),
        Code.UNREADABLE_FORMULA: (
            N_("La fórmula no se puede leer: %(why)s."),
            N_("Corrígela; prueba un valor al lado."),
        ),
        Code.RESULT_WITHOUT_FORMULA: (
            N_("El texto usa %(name)s y la regla no calcula nada: saldría tal cual."),
            N_("Escribe la fórmula, o quita el dato del texto."),
        ),
        Code.UNKNOWN_ANSWER: (
            N_("El texto usa un dato que ninguna regla guarda: %(name)s."),
            N_("Corrige el nombre, o guarda ese dato en otra regla."),
        ),
        Code.COMMAND_WORD: (
            N_("«%(trigger)s» es un comando: empieza de nuevo y nunca llega a esta regla."),
            N_("Usa otra palabra."),
        ),
        Code.ROLE_WITHOUT_NEXT: (
            N_("Agrega el rol «%(role)s» y no sigue en ningún paso."),
            N_("¿Debe atender una persona? Elige «atiende una persona» al terminar."),
        ),
        Code.NO_GREETING: (
            N_("El paso inicial «%(target)s» no tiene saludo a toda hora."),
            N_("Agrega una regla con la palabra iniciar, o una @entrada."),
        ),
        Code.NO_TRIGGER: (
            N_("Sin palabras, la regla nunca responde."),
            N_("Escribe al menos una palabra o frase."),
        ),
        Code.UNKNOWN_EVENT: (
            N_("«%(trigger)s» no es un aviso que exista: nunca responde."),
            N_("Usa @entrada, @imagen, @video, @documento, @ubicacion o @contacto."),
        ),
        Code.DOES_NOTHING: (
            N_("La regla no envía nada ni cambia nada."),
            N_("Escribe una respuesta o elige a dónde sigue."),
        ),
    }
)


def wrong(finding: Finding, gettext: Callable[[str], str]) -> str:
    detail = dict(finding.detail)
    if finding.code is Code.LIMIT:
        detail["limit"] = _limit(detail["limit"], gettext)
    return gettext(WORDS[finding.code][0]) % detail


def cure(finding: Finding, gettext: Callable[[str], str]) -> str:
    return gettext(WORDS[finding.code][1])


def _limit(refusal: str, gettext: Callable[[str], str]) -> str:
    """`row_title:too_long`, as the channel writes it, in words."""
    field, _, code = refusal.partition(":")
    what = gettext(FIELD_WORDS[field]).lower() if field in FIELD_WORDS else field
    return f"{what} ({gettext(LIMITS.get(code, code))})"


LIMITS = MappingProxyType(
    {
        "too_long": N_("demasiado largo"),
        "empty": N_("vacío"),
        "too_many": N_("demasiados elementos"),
        "too_few": N_("faltan elementos"),
        "repeated": N_("repetido"),
        "blank_edges": N_("empieza o termina con espacios"),
        "not_a_link": N_("no es una dirección"),
        "no_source": N_("falta el archivo"),
    }
)

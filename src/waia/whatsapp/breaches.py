"""A limit of Meta's that a content breaks, and the sentence that says so to people."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from waia.kit.i18n import N_


class BreachCode(StrEnum):
    TOO_LONG = "too_long"
    EMPTY = "empty"
    TOO_MANY = "too_many"
    TOO_FEW = "too_few"
    REPEATED = "repeated"
    BLANK_EDGES = "blank_edges"
    NOT_A_LINK = "not_a_link"
    NO_SOURCE = "no_source"
    OUT_OF_RANGE = "out_of_range"
    NOT_ALLOWED = "not_allowed"


class Breach(msgspec.Struct, frozen=True):
    """One limit broken. `field` is a key of `FIELD_WORDS`; `position` counts buttons or rows from 1."""

    field: str
    limit: int
    actual: int
    code: BreachCode
    position: int | None = None


def describe(breach: Breach, gettext: Callable[[str], str]) -> str:
    """A sentence for people in the language of `gettext`."""
    name = gettext(FIELD_WORDS[breach.field])
    subject = name if breach.position is None else f"{name} {breach.position}"
    facts = {"field": subject, "limit": breach.limit, "actual": breach.actual}
    return gettext(_CODE_WORDS[breach.code]) % facts


FIELD_WORDS = {
    "body": N_("El texto"),
    "caption": N_("El texto del archivo"),
    "header": N_("El encabezado"),
    "footer": N_("El pie"),
    "media": N_("El archivo"),
    "latitude": N_("La latitud"),
    "longitude": N_("La longitud"),
    "cards": N_("La lista de contactos"),
    "card_name": N_("El nombre del contacto"),
    "message_id": N_("El mensaje al que se reacciona"),
    "buttons": N_("La lista de botones"),
    "button_id": N_("El identificador del botón"),
    "button_title": N_("El título del botón"),
    "list_button": N_("El botón que abre la lista"),
    "sections": N_("La lista de secciones"),
    "section": N_("La sección"),
    "section_title": N_("El título de la sección"),
    "rows": N_("La lista de opciones"),
    "row_id": N_("El identificador de la opción"),
    "row_title": N_("El título de la opción"),
    "row_description": N_("La descripción de la opción"),
    "label": N_("El texto del botón"),
    "url": N_("El enlace"),
    "flow": N_("El formulario (Flow)"),
    "template_name": N_("El nombre de la plantilla"),
    "template_language": N_("El idioma de la plantilla"),
    "template_value": N_("El dato de la plantilla"),
}
_CODE_WORDS = {
    BreachCode.TOO_LONG: N_("%(field)s: tiene %(actual)s caracteres y WhatsApp admite %(limit)s"),
    BreachCode.EMPTY: N_("%(field)s: no puede quedar vacío"),
    BreachCode.TOO_MANY: N_("%(field)s: tiene %(actual)s elementos y WhatsApp admite %(limit)s"),
    BreachCode.TOO_FEW: N_("%(field)s: necesita al menos un elemento"),
    BreachCode.REPEATED: N_("%(field)s: está repetido"),
    BreachCode.BLANK_EDGES: N_("%(field)s: no puede empezar ni terminar con espacios"),
    BreachCode.NOT_A_LINK: N_("%(field)s: debe ser una dirección que empiece con http:// o https://"),
    BreachCode.NO_SOURCE: N_("%(field)s: falta el archivo o su dirección"),
    BreachCode.OUT_OF_RANGE: N_("%(field)s: debe estar entre -%(limit)s y %(limit)s"),
    BreachCode.NOT_ALLOWED: N_("%(field)s: solo admite minúsculas, números y guion bajo"),
}

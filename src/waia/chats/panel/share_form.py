"""A place or a contact card as a form: what was typed, the message that it is, and what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from waia.kit.i18n import N_
from waia.whatsapp.breaches import describe
from waia.whatsapp.content import Card, CardPhone, Contacts, Location
from waia.whatsapp.limits import breaches
from waia.whatsapp.numbers import NotANumber, read_number
from waia.whatsapp.places import NotAPlace, read_place

PLACE, CARD = "ubicacion", "contacto"
LIMITS: Mapping[str, Mapping[str, int]] = {
    PLACE: {"lugar": 2_000, "nombre": 256, "direccion": 512},
    CARD: {"nombre": 256, "numero": 40, "empresa": 256, "correo": 254},
}
NO_PLACE = N_("Pega las coordenadas (4.6097, -74.0817) o el enlace completo de un mapa; los enlaces cortos no sirven.")
NO_NUMBER = N_("Escribe el número con el código del país, por ejemplo +57 300 555 0101.")
NO_NAME = N_("Escribe un nombre.")
NAME_FIRST = N_("WhatsApp solo muestra la dirección junto a un nombre: escríbelo también.")
NO_MAIL = N_("Escribe un correo, por ejemplo ventas@tienda.com.")
TOO_LONG = N_("Es demasiado largo: caben %(most)s caracteres.")
FIELDS = {"latitude": "lugar", "longitude": "lugar", "card_name": "nombre"}
CELL = "CELL"


@dataclass(frozen=True, slots=True)
class ShareForm:
    """`kind` is PLACE or CARD, `answers` are by field."""

    kind: str
    answers: Mapping[str, str]

    def told(self, name: str) -> str:
        return self.answers.get(name, "")


@dataclass(frozen=True, slots=True)
class Read:
    """`content` is None where something is wrong; `errors` are sentences by field."""

    content: Location | Contacts | None = None
    errors: Mapping[str, str] = field(default_factory=dict)


def read_form(kind: str, answers: Mapping[str, str]) -> ShareForm:
    """Raises ValueError for fields that the form does not have."""
    if not set(answers) <= set(LIMITS[kind]):
        raise ValueError
    return ShareForm(kind, {name: " ".join(value.split()) for name, value in answers.items()})


def read_content(form: ShareForm, gettext: Callable[[str], str]) -> Read:
    too_long = {
        name: gettext(TOO_LONG) % {"most": most}
        for name, most in LIMITS[form.kind].items()
        if len(form.told(name)) > most
    }
    content, wrong = _place(form) if form.kind == PLACE else _card(form)
    errors = {name: gettext(sentence) for name, sentence in wrong.items()} | too_long
    if content is not None:
        errors |= {FIELDS.get(each.field, "nombre"): describe(each, gettext) for each in breaches(content)}
    return Read(None if errors else content, errors)


def _place(form: ShareForm) -> tuple[Location | None, dict[str, str]]:
    wrong = {"nombre": NAME_FIRST} if form.told("direccion") and not form.told("nombre") else {}
    try:
        latitude, longitude = read_place(form.told("lugar"))
    except NotAPlace:
        return None, wrong | {"lugar": NO_PLACE}
    return Location(latitude, longitude, form.told("nombre"), form.told("direccion")), wrong


def _card(form: ShareForm) -> tuple[Contacts | None, dict[str, str]]:
    """With the number as an id of WhatsApp, so that the customer can write to it with one touch."""
    wrong = {} if form.told("nombre") else {"nombre": NO_NAME}
    mail = form.told("correo")
    if mail and not _is_mail(mail):
        wrong |= {"correo": NO_MAIL}
    try:
        number = read_number(form.told("numero"))
    except NotANumber:
        return None, wrong | {"numero": NO_NUMBER}
    phone, name = CardPhone(f"+{number}", CELL, number), form.told("nombre")
    card = Card(name, phones=(phone,), emails=(mail,) if mail else (), company=form.told("empresa"))
    return (Contacts((card,)) if name else None), wrong


def _is_mail(text: str) -> bool:
    name, sign, host = text.partition("@")
    return bool(name and sign) and "." in host.strip(".") and " " not in text and "@" not in host

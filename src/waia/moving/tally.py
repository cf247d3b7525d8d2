"""What was counted and what was mended while a database is brought over; kept with the progress of each part."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from waia.kit.i18n import N_

MOST_EXAMPLES = 5


class Mend(StrEnum):
    """Why a row is not here as it was there."""

    NO_TIME = "no_time"
    FUTURE = "future"
    NO_NUMBER = "no_number"
    ODD_NUMBER = "odd_number"
    TIDY_NUMBER = "tidy_number"
    SAME_PHONE = "same_phone"
    REPEATED_ID = "repeated_id"
    ALREADY_HERE = "already_here"
    SAID_TWICE = "said_twice"
    UNKNOWN_TIPO = "unknown_tipo"
    NO_FILE = "no_file"
    REPAIRED = "repaired"
    LOOKS_BROKEN = "looks_broken"
    UNKNOWN_ESTADO = "unknown_estado"
    NO_SUCH_ROLE = "no_such_role"
    NO_SUCH_USER = "no_such_user"
    USER_HERE = "user_here"
    NAME_TAKEN = "name_taken"
    NO_NAME = "no_name"
    KNOWN_PASSWORD = "known_password"  # noqa: S105  # a cause
    NO_PASSWORD = "no_password"  # noqa: S105  # a cause
    BROKEN_OPTIONS = "broken_options"
    UNKNOWN_KIND = "unknown_kind"
    UNKNOWN_KEYWORD = "unknown_keyword"
    NO_MEDIA = "no_media"
    SAME_TRIGGERS = "same_triggers"
    MIRRORED = "mirrored"
    RULE_GONE = "rule_gone"
    NEWER_HERE = "newer_here"
    TEXT_CUT = "text_cut"


WORDS: Mapping[Mend, str] = {
    Mend.NO_TIME: N_("mensajes sin fecha: tienen la del mensaje anterior"),
    Mend.FUTURE: N_("mensajes con una hora que no ha llegado: revisa --timezone"),
    Mend.NO_NUMBER: N_("mensajes sin número: están juntos en un chat «Sin número»"),
    Mend.ODD_NUMBER: N_("números que no son de teléfono: su chat se ve, y no se le puede escribir"),
    Mend.TIDY_NUMBER: N_("números con signos o espacios: quedan solo las cifras"),
    Mend.SAME_PHONE: N_("números que son el mismo teléfono escrito de otra manera: comparten chat"),
    Mend.REPEATED_ID: N_("mensajes que repiten el id de otro: el id queda solo en el primero"),
    Mend.ALREADY_HERE: N_("mensajes que waia ya había recibido: no se repiten"),
    Mend.SAID_TWICE: N_("transcripciones guardadas dos veces: quedan una vez, bajo su audio"),
    Mend.UNKNOWN_TIPO: N_("mensajes de tipo desconocido: se muestran como texto del cliente"),
    Mend.NO_FILE: N_("archivos que no están en la carpeta: su mensaje lo dice"),
    Mend.REPAIRED: N_("textos con tildes dañadas, reparados"),
    Mend.LOOKS_BROKEN: N_("textos con tildes que parecen dañadas: prueba con --charset latin1"),
    Mend.UNKNOWN_ESTADO: N_("chats con un estado que waia no usa: se conserva como texto"),
    Mend.NO_SUCH_ROLE: N_("filas que nombran un rol que no existe: se omiten"),
    Mend.NO_SUCH_USER: N_("filas que nombran un usuario que no existe: se omiten"),
    Mend.USER_HERE: N_("usuarios que ya existen aquí: conservan su contraseña de waia y suman sus roles"),
    Mend.NAME_TAKEN: N_("usuarios con el mismo nombre en mayúsculas o minúsculas: el segundo lleva un número"),
    Mend.NO_NAME: N_("usuarios sin nombre: se omiten"),
    Mend.KNOWN_PASSWORD: N_(
        "usuarios con la contraseña admin123: solo entran desde el servidor y tienen que cambiarla; "
        "o dales otra con `waia create-user`"
    ),
    Mend.NO_PASSWORD: N_("usuarios cuya contraseña no se puede leer: dales otra con `waia create-user`"),
    Mend.BROKEN_OPTIONS: N_("reglas cuyas opciones no se entienden: salen como texto"),
    Mend.UNKNOWN_KIND: N_("reglas de un tipo que waia no tiene (por ejemplo flow): salen como texto"),
    Mend.UNKNOWN_KEYWORD: N_("reglas que nombran un rol que no existe: no dan ningún rol"),
    Mend.NO_MEDIA: N_("reglas de archivo sin archivo: sale solo su texto"),
    Mend.SAME_TRIGGERS: N_("reglas con el paso y la frase de otra anterior: nunca responden"),
    Mend.MIRRORED: N_("archivos que solo estaban en la columna vieja media_url: se usan"),
    Mend.RULE_GONE: N_("mensajes de una regla que ya no existe: conservan su número"),
    Mend.NEWER_HERE: N_("chats que ya tenían mensajes en waia: su historia vieja queda después y su paso no cambia"),
    Mend.TEXT_CUT: N_("textos más largos de lo que cabe: recortados"),
}


class Tally(msgspec.Struct):
    """`counts` by what was counted, `mends` by cause with a few examples of each."""

    counts: dict[str, int] = msgspec.field(default_factory=dict)
    mends: dict[str, int] = msgspec.field(default_factory=dict)
    examples: dict[str, list[str]] = msgspec.field(default_factory=dict)

    def count(self, what: str, many: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + many

    def mend(self, cause: Mend, example: object = "", many: int = 1) -> None:
        self.mends[cause.value] = self.mends.get(cause.value, 0) + many
        shown = self.examples.setdefault(cause.value, [])
        if str(example) and len(shown) < MOST_EXAMPLES:
            shown.append(str(example)[:80])

    def plus(self, other: "Tally") -> "Tally":
        """Both together; neither is changed."""
        both = Tally(dict(self.counts), dict(self.mends), {key: list(some) for key, some in self.examples.items()})
        for what, many in other.counts.items():
            both.count(what, many)
        for cause, many in other.mends.items():
            both.mends[cause] = both.mends.get(cause, 0) + many
            shown = both.examples.setdefault(cause, [])
            shown += other.examples.get(cause, [])[: MOST_EXAMPLES - len(shown)]
        return both

    def to_json(self) -> dict[str, Any]:
        packed: dict[str, Any] = msgspec.to_builtins(self)
        return packed


def tally_from_json(packed: object) -> Tally:
    return msgspec.convert(packed, Tally)

"""The columns of each kind of sheet: their names, other names that people use, and the original's order."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RULES, REPLIES = "reglas", "botones"


@dataclass(frozen=True, slots=True)
class Columns:
    """`original` is the order of sheets whose first row names no column that we know."""

    names: tuple[str, ...]
    original: tuple[str, ...]
    aliases: Mapping[str, str]

    def named(self, headers: Sequence[str]) -> list[str | None]:
        """The column of each header, None where it is not known."""
        return [self.aliases.get(plain(header)) for header in headers]


def plain(header: str) -> str:
    letters = unicodedata.normalize("NFD", header.strip().lower())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return "_".join(kept.replace("-", " ").replace("_", " ").split())


def _columns(original: str, ours: str, aliases: Mapping[str, str]) -> Columns:
    first, more = tuple(original.split()), tuple(ours.split())
    known = {plain(alias): name for name, words in aliases.items() for alias in words.split("|")}
    return Columns(("id", *first, *more), first, {**known, **{name: name for name in ("id", *first, *more)}})


BY_KIND: Mapping[str, Columns] = {
    RULES: _columns(
        "step input_text respuesta siguiente_step tipo media_url media_tipo opciones rol_keyword calculo handler",
        "match condition al_terminar guardar_como guardar_tipo guardar_reintento unidad minimo maximo prioridad activa",
        {
            "step": "paso", "input_text": "input|palabras|disparadores", "respuesta": "texto",
            "siguiente_step": "siguiente paso|siguiente", "media_url": "media url|archivos|media",
            "media_tipo": "media tipo", "rol_keyword": "rol|rol keyword", "calculo": "cálculo|fórmula",
            "match": "coincidencia", "condition": "condición", "al_terminar": "al terminar",
            "guardar_como": "guardar como", "minimo": "mínimo", "maximo": "máximo", "activa": "activo|enabled",
        },
    ),
    REPLIES: _columns(
        "nombre mensaje tipo media_url",
        "para",
        {"mensaje": "texto|respuesta", "media_url": "media url|archivos|media", "para": "roles|audiencia"},
    ),
}  # fmt: skip

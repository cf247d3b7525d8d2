"""The report of a move, in the owner's language: what was read and written, what was mended, what is different."""

from collections.abc import Iterator, Mapping, Sequence

from waia.kit.i18n import N_, Translator, format_number
from waia.moving.progress import Stage
from waia.moving.tally import WORDS, Mend, Tally

COUNTS: Mapping[str, str] = {
    "roles_read": N_("roles"),
    "roles_new": N_("roles nuevos aquí"),
    "users_read": N_("usuarios"),
    "users_new": N_("usuarios nuevos aquí"),
    "users_same": N_("usuarios que toman su contraseña de antes"),
    "rules_read": N_("reglas"),
    "rules_new": N_("reglas puestas en uso"),
    "replies_read": N_("respuestas rápidas"),
    "replies_new": N_("respuestas rápidas nuevas aquí"),
    "contacts_new": N_("contactos nuevos aquí"),
    "aliases_read": N_("alias"),
    "chat_roles_read": N_("roles de chats"),
    "messages_read": N_("mensajes"),
    "messages_new": N_("mensajes nuevos aquí"),
    "files_here": N_("archivos de mensajes"),
    "files_missing": N_("archivos de mensajes que faltan"),
    "processed_read": N_("ids de mensajes ya atendidos"),
    "states_read": N_("estados de chats"),
    "chats_set": N_("chats puestos donde estaban"),
    "chats_waiting": N_("chats que esperan respuesta"),
    "chats_held": N_("chats que atiende una persona"),
}
HEAD_LACKS = N_("La base de datos es de una versión anterior; le falta: %(what)s")
MENDED = N_("Lo que se corrigió o conviene mirar:")
NOTHING_MENDED = N_("No hubo nada que corregir.")
FOR_EXAMPLE = N_("por ejemplo: %(what)s")
DIFFERENT = N_(
    "Lo que el bot hace distinto está en docs/es/cambios.md. Con --compare, waia revisa tus mensajes viejos y "
    "cuenta cuántos cambiarían."
)
FILES_LEFT = N_("No se indicó --media: los archivos de los mensajes no se trajeron.")


def lines_of(
    tallies: Mapping[Stage, Tally], lacks: Sequence[str], words: Translator, *, has_folder: bool
) -> Iterator[str]:
    """One line each, ready to be printed or written to a file."""
    if lacks:
        yield words.gettext(HEAD_LACKS) % {"what": ", ".join(lacks)}
    whole = Tally()
    for tally in tallies.values():
        whole = whole.plus(tally)
    for what, label in COUNTS.items():
        if what in whole.counts:
            yield f"  {format_number(whole.counts[what], words.language):>9}  {words.gettext(label)}"
    if not has_folder and whole.counts.get("files_missing"):
        yield words.gettext(FILES_LEFT)
    yield words.gettext(MENDED if whole.mends else NOTHING_MENDED)
    for mend in Mend:
        if whole.mends.get(mend.value):
            yield from _mended(mend, whole, words)
    yield words.gettext(DIFFERENT)


def _mended(mend: Mend, whole: Tally, words: Translator) -> Iterator[str]:
    yield f"  {format_number(whole.mends[mend.value], words.language):>9}  {words.gettext(WORDS[mend])}"
    if whole.examples.get(mend.value):
        shown = "; ".join(" ".join(each.split()) for each in whole.examples[mend.value])
        yield f"{'':13}{words.gettext(FOR_EXAMPLE) % {'what': shown}}"

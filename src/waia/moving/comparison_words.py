"""The comparison as lines for an owner."""

from collections.abc import Iterator, Mapping

from waia.bot.models import FlowProfile
from waia.kit.i18n import N_, Translator, format_number
from waia.moving.causes import CAUSE_WORDS, FALLBACK, OTHER_TEXT, REFUSED, SILENT, Cause, Outcome
from waia.moving.comparing import Compared, Comparison, Example
from waia.moving.original_choice import RESTARTED

OUTCOMES: Mapping[Outcome, str] = {
    SILENT: N_("nada"),
    FALLBACK: N_("que no entendió"),
    RESTARTED: N_("empieza de nuevo"),
    REFUSED: N_("pide la medida de nuevo"),
    OTHER_TEXT: N_("otro texto"),
}
TURNS = N_("Turnos de clientes en la historia: %(n)s")
BEGUN = N_("De ellos, %(n)s vienen tanto después del anterior que aquí la conversación empieza con el saludo (B1).")
HELD = N_("De ellos, %(n)s cayeron mientras atendía un asesor: aquí el bot calla (B6).")
PROFILE = N_("Perfil «%(profile)s»: %(same)s iguales de %(all)s (%(share)s %%)")
EXAMPLE = N_("mensaje %(id)s, paso «%(step)s», «%(text)s»: antes %(before)s, ahora %(now)s")
LONGEST_TEXT = 60


def comparison_lines(found: Comparison, words: Translator) -> Iterator[str]:
    yield words.gettext(TURNS) % {"n": format_number(found.turns, words.language)}
    yield words.gettext(BEGUN) % {"n": format_number(found.begun_anew, words.language)}
    yield words.gettext(HELD) % {"n": format_number(found.held, words.language)}
    for profile, compared in found.profiles.items():
        yield ""
        yield from _profile(profile, compared, found.turns, words)


def _profile(profile: FlowProfile, compared: Compared, turns: int, words: Translator) -> Iterator[str]:
    share = format_number(100 * compared.same / turns if turns else 100, words.language, 1)
    counted = {"same": format_number(compared.same, words.language), "all": format_number(turns, words.language)}
    yield words.gettext(PROFILE) % {"profile": profile.value, "share": share, **counted}
    for cause in Cause:
        if many := compared.causes[cause]:
            yield f"  {format_number(many, words.language):>9}  {words.gettext(CAUSE_WORDS[cause])}"
            for example in compared.examples[cause]:
                yield f"{'':13}{_example(example, words)}"


def _example(example: Example, words: Translator) -> str:
    text = " ".join(example.text.split())[:LONGEST_TEXT]
    before, now = (_outcome(each, words) for each in (example.before, example.now))
    return words.gettext(EXAMPLE) % {
        "id": example.message_id, "step": example.step, "text": text, "before": before, "now": now,
    }  # fmt: skip


def _outcome(outcome: Outcome, words: Translator) -> str:
    return f"#{outcome}" if isinstance(outcome, int) else words.gettext(OUTCOMES[outcome])

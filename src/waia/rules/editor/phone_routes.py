"""A phone that talks to the draft: decided by the bot itself, kept only on the page, sent to nobody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency as Given

from waia.accounts.forms import read_form
from waia.bot.engine import decide
from waia.bot.models import ChatState, Decision, Turn, Utterance, UtteranceKind
from waia.kit.errors import Invalid
from waia.rules.editor.bubbles import Bubble, bubbles_of
from waia.rules.editor.desk import LARGEST_FORM, RuleDesk, State
from waia.rules.editor.pages import shared
from waia.rules.reason_words import STAGES, silence_words

AnyRequest = Request[Any, Any, Any]
LONGEST_WORDS = 4096
SENDABLE = {
    "foto": UtteranceKind.IMAGE,
    "documento": UtteranceKind.DOCUMENT,
    "ubicacion": UtteranceKind.LOCATION,
}


class SaidForm(msgspec.Struct, frozen=True):
    """`estado` is the chat as the page keeps it; `opcion` and `menu` are a tap, `cosa` something that is no text."""

    estado: str = ""
    texto: str = ""
    opcion: str = ""
    titulo: str = ""
    menu: str = ""
    cosa: str = ""
    cerrado: str = ""
    pasaron: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One turn as the phone shows it, with the reason of the answer."""

    said: str
    kind: str
    bubbles: tuple[Bubble, ...]
    silence: str
    stages: tuple[tuple[str, str], ...]
    chosen: tuple[int, ...]
    step: str
    holder: str
    roles: tuple[str, ...]
    captured: tuple[tuple[str, str], ...]


@get("/reglas/prueba")
async def show_phone(rule_desk: Given[RuleDesk]) -> Response[Any]:
    """A page of its own for narrow screens, the panel beside the rules for others."""
    if rule_desk.by_htmx:
        return rule_desk.html("rules/_phone.html", chat=_packed(ChatState()))
    state = await rule_desk.state()
    return rule_desk.html("rules/try.html", chat=_packed(ChatState()), **shared(rule_desk, state))


@post("/reglas/prueba", status_code=200, request_max_body_size=LARGEST_FORM)
async def say(request: AnyRequest, rule_desk: Given[RuleDesk]) -> Response[Any]:
    form, state = await read_form(request, SaidForm), await rule_desk.state()
    chat = _unpacked(form.estado)
    utterance = _utterance(form, rule_desk)
    turn = Turn((utterance,), utterance.at, is_open=not form.cerrado, previous_customer_at=_before(chat, form))
    decision = decide(_book(rule_desk, state), chat, turn)
    return rule_desk.html(
        "rules/answers/said.html", turn=_shown(rule_desk, form, decision), chat=_packed(decision.state)
    )


def _book(desk: RuleDesk, state: State) -> Any:
    return state.draft.book(desk.flow.settings_of(state.draft.profile))


def _utterance(form: SaidForm, desk: RuleDesk) -> Utterance:
    words, at = form.texto.strip()[:LONGEST_WORDS], desk.now
    if form.opcion:
        menu = int(form.menu) if form.menu.isascii() and form.menu.isdigit() and len(form.menu) < 10 else None
        return Utterance(1, UtteranceKind.TAP, form.titulo[:LONGEST_WORDS], at, form.opcion[:300], menu)
    if form.cosa in SENDABLE:
        return Utterance(1, SENDABLE[form.cosa], "", at)
    if not words:
        raise Invalid
    return Utterance(1, UtteranceKind.TEXT, words, at)


def _before(chat: ChatState, form: SaidForm) -> Any:
    """With `pasaron` hours since the customer's last message, so that a session can be seen to end."""
    hours = form.pasaron
    if chat.last_customer_at is None or not (hours.isascii() and hours.isdigit() and len(hours) < 4):
        return chat.last_customer_at
    return chat.last_customer_at - timedelta(hours=int(hours))


def _shown(desk: RuleDesk, form: SaidForm, decision: Decision) -> Shown:
    trace, state = decision.trace, decision.state
    return Shown(
        said=form.titulo or form.texto.strip(),
        kind=form.cosa,
        bubbles=tuple(bubbles_of(decision.replies, desk.settings.own_address)),
        silence=silence_words(decision.silent_reason) if decision.silent_reason else "",
        stages=tuple((_stage(name, outcome), detail) for name, outcome, detail in trace.stages),
        chosen=tuple(dict.fromkeys(trace.chosen)),
        step=state.step or "",
        holder=state.holder.value,
        roles=decision.roles_added,
        captured=tuple(sorted(state.captured.items())),
    )


def _stage(name: str, outcome: str) -> str:
    return STAGES.get((name, outcome)) or STAGES.get((name, "*")) or f"{name}: {outcome}"


def _packed(chat: ChatState) -> str:
    return msgspec.json.encode(chat).decode()


def _unpacked(text: str) -> ChatState:
    """Raises Invalid for what is not such a chat."""
    try:
        return msgspec.json.decode(text.encode(), type=ChatState) if text else ChatState()
    except (msgspec.ValidationError, msgspec.DecodeError):
        raise Invalid from None

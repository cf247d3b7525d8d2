"""The form of one rule: what it sends, how it is shown, and the content that it stands for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
from litestar import Request

from waia.accounts.csrf import FIELD
from waia.bot.measures import read_number
from waia.bot.menus import DEFAULT_BUTTON, DEFAULT_FOOTER, DEFAULT_HEADER
from waia.kit.errors import Invalid
from waia.kit.i18n import N_
from waia.rules.content import TEXTS, MediaRef, RuleContent
from waia.rules.editor.menu_fields import MENU_KINDS, OptionField, menu_of, option_fields, packed_menu

MOST_OPTIONS, MOST_MEDIAS = 30, 30
MEDIA_KINDS = ("image", "video", "audio", "document")
TYPED_TEXTS = tuple(name for name in TEXTS if name != "options")
FRAME = {"header": DEFAULT_HEADER, "footer": DEFAULT_FOOTER, "button": DEFAULT_BUTTON}
TORN = N_("Este formulario es de otra versión de la página. Vuelve a cargarla.")


class Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the form sends beside the texts of the rule; the lists have one entry for each option or file."""

    seen: str = ""
    publicar: str = ""
    minimum: str = ""
    maximum: str = ""
    header: str = ""
    footer: str = ""
    button: str = ""
    new_media: str = ""
    sample: str = ""
    option_id: tuple[str, ...] = ()
    option_title: tuple[str, ...] = ()
    option_description: tuple[str, ...] = ()
    option_target: tuple[str, ...] = ()
    option_section: tuple[str, ...] = ()
    media_url: tuple[str, ...] = ()
    media_mime: tuple[str, ...] = ()


LISTS = tuple(name for name in Typed.__struct_fields__ if name.startswith(("option_", "media_")))


@dataclass(frozen=True, slots=True)
class Form:
    """As it is shown, `texts` as they were typed. `rule_id` None is a new rule, `token` tells several of them apart."""

    texts: RuleContent
    typed: Typed
    options: tuple[OptionField, ...] = ()
    medias: tuple[MediaRef, ...] = ()
    rule_id: int | None = None
    token: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def element(self) -> str:
        return f"rule-{self.rule_id}" if self.rule_id is not None else f"rule-new-{self.token}"

    @property
    def has_menu(self) -> bool:
        return self.texts.kind in MENU_KINDS

    @property
    def has_media(self) -> bool:
        return self.texts.kind in MEDIA_KINDS

    def with_errors(self, errors: Mapping[str, str]) -> "Form":
        return replace(self, errors=errors)

    def having_seen(self, seen: str) -> "Form":
        """What it will be compared with when it is sent again."""
        return replace(self, typed=msgspec.structs.replace(self.typed, seen=seen))


async def read_form(request: Request[Any, Any, Any], rule_id: int | None = None, token: str = "") -> Form:
    """Raises Invalid for fields that the form does not have."""
    sent: dict[str, Any] = {name: [] for name in LISTS}
    for name, value in (await request.form()).multi_items():
        if name in LISTS:
            sent[name].append(value)
        elif name != FIELD:
            sent[name] = value
    texts = {name: sent.pop(name) for name in TYPED_TEXTS if name in sent}
    try:
        typed = msgspec.convert(sent, Typed)
        return Form(msgspec.convert(texts, RuleContent), typed, _options(typed), _medias(typed), rule_id, token)
    except msgspec.ValidationError:
        raise Invalid(message=TORN) from None


def form_of(content: RuleContent, rule_id: int | None = None, token: str = "", seen: str = "") -> Form:
    menu = menu_of(content)
    frame = {name: text for name, usual in FRAME.items() if (text := getattr(menu, name)) != usual}
    typed = Typed(seen=seen, minimum=_written(content.minimum), maximum=_written(content.maximum), **frame)
    return Form(content, typed, option_fields(menu), content.medias, rule_id, token)


def content_of(form: Form) -> RuleContent:
    """What the form stands for, whatever is wrong with it."""
    texts: dict[str, Any] = {name: _clean(getattr(form.texts, name)) for name in TYPED_TEXTS}
    frame = {name: text for name in FRAME if (text := _clean(getattr(form.typed, name)))}
    return RuleContent(
        **texts | {"step": " ".join(texts["step"].split())},
        options=packed_menu(form.texts.kind, form.options, frame),
        minimum=_number(form.typed.minimum),
        maximum=_number(form.typed.maximum),
        medias=form.medias if form.has_media else (),
    )


def _options(typed: Typed) -> tuple[OptionField, ...]:
    columns = [getattr(typed, f"option_{name}") for name in OptionField.__struct_fields__]
    if len({len(column) for column in columns}) != 1 or len(columns[0]) > MOST_OPTIONS:
        raise Invalid(message=TORN)
    return tuple(OptionField(*each) for each in zip(*columns, strict=True))


def _medias(typed: Typed) -> tuple[MediaRef, ...]:
    """Which file of ours an address means is looked up when it is kept, not told by the form."""
    if len(typed.media_url) != len(typed.media_mime) or len(typed.media_url) > MOST_MEDIAS:
        raise Invalid(message=TORN)
    return tuple(MediaRef(url, mime) for url, mime in zip(typed.media_url, typed.media_mime, strict=True))


def _number(text: str) -> float | None:
    number = read_number(text) if text.strip() else None
    return None if number is None else float(number)


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _written(number: float | None) -> str:
    return "" if number is None else f"{number:g}".replace(".", ",")

"""What a rule and a quick reply of the original say, as contents of ours. No database."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from mimetypes import guess_type
from typing import TypeVar

from waia.bot.columns import read_kind
from waia.bot.models import RuleKind, parse_menu, split_triggers
from waia.bot.normalise import normalise, step_key
from waia.moving.original import OldReply, OldReplyMedia, OldRule, OldRuleMedia
from waia.moving.tally import Mend, Tally
from waia.moving.uploads import Uploads
from waia.quick_replies.values import ALL, ReplyContent, ReplyFile
from waia.rules.content import MediaRef, RuleContent

MEDIA = frozenset({RuleKind.IMAGE, RuleKind.VIDEO, RuleKind.AUDIO, RuleKind.DOCUMENT})
MENUS = frozenset({RuleKind.LIST, RuleKind.BUTTONS})
FIRST_WORDS = 3
KNOWN_TEXT = frozenset({"", "texto", "text"})
FileId = Callable[[str], int | None]
T = TypeVar("T", OldRuleMedia, OldReplyMedia)


def contents_of(
    rules: Iterable[OldRule], medias: Sequence[OldRuleMedia], file_id: FileId, tally: Tally
) -> dict[int, RuleContent]:
    """By the number of the rule, which stays: messages name it."""
    by_rule = _by_owner(medias, lambda media: media.regla_id)
    return {rule.id: _content(rule, by_rule[rule.id], file_id, tally) for rule in rules}


def check_rules(contents: dict[int, RuleContent], keywords: Iterable[str], tally: Tally) -> None:
    """Counts what an owner should look at; nothing of it is changed."""
    known, seen = {keyword.lower() for keyword in keywords}, set[tuple[str, str]]()
    for rule_id, rule in sorted(contents.items()):
        kind = read_kind(rule.kind)
        if kind is RuleKind.TEXT and normalise(rule.kind) not in KNOWN_TEXT:
            tally.mend(Mend.UNKNOWN_KIND, f"#{rule_id} {rule.kind}")
        if kind in MENUS and parse_menu(rule.options, kind) is None:
            tally.mend(Mend.BROKEN_OPTIONS, f"#{rule_id}")
        if kind in MEDIA and not rule.medias:
            tally.mend(Mend.NO_MEDIA, f"#{rule_id}")
        if rule.role_keyword and rule.role_keyword.lower() not in known:
            tally.mend(Mend.UNKNOWN_KEYWORD, f"#{rule_id} {rule.role_keyword}")
        keys = {(step_key(rule.step), normalise(each) or each) for each in split_triggers(rule.triggers)}
        if keys and keys <= seen:
            tally.mend(Mend.SAME_TRIGGERS, f"#{rule_id}")
        seen |= keys


def replies_of(
    replies: Iterable[OldReply], medias: Sequence[OldReplyMedia], file_id: FileId, tally: Tally
) -> list[ReplyContent]:
    by_reply = _by_owner(medias, lambda media: media.boton_id)
    return [_reply(reply, by_reply[reply.id], file_id, tally) for reply in replies]


def names_in(
    rows: Iterable[OldRule | OldReply], medias: Iterable[OldRuleMedia | OldReplyMedia], uploads: Uploads
) -> set[str]:
    """Files of the folder that these name."""
    found = {uploads.name_in(url) for each in (*rows, *medias) for url in _urls(each.media_url)}
    return {name for name in found if name}


def _content(rule: OldRule, medias: Sequence[OldRuleMedia], file_id: FileId, tally: Tally) -> RuleContent:
    refs = [MediaRef(each.media_url or "", _mime(each.media_url, each.media_tipo), file_id(each.media_url or ""))
            for each in medias if (each.media_url or "").strip()]  # fmt: skip
    if not refs and read_kind(rule.tipo) in MEDIA and (url := (rule.media_url or "").strip()):
        tally.mend(Mend.MIRRORED, f"#{rule.id}")
        refs = [MediaRef(url, _mime(url, rule.media_tipo), file_id(url))]
    return RuleContent(
        step=(rule.step or "").strip(),
        triggers=rule.input_text or "",
        text=rule.respuesta or "",
        next_steps=rule.siguiente_step or "",
        kind=(rule.tipo or "texto").strip()[:20] or "texto",
        options=(rule.opciones or "").strip(),
        role_keyword=(rule.rol_keyword or "").strip()[:20],
        formula=rule.calculo or "",
        handler=(rule.handler or "").strip()[:50],
        medias=tuple(refs),
    )


def _reply(reply: OldReply, medias: Sequence[OldReplyMedia], file_id: FileId, tally: Tally) -> ReplyContent:
    told = [(each.media_url or "", each.media_tipo) for each in medias if (each.media_url or "").strip()]
    if not told and reply.media_url and (urls := _urls(reply.media_url)):
        tally.mend(Mend.MIRRORED, f"botones {reply.id}")
        told = [(url, None) for url in urls]
    files = tuple(ReplyFile(url, _mime(url, mime), file_id(url)) for url, mime in told)
    text = reply.mensaje or ""
    name = (reply.nombre or "").strip() or " ".join(text.split()[:FIRST_WORDS])
    return ReplyContent(name[:100], text, ALL, (), files)


def _urls(cell: str | None) -> list[str]:
    """Old forms took several addresses in one field."""
    return [url for line in (cell or "").splitlines() for part in line.split(",") if (url := part.strip())]


def _mime(url: str | None, told: str | None) -> str:
    """What the column says may be cut at 20 letters: then the name of the file tells better."""
    bare = (told or "").partition(";")[0].strip().lower()
    guessed = guess_type((url or "").partition("?")[0])[0] or ""
    return guessed if not bare or (guessed.startswith(bare) and guessed != bare) else bare


def _by_owner(medias: Iterable[T], owner: Callable[[T], int]) -> defaultdict[int, list[T]]:
    found = defaultdict[int, list[T]](list)
    for media in sorted(medias, key=lambda each: each.id):
        found[owner(media)].append(media)
    return found

"""Turns a rule and its filled text into the messages to send, in order."""

from waia.bot.flow import FlowSettings, Media, Rule
from waia.bot.kinds import MEDIA_KINDS, MENU_KINDS, RuleKind
from waia.bot.options import as_numbered_text
from waia.bot.talk import Reply

LONGEST_CAPTION = 1024
_KIND_OF_MIME = {"image": RuleKind.IMAGE, "video": RuleKind.VIDEO, "audio": RuleKind.AUDIO}


def replies_of(rule: Rule, text: str, settings: FlowSettings) -> list[Reply]:
    """Nothing for a rule without text, media or menu: it only jumps. A kind without its part is text."""
    if rule.kind in MEDIA_KINDS and rule.media:
        return _media(rule, text)
    if rule.kind in MENU_KINDS and rule.menu is not None and rule.menu.options:
        reply = Reply(rule.id, rule.step, rule.kind, text if text.strip() else settings.menu_text, menu=rule.menu)
        return [_numbered_if_refused(reply, settings)]
    return [_text(rule, text)] if text.strip() else []


def _text(rule: Rule, text: str) -> Reply:
    return Reply(rule.id, rule.step, RuleKind.TEXT, text)


def _media(rule: Rule, text: str) -> list[Reply]:
    """The text is the first one's caption; where it cannot be (audio, too long) it goes ahead."""
    kinds = [_kind_of(item, rule.kind) for item in rule.media]
    own_message = bool(text.strip()) and (kinds[0] is RuleKind.AUDIO or _units(text) > LONGEST_CAPTION)
    caption = "" if own_message else text
    replies = [_text(rule, text)] if own_message else []
    for kind, item in zip(kinds, rule.media, strict=True):
        replies.append(Reply(rule.id, rule.step, kind, caption, media=item))
        caption = ""
    return replies


def _kind_of(media: Media, kind: RuleKind) -> RuleKind:
    """A rule may mix kinds: the file's own type decides, except that anything may be sent as a document."""
    family = (media.mime or "").partition("/")[0].strip().lower()
    if kind is RuleKind.DOCUMENT or not family:
        return kind
    return _KIND_OF_MIME.get(family, RuleKind.DOCUMENT if family in ("application", "text") else kind)


def _units(text: str) -> int:
    """UTF-16 units: the careful count, in which an emoji is two."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _numbered_if_refused(reply: Reply, settings: FlowSettings) -> Reply:
    refusal = settings.channel_refusal(reply) if settings.channel_refusal else None
    if refusal is None or reply.menu is None:
        return reply
    text = as_numbered_text(reply.text, reply.menu)
    return Reply(reply.rule_id, reply.step, RuleKind.TEXT, text, numbered=refusal)

"""The phone page as plain values: who can be chosen, what stands in the chat, which faults are armed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from waia.simulator.ledger import Line
from waia.simulator.people import Customer, IdentityMode
from waia.simulator.phone_bubble import Bubble, Content, Quote
from waia.simulator.phone_content import content_of
from waia.simulator.phone_faults import Fault, faults_of
from waia.simulator.phone_text import is_only_emoji, pieces
from waia.simulator.records import SentMessage
from waia.simulator.wire import Json
from waia.simulator.world import World

HUES = 8
LAST_LINES = 200
PREVIEW_LENGTH = 60
GROUP = timedelta(minutes=3)
TYPING_LASTS = timedelta(seconds=25)
NOT_DRAWN = frozenset({"reaction", "edit", "revoke", "system", "request_welcome"})


@dataclass(frozen=True, slots=True)
class Face:
    """A customer in the list. `address` is what the business can see; `words` those of the last message."""

    key: str
    name: str
    initial: str
    hue: int
    address: str
    hidden: bool
    preview: Content | None
    words: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Phone:
    """`last_own` is the customer's last message, whose reasons are shown beside; empty before the first."""

    customer: Face
    people: tuple[Face, ...]
    shop: str
    bubbles: tuple[Bubble, ...]
    last_own: str
    typing: bool
    now: datetime
    ahead: timedelta
    faults: tuple[Fault, ...]
    version: int


def phone_of(world: World, customer_key: str, pnid: str, zone: tzinfo) -> Phone:
    lines = world.thread(customer_key, pnid)
    people = tuple(_face(world, pnid, n, person) for n, person in enumerate(world.customers.values()))
    shown = _arrived(world, lines)
    return Phone(
        customer=next(face for face in people if face.key == customer_key),
        people=people,
        shop=world.numbers[pnid].verified_name,
        bubbles=_bubbles(shown, lines, zone),
        last_own=next((line.wamid for line in reversed(shown) if _is_own(line)), ""),
        typing=_is_typing(world, lines),
        now=world.clock.business(),
        ahead=world.clock.business() - world.clock.real(),
        faults=faults_of(world.faults),
        version=world.changed.version,
    )


def _face(world: World, pnid: str, number: int, person: Customer) -> Face:
    drawn = _arrived(world, world.thread(person.key, pnid))
    last = drawn[-1] if drawn else None
    content = content_of(last.payload) if last else None
    hidden = person.mode is IdentityMode.BSUID_ONLY
    phone = f"+{person.wa_id}" if person.wa_id and not hidden else ""
    return Face(
        key=person.key,
        name=person.name,
        initial=person.name[:1].upper(),
        hue=number % HUES,
        address=phone or (f"@{person.username}" if person.username else ""),
        hidden=hidden,
        preview=content,
        words=_words(content) if content else "",
        at=last.at if last else None,
    )


def _words(content: Content) -> str:
    """In one line, without the signs of bold and italic."""
    text = "".join(piece.text for piece in pieces(content.text)) or content.title
    return " ".join(text.split())[:PREVIEW_LENGTH]


def _arrived(world: World, lines: Sequence[Line]) -> list[Line]:
    """What a phone would show: not what Meta will refuse to deliver."""
    return [line for line in lines if line.kind not in NOT_DRAWN and not _is_undelivered(world, line)]


def _is_undelivered(world: World, line: Line) -> bool:
    if not isinstance(line, SentMessage):
        return False
    shipment = world.ledger.shipment(line.wamid)
    return line.status == "failed" or (shipment is not None and shipment.failure is not None)


def _bubbles(shown: Sequence[Line], lines: Sequence[Line], zone: tzinfo) -> tuple[Bubble, ...]:
    by_id, reactions = {line.wamid: line for line in lines}, _reactions(lines)
    drawn = [_bubble(line, before, by_id, reactions, zone) for before, line in zip([None, *shown], shown, strict=False)]
    edits, revoked = _changes(lines)
    return tuple(_changed(bubble, edits, revoked) for bubble in drawn[-LAST_LINES:])


def _changes(lines: Sequence[Line]) -> tuple[Mapping[str, str], frozenset[str]]:
    """New texts by message id, and what was deleted for everybody."""
    edits = {}
    for line in lines:
        if line.kind == "edit":
            told = line.payload["edit"]
            edits[str(told["original_message_id"])] = content_of(told["message"]).text
    revoked = {str(line.payload["revoke"]["original_message_id"]) for line in lines if line.kind == "revoke"}
    return edits, frozenset(revoked)


def _changed(bubble: Bubble, edits: Mapping[str, str], revoked: frozenset[str]) -> Bubble:
    if bubble.wamid in revoked:
        return replace(bubble, content=Content("revoked"), pieces=(), reactions=(), quote=None, revoked=True)
    if bubble.wamid in edits:
        text = edits[bubble.wamid]
        return replace(bubble, content=replace(bubble.content, text=text), pieces=pieces(text), edited=True)
    return bubble


def _bubble(
    line: Line,
    before: Line | None,
    by_id: Mapping[str, Line],
    reactions: Mapping[str, tuple[str, ...]],
    zone: tzinfo,
) -> Bubble:
    content = content_of(line.payload)
    starts_day = before is None or before.at.astimezone(zone).date() != line.at.astimezone(zone).date()
    follows = before is not None and _is_own(before) == _is_own(line) and line.at - before.at < GROUP
    return Bubble(
        wamid=line.wamid,
        own=_is_own(line),
        at=line.at,
        content=content,
        pieces=pieces(content.text),
        only_emoji=is_only_emoji(content.text),
        starts_day=starts_day,
        starts_group=starts_day or not follows,
        seen=not isinstance(line, SentMessage) and line.seen_by_business,
        quote=_quote(by_id.get(_quoted(line.payload))),
        reactions=reactions.get(line.wamid, ()),
    )


def _is_own(line: Line) -> bool:
    return not isinstance(line, SentMessage) and not line.echo


def _quoted(payload: Json) -> str:
    context = payload.get("context") or {}
    return str(context.get("message_id") or context.get("id") or "")


def _quote(line: Line | None) -> Quote | None:
    if line is None:
        return None
    content = content_of(line.payload)
    return Quote(_is_own(line), content.text or content.title, content.kind)


def _reactions(lines: Iterable[Line]) -> Mapping[str, tuple[str, ...]]:
    """By message: the last emoji of each side; one taken back is gone."""
    latest: defaultdict[str, dict[bool, str]] = defaultdict(dict)
    for line in lines:
        if line.kind == "reaction":
            told = line.payload["reaction"]
            latest[told["message_id"]][_is_own(line)] = told.get("emoji") or ""
    return {wamid: tuple(filter(None, by_side.values())) for wamid, by_side in latest.items()}


def _is_typing(world: World, lines: Sequence[Line]) -> bool:
    """The business shows that it writes, until it has written."""
    mark = world.marks[-1] if world.marks else None
    if mark is None or not mark.typing or world.clock.business() - mark.at > TYPING_LASTS:
        return False
    return bool(lines) and lines[-1].wamid == mark.wamid

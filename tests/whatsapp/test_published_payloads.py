"""Bodies published by Meta and by other projects, read against what a correct receiver must recognise.

The folder is not part of the repository; `WAIA_PAYLOADS` names it.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from waia.whatsapp.inbound import Inbound, Sender, read, split
from waia.whatsapp.received import (
    AccountEvent,
    Call,
    ContactSync,
    Echo,
    Edit,
    HistoryMessage,
    InboundMessage,
    Preference,
    Reaction,
    Revoke,
    Said,
    Status,
    SystemChange,
)
from waia.whatsapp.signature import is_signed

SECRET = b"test-app-secret"
FOLDER = os.environ.get("WAIA_PAYLOADS", "")

if not FOLDER:
    pytest.skip("set WAIA_PAYLOADS to the folder of published payloads", allow_module_level=True)

EXPECTED: dict[str, dict[str, Any]] = json.loads((Path(FOLDER) / "expected.json").read_text())


def received(name: str) -> list[Inbound]:
    found = split((Path(FOLDER) / name).read_bytes())
    assert not found.unparsable
    return [read(item.kind, item.payload) for item in found.items]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_published_body_is_recognised(name: str) -> None:
    told, wanted = received(name), EXPECTED[name]
    seen = {
        "messages": list(messages(told)),
        "reactions": list(reactions(told)),
        "edits": [act(each) for each in told if isinstance(each, Edit)],
        "revokes": [act(each) for each in told if isinstance(each, Revoke)],
        "system": [{"id": each.id, "event": each.event} for each in told if isinstance(each, SystemChange)],
        "statuses": [status(each) for each in told if isinstance(each, Status) and not each.is_call],
        "call_statuses": [status(each) for each in told if isinstance(each, Status) and each.is_call],
        "echoes": [echo(each) for each in told if isinstance(each, Echo)],
        "calls": [
            {"id": each.id, "event": each.event, "direction": each.direction} for each in told if isinstance(each, Call)
        ],
        "preferences": list(preferences(told)),
        "errors": [each.code for each in told if isinstance(each, AccountEvent) and each.event == "error"],
        "history": [each.message.id for each in told if isinstance(each, HistoryMessage)],
    }
    for part, values in seen.items():
        assert values == wanted.get(part, []), part


@pytest.mark.parametrize("name", [name for name in EXPECTED if "account_events" in EXPECTED[name]])
def test_an_event_of_the_account_is_named(name: str) -> None:
    seen = [
        (
            ("smb_app_state_sync", None) if isinstance(each, ContactSync) else (each.field, each.event)  # type: ignore[union-attr]
        )
        for each in received(name)
    ]
    for wanted, (field, event) in zip(EXPECTED[name]["account_events"], seen, strict=True):
        assert wanted["field"] in {None, field}
        assert wanted["event"] in {None, event}


@pytest.mark.parametrize("name", EXPECTED)
def test_only_what_a_person_sent_opens_the_window_and_wakes_the_bot(name: str) -> None:
    told, wanted = received(name), EXPECTED[name]
    sent = [each for each in told if isinstance(each, InboundMessage)]
    assert sum(each.runs_bot for each in sent) <= wanted["bot_may_reply"]
    opened = any(each.opens_window for each in sent)
    assert wanted["opens_window"] in {opened, "either"}


@pytest.mark.parametrize("name", [name for name in EXPECTED if EXPECTED[name]["bot_may_reply"]])
def test_the_bot_is_not_silent_where_it_may_answer(name: str) -> None:
    kinds = {each.kind for each in received(name) if isinstance(each, InboundMessage) and not each.runs_bot}
    assert kinds <= {"payment_method"}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_published_signature_fits_and_a_wrong_one_does_not(name: str) -> None:
    body, signature = (Path(FOLDER) / name).read_bytes(), EXPECTED[name]["signature"].encode()
    assert is_signed(body, signature, [SECRET])
    assert not is_signed(body + b" ", signature, [SECRET])


@pytest.mark.parametrize("name", EXPECTED)
def test_every_item_of_a_number_is_routed_to_it(name: str) -> None:
    numbers = {item.phone_number_id for item in split((Path(FOLDER) / name).read_bytes()).items}
    assert numbers - {None} <= {*EXPECTED[name]["phone_number_ids"], "TEST987654321"}


def person(sender: Sender) -> dict[str, str]:
    names = ("wa_id", "user_id", "parent_user_id", "username", "name")
    return {name: getattr(sender, name) for name in names if getattr(sender, name)}


def messages(told: list[Inbound]) -> Iterator[dict[str, Any]]:
    for each in told:
        if isinstance(each, InboundMessage):
            extra: dict[str, Any] = {
                "text": each.text if each.kind in WITH_TEXT else "",
                "reply_to": each.quoted_id,
                "group_id": each.group_id,
                "error_codes": [error.code for error in each.errors],
                "referral": each.referral is not None,
            }
            found = {"id": each.id, "kind": each.kind.value, "from": person(each.sender)}
            yield {**found, **{key: value for key, value in extra.items() if value}}


WITH_TEXT = {"text", "image", "video", "document", "button", "button_reply", "list_reply"}


def reactions(told: list[Inbound]) -> Iterator[dict[str, Any]]:
    for each in told:
        if isinstance(each, Reaction):
            yield {**act(each), "emoji": each.emoji}


def act(each: Reaction | Edit | Revoke) -> dict[str, Any]:
    return {"id": each.id, "target": each.target_id, "by": person(each.sender)}


def status(each: Status) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": each.id,
        "status": each.status,
        "recipient": None if each.is_call else each.recipient_id,
        "recipient_user_id": None if each.recipient_id else each.recipient_user_id,
        "participant": each.participant,
        "opaque": None if each.is_call else each.opaque,
        "error_codes": [error.code for error in each.errors],
    }
    return {key: value for key, value in found.items() if value}


def echo(each: Echo) -> dict[str, Any]:
    kinds: list[tuple[type[Said], Callable[[Any], str]]] = [
        (InboundMessage, lambda said: str(said.kind)),
        (Edit, lambda said: "edit"),
        (Revoke, lambda said: "revoke"),
    ]
    kind = next(name(each.message) for cls, name in kinds if isinstance(each.message, cls))
    ids = {key: value for key, value in person(each.to).items() if key in {"wa_id", "user_id"}}
    return {"id": each.message.id, "kind": kind, "to": ids}


def preferences(told: list[Inbound]) -> Iterator[dict[str, Any]]:
    for each in told:
        if isinstance(each, Preference):
            ids = {"wa_id": each.customer.wa_id, "user_id": each.customer.user_id}
            yield {**ids, "value": each.value}

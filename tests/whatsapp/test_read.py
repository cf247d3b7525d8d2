"""Items become values: what was said, by whom, and whether it opens the window or wakes the bot."""

import itertools
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.whatsapp.bodies import NAMES, body, received
from waia.whatsapp.inbound import ItemKind, MessageKind, read, settled, split
from waia.whatsapp.received import (
    AccountEvent,
    Call,
    ContactSync,
    Echo,
    Edit,
    HistoryMessage,
    Ignored,
    InboundMessage,
    Preference,
    Reaction,
    Revoke,
    Severity,
    Status,
    SystemChange,
    SystemEvent,
)


def messages(name: str) -> list[InboundMessage]:
    return [each for each in received(name) if isinstance(each, InboundMessage)]


def test_a_text_tells_who_what_and_when() -> None:
    (message,) = messages("text")
    assert (message.kind, message.text) == (MessageKind.TEXT, "Hola, ¿tienen tiquetes a Cali?")
    assert message.timestamp == datetime(2026, 9, 21, 14, 13, 21, tzinfo=UTC)
    assert (message.phone_number_id, message.id) == ("900100", "wamid.CARLA001=")
    sender = message.sender
    assert (sender.wa_id, sender.user_id, sender.parent_user_id) == ("573009998877", "CO.1111", "CO.ENT.9")
    assert (sender.name, sender.username) == ("Carla Ríos", "carla.rios")
    assert message.opens_window
    assert message.runs_bot


def test_a_person_without_a_visible_phone_is_known_by_user_id() -> None:
    (message,) = messages("text_hidden_phone")
    assert (message.sender.wa_id, message.sender.user_id) == (None, "CO.1111")
    assert message.sender.is_known


def test_the_advert_and_the_quote_of_a_message_are_kept() -> None:
    (message,) = messages("text_reply_from_ad")
    assert message.quoted_id == "wamid.OURS1="
    assert message.referral is not None
    assert (message.referral.ctwa_clid, message.referral.welcome_text) == ("click-1", "¡Hola!")


def test_files_are_described_and_not_fetched() -> None:
    image, voice, audio, document, video, sticker, failed = messages("media")
    assert image.media is not None
    assert (image.media.id, image.media.mime, image.text) == ("111", "image/jpeg", "mi pasaporte")
    assert (voice.kind, audio.kind) == (MessageKind.VOICE, MessageKind.AUDIO)
    assert document.media is not None
    assert document.media.filename == "cédula.pdf"
    assert video.kind is MessageKind.VIDEO
    assert sticker.media is not None
    assert sticker.media.animated
    assert (failed.kind, failed.media) == (MessageKind.IMAGE, None)
    assert [error.code for error in failed.errors] == [131052]


def test_a_tap_tells_the_option_and_its_label() -> None:
    button, row, template, *_ = messages("taps")
    assert (button.kind, button.option_id, button.text) == (MessageKind.BUTTON_REPLY, "op-1", "Sí")
    assert button.quoted_id == "wamid.OURS2="
    assert (row.kind, row.option_id, row.text) == (MessageKind.LIST_REPLY, "op-2", "Cali")
    assert (template.kind, template.option_id, template.text) == (MessageKind.BUTTON, "BAJA", "No quiero más")


def test_the_answers_of_a_form_are_read_even_when_broken() -> None:
    whole, broken = [message for message in messages("taps") if message.kind is MessageKind.FLOW_REPLY]
    assert json.loads(whole.details)["response"]["fecha"] == "2026-11-20"
    assert json.loads(broken.details)["response"] == "{broken"


def test_a_permission_that_nobody_gave_opens_no_window() -> None:
    (permission,) = [each for each in messages("taps") if each.kind is MessageKind.CALL_PERMISSION_REPLY]
    assert not permission.opens_window
    assert not permission.runs_bot


def test_a_reply_of_tomorrow_is_a_placeholder_with_everything_in_it() -> None:
    unknown = messages("taps")[-1]
    assert (unknown.kind, unknown.runs_bot) == (MessageKind.UNKNOWN, False)
    assert json.loads(unknown.details)["interactive"]["product_reply"] == {"id": "7"}


def test_places_cards_and_orders_are_read() -> None:
    place, card, order, *_ = messages("things")
    assert place.location is not None
    assert (place.location.latitude, place.location.name) == (3.4516, "Terminal")
    (pedro,) = card.contacts
    assert (pedro.name, pedro.phones[0].wa_id, pedro.emails) == ("Pedro Paz", "573001", ("p@example.com",))
    assert (pedro.organization, pedro.origin) == ("Gerente, Paz SAS", "contact_request")
    assert order.order is not None
    assert (order.order.total, order.text) == (Decimal("25.00"), "Para hoy")


def test_what_cannot_be_shown_never_wakes_the_bot() -> None:
    unsupported, unknown = messages("things")[-2:]
    assert (unsupported.kind, unsupported.opens_window) == (MessageKind.UNSUPPORTED, False)
    assert unsupported.errors[0].details == "not supported"
    assert unknown.kind is MessageKind.UNKNOWN
    assert not unsupported.runs_bot
    assert not unknown.runs_bot


def test_reactions_edits_and_revokes_are_no_messages() -> None:
    added, removed, edit, revoke = received("acts")
    assert isinstance(added, Reaction)
    assert isinstance(removed, Reaction)
    assert (added.target_id, added.emoji, removed.emoji) == ("wamid.OURS1=", "👍", None)
    assert isinstance(edit, Edit)
    assert (edit.message.id, edit.message.text) == ("wamid.CARLA001=", "Hola, ¿tiquetes a Cali o a Pasto?")
    assert not edit.message.runs_bot
    assert isinstance(revoke, Revoke)
    assert revoke.target_id == "wamid.CARLA001="


def test_a_change_of_number_tells_old_and_new_ids() -> None:
    changed, old_shape, identity = received("system")
    assert isinstance(changed, SystemChange)
    assert (changed.old.wa_id, changed.old.user_id) == ("573009998877", "CO.1111")
    assert (changed.new.wa_id, changed.new.user_id) == ("573005554433", "CO.2222")
    assert isinstance(old_shape, SystemChange)
    assert (old_shape.event, old_shape.new.wa_id) == (SystemEvent.NUMBER_CHANGED, "573006665544")
    assert isinstance(identity, SystemChange)
    assert (identity.event, identity.identity_hash) == (SystemEvent.IDENTITY_CHANGED, "abc")


def test_a_group_message_belongs_to_the_group() -> None:
    (message,) = messages("group")
    assert message.group_id == "Y2FwaV9ncm91cDox"
    assert not message.opens_window
    assert not message.runs_bot


def test_statuses_tell_rank_reason_and_our_own_row() -> None:
    sent, seen, failed, *group = [each for each in received("statuses") if isinstance(each, Status)]
    assert (sent.opaque, sent.pricing_category, sent.billable) == ("row-1", "service", True)
    assert (seen.rank > sent.rank, seen.recipient_id, seen.recipient_user_id) == (True, None, "CO.1111")
    assert (failed.status, failed.errors[0].code) == ("failed", 131047)
    assert [each.participant for each in group] == ["573009998877", "CO.5"]


@pytest.mark.parametrize(
    ("told", "end"),
    [
        (("sent", "delivered", "read", "played"), "played"),
        (("accepted", "sent", "failed"), "failed"),
        (("sent", "delivered", "failed"), "delivered"),
        (("sent", "sent", "warning"), "sent"),
    ],
)
def test_status_permutations_monotonic(told: tuple[str, ...], end: str) -> None:
    for order in itertools.permutations((*told, told[0])):
        known: str | None = None
        for status in order:
            known = settled(known, status)
        assert known == end, order


def test_a_call_of_the_customer_opens_the_window_once() -> None:
    connect, terminate = [each for each in received("calls") if isinstance(each, Call)]
    assert (connect.opens_window, terminate.opens_window, terminate.duration_s) == (True, False, 80)
    (ringing,) = [each for each in received("calls") if isinstance(each, Status)]
    assert (ringing.is_call, ringing.status) == (True, "RINGING")


def test_what_was_sent_from_the_phone_app_is_ours() -> None:
    (echo,) = [each for each in received("coexistence") if isinstance(each, Echo)]
    assert isinstance(echo.message, InboundMessage)
    assert (echo.message.text, echo.to.wa_id, echo.to.user_id) == ("Ya te reservo", "573009998877", "CO.1111")
    assert not echo.message.opens_window
    assert not echo.message.runs_bot


def test_history_is_silent_and_knows_its_direction() -> None:
    old = [each for each in received("coexistence") if isinstance(each, HistoryMessage)]
    assert [each.outbound for each in old] == [True, False, False, False]
    assert {each.customer.wa_id for each in old} == {"573009998877"}
    assert old[0].customer.username == "carla.rios"
    said = [each.message for each in old if isinstance(each.message, InboundMessage)]
    kinds = [MessageKind.TEXT, MessageKind.MEDIA_PLACEHOLDER, MessageKind.TEXT, MessageKind.IMAGE]
    assert [each.kind for each in said] == kinds
    assert not any(each.opens_window or each.runs_bot for each in said)


def test_the_address_book_of_the_app_gives_names() -> None:
    added, removed = [each for each in received("coexistence") if isinstance(each, ContactSync)]
    assert (added.customer.name, added.removed, removed.removed) == ("Carla R.", False, True)


def test_while_metas_agent_holds_the_thread_the_bot_is_silent() -> None:
    (message,) = messages("standby")
    assert message.standby
    assert not message.runs_bot
    assert any(isinstance(each, Status) for each in received("standby"))


def test_events_of_the_account_say_how_bad_they_are_in_words() -> None:
    events = [each for each in received("account") if isinstance(each, AccountEvent)]
    found = {(each.event, each.severity) for each in events}
    assert found == {
        ("ACCOUNT_RESTRICTION", Severity.CRITICAL),
        ("DISABLED_UPDATE", Severity.INFO),
        ("REJECTED", Severity.WARNING),
        ("PAYMENT", Severity.CRITICAL),
        ("ENDPOINT_AVAILABILITY", Severity.WARNING),
        ("error", Severity.CRITICAL),
        ("error", Severity.WARNING),
        ("NEW", Severity.INFO),
    }
    assert all(each.text for each in events)
    rejected = next(each for each in events if each.event == "REJECTED")
    assert "oferta" in rejected.detail
    assert "ABUSIVE_CONTENT" in rejected.detail


def test_a_wish_about_marketing_is_the_customers() -> None:
    (wish,) = [each for each in received("account") if isinstance(each, Preference)]
    assert (wish.value, wish.customer.user_id) == ("stop", "CO.1111")


@pytest.mark.parametrize("kind", ItemKind)
@pytest.mark.parametrize("payload", [b"", b"{}", b"5", b'{"item": 5}', b'{"item": {"id": []}}', b"\xff"])
def test_reading_never_raises_whatever_the_row_holds(kind: ItemKind, payload: bytes) -> None:
    assert read(kind, payload) is not None


def test_an_element_that_is_no_object_is_ignored_with_its_bytes() -> None:
    (item,) = split(b'{"entry":[{"id":"1","changes":[{"field":"messages","value":{"messages":["x"]}}]}]}').items
    found = read(item.kind, item.payload)
    assert isinstance(found, Ignored)
    assert '"x"' in found.raw


@pytest.mark.parametrize("name", NAMES)
def test_every_value_of_a_body_survives_without_its_surroundings(name: str) -> None:
    """A worker needs nothing but the item: no two items of a body depend on each other."""
    whole = received(name)
    alone = [read(item.kind, item.payload) for item in reversed(split(body(name)).items)]
    assert list(reversed(alone)) == whole

"""R13 and the channel's limits: from a rule to the messages that are sent."""

from dataclasses import replace

from tests.bot.flows import WAIA, Phone, menu, picture, rule
from waia.bot.models import Media, Menu, Option, Reply, Rule, RuleKind, Section
from waia.bot.options import as_numbered_text

CAPTION = "x" * 1024


def sent(made: Rule) -> list[tuple[str, str]]:
    phone = Phone(made).at("s")
    phone.says("a")
    return [(reply.kind.value, reply.text) for reply in phone.last.replies]


def media_rule(text: str, *media: Media, kind: RuleKind = RuleKind.IMAGE) -> Rule:
    return rule(1, "s", "a", text, kind=kind, media=media)


def test_the_text_is_the_caption_of_the_first_and_the_others_follow_in_order() -> None:
    made = media_rule("Mire", picture("1.jpg"), picture("2.mp4", "video/mp4"), picture("3.pdf", "application/pdf"))
    assert sent(made) == [("image", "Mire"), ("video", ""), ("document", "")]
    phone = Phone(made).at("s")
    phone.says("a")
    assert [reply.media for reply in phone.last.replies] == list(made.media)


def test_audio_has_no_caption_so_its_text_goes_first() -> None:
    made = media_rule("Escuche", picture("1.ogg", "audio/ogg"), kind=RuleKind.AUDIO)
    assert sent(made) == [("texto", "Escuche"), ("audio", "")]


def test_a_caption_that_does_not_fit_goes_first_as_its_own_message() -> None:
    assert sent(media_rule(CAPTION, picture())) == [("image", CAPTION)]
    assert sent(media_rule(CAPTION + "x", picture())) == [("texto", CAPTION + "x"), ("image", "")]
    assert sent(media_rule("😀" * 513, picture()))[0][0] == "texto"


def test_media_without_text_and_without_a_known_type() -> None:
    assert sent(media_rule("", picture(mime=None))) == [("image", "")]
    assert sent(media_rule("x", picture("f.png", "image/png"), kind=RuleKind.DOCUMENT)) == [("document", "x")]
    assert sent(media_rule("", picture("a.ogg", "audio/ogg"), kind=RuleKind.AUDIO)) == [("audio", "")]


def test_a_media_rule_without_media_is_text() -> None:
    assert sent(media_rule("Mire")) == [("texto", "Mire")]


def test_a_menu_rule_without_options_is_text() -> None:
    assert sent(rule(1, "s", "a", "Elija", kind=RuleKind.LIST)) == [("texto", "Elija")]
    assert sent(rule(1, "s", "a", "Elija", kind=RuleKind.BUTTONS, menu=Menu(()))) == [("texto", "Elija")]


def test_a_menu_without_text_gets_one() -> None:
    assert sent(rule(1, "s", "a", "", kind=RuleKind.BUTTONS, menu=menu("Sí"))) == [("boton", WAIA.menu_text)]


def at_most_three(reply: Reply) -> str | None:
    return "too_many_buttons" if reply.menu and len(reply.menu.options) > 3 else None


def test_a_menu_that_the_channel_refuses_goes_as_numbered_text_that_can_be_answered() -> None:
    shows = rule(1, "s", "ver", "Elija", kind=RuleKind.BUTTONS, menu=menu("A>a", "B>b", "C>c", "D>d"))
    settings = replace(WAIA, channel_refusal=at_most_three)
    phone = Phone(shows, rule(2, "d", "@entrada", "llegó a D"), settings=settings).at("s")
    assert phone.says("ver") == ["Elija\n1. A\n2. B\n3. C\n4. D"]
    reply = phone.last.replies[0]
    assert (reply.kind, reply.menu, reply.numbered) == (RuleKind.TEXT, None, "too_many_buttons")
    assert ("channel", "menu_as_text", "too_many_buttons") in phone.last.trace.stages
    assert phone.says("4") == ["llegó a D"]


def test_a_menu_that_the_channel_takes_goes_as_it_is() -> None:
    shows = rule(1, "s", "ver", "Elija", kind=RuleKind.BUTTONS, menu=menu("A>a"))
    phone = Phone(shows, settings=replace(WAIA, channel_refusal=at_most_three)).at("s")
    phone.says("ver")
    assert phone.last.replies[0].menu == shows.menu


def test_a_list_as_text_keeps_its_sections_and_details() -> None:
    one, two = Option("1", "Mesón", "de granito"), Option("2", "Barra")
    shown = Menu((one, two), sections=(Section("Cocina", (one,)), Section("Sala", (two,))))
    assert as_numbered_text("Elija", shown) == "Elija\n\n*Cocina*\n1. Mesón: de granito\n\n*Sala*\n2. Barra"


def test_the_role_of_a_rule_is_added_once() -> None:
    phone = Phone(rule(1, "s", "a", "x", "b, c", role_keyword="ventas"), rule(2, "b", "*", "y", role_keyword="ventas"))
    phone.at("s").says("a")
    assert phone.last.roles_added == ("ventas",)

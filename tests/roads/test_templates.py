"""Templates on the road: read from Meta, filled in, sent; what Meta would refuse never gets there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.media.samples import sample
from tests.road_world import Inside, eventually, inside
from tests.roads.bodies import PNID
from tests.roads.desk import ana_writes
from tests.roads.files_out import attached
from waia.kit.errors import Invalid
from waia.seeds.templates import TEMPLATES
from waia.simulator import Template, TemplateStatus
from waia.simulator.account import template_status
from waia.whatsapp.template_book import read_definition
from waia.whatsapp.template_fill import HeaderFile, fill
from waia.whatsapp.template_form import blanks
from waia.whatsapp.template_repository import Known, approved_templates, sync_of

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
ACCOUNT = "102290129340398"
ANSWERS = {
    "seguimos_en_contacto": {"body.nombre": "Carla"},
    "pedido_listo": {"header.1": "4821", "body.1": "Carla", "body.2": "martes", "button.0": "4821"},
    "oferta_de_la_semana": {
        "header": "https://example.com/meson.jpg", "offer": "2099-01-01T10:00", "body.1": "Carla", "button.0": "GRIS15",
    },
    "como_llegar": {"latitude": "4,6097", "longitude": "-74.0817", "place": "Sala", "body.1": "Carla"},
    "catalogo_de_piedras": {
        "body.1": "Carla", "card.0.header": "https://example.com/a.jpg", "card.1.header": "https://example.com/b.jpg",
    },
    "codigo_de_acceso": {"body.1": "482913"},
    "video_con_formulario": {"header": "https://example.com/obra.mp4", "body.1": "Carla"},
    "factura": {"header": "https://example.com/f/Factura%2031.pdf", "body.1": "Carla"},
}  # fmt: skip
# What the demo's own do not have.
RARE = (
    {
        "name": "video_con_formulario", "language": "es", "category": "UTILITY",
        "components": [
            {"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": "Mira tu obra, {{1}}."},
            {"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Calificar", "flow_id": "1"}]},
        ],
    },
    {
        "name": "factura", "language": "es", "category": "UTILITY",
        "components": [{"type": "HEADER", "format": "DOCUMENT"}, {"type": "BODY", "text": "Tu factura, {{1}}."}],
    },
)  # fmt: skip
EVERY = (*TEMPLATES, *RARE)


@pytest.fixture
async def road(tmp_path: Path, database_url: str) -> AsyncIterator[Inside]:
    async with inside(tmp_path, database_url, WABA_ID=ACCOUNT) as road:
        for told in TEMPLATES:
            road.world.add_template(Template(**told))
        yield road


async def known(road: Inside, words: str = "") -> list[Known]:
    async with road.parts.database.reading() as tx:
        return await approved_templates(tx, ACCOUNT, words)


async def names(road: Inside) -> list[str]:
    return [each.definition.name for each in await known(road)]


async def until_names_are(road: Inside, wanted: set[str]) -> None:
    async def holds() -> bool:
        return set(await names(road)) == wanted

    await eventually(holds, f"the templates are {wanted}")


async def test_the_templates_of_the_account_arrive_and_follow_what_meta_says(road: Inside) -> None:
    everything = {told["name"] for told in TEMPLATES}
    await until_names_are(road, everything)
    key = next(each.id for each in await known(road, "PEDIDO listo") if each.definition.name == "pedido_listo")
    late = road.world.add_template(Template("nueva", "es", [{"type": "BODY", "text": "Hola"}]))
    template_status(road.world, late, TemplateStatus.APPROVED)
    await until_names_are(road, everything | {"nueva"})
    template_status(road.world, late, TemplateStatus.PAUSED)
    await until_names_are(road, everything)
    assert key in {each.id for each in await known(road)}


async def test_a_list_that_meta_does_not_give_is_told_and_the_old_one_stays(road: Inside) -> None:
    await until_names_are(road, {told["name"] for told in TEMPLATES})
    road.world.token = "another"
    late = road.world.add_template(Template("nueva", "es", [{"type": "BODY", "text": "Hola"}]))
    template_status(road.world, late, TemplateStatus.APPROVED)

    async def is_told() -> bool:
        async with road.parts.database.reading() as tx:
            return bool((await sync_of(tx, ACCOUNT)).trouble)

    await eventually(is_told, "the trouble is told")
    assert "nueva" not in await names(road)
    assert "pedido_listo" in await names(road)


@pytest.mark.parametrize("told", EVERY, ids=lambda told: str(told["name"]))
async def test_every_kind_of_part_is_taken_by_meta_and_kept_as_the_customer_reads_it(
    tmp_path: Path, sqlite_url: str, told: dict[str, object]
) -> None:
    async with inside(tmp_path, sqlite_url) as road:
        road.world.add_template(Template(**told))  # type: ignore[arg-type]
        await road.talk("Hola")
        definition = read_definition({**told, "status": "APPROVED"})
        content = fill(definition, ANSWERS[definition.name], road.parts.clock.business())
        await ana_writes(road, 1, content, f"client-{definition.name}"[:40])
        await road.calm()
        sent = road.sent_to("carla")[-1]
        assert (sent.kind, sent.payload["template"]["name"]) == ("template", definition.name)
        row = await road.store.row("SELECT mensaje, status FROM mensajes WHERE tipo = 'asesor_template'")
        assert "{{" not in row.mensaje
        assert row.status > 0


async def test_an_uploaded_file_stands_in_the_header_and_whoever_sees_the_chat_may_open_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    told = next(each for each in RARE if each["name"] == "factura")
    async with inside(tmp_path, sqlite_url) as road:
        road.world.add_template(Template(**told))
        await road.talk("Hola")
        draft = await attached(road, 1, sample("papers.pdf"))
        assert draft.file_id is not None
        file = HeaderFile(draft.file_id, draft.kind, draft.filename)
        content = fill(read_definition({**told, "status": "APPROVED"}), ANSWERS["factura"], NOW, file)
        await ana_writes(road, 1, content, "client-factura", draft=draft)
        await road.calm()
        header = road.sent_to("carla")[-1].payload["template"]["components"][0]["parameters"][0]["document"]
        assert header["filename"] == "papers.pdf"
        assert road.world.media.get(header["id"], PNID).content == sample("papers.pdf").read_bytes()
        assert await road.store.column("SELECT scope FROM media") == ["chat"]


@pytest.mark.parametrize("told", EVERY, ids=lambda told: str(told["name"]))
def test_each_blank_that_is_left_empty_is_refused_before_meta(told: dict[str, object]) -> None:
    definition = read_definition(told)
    needed = [blank.key for blank in blanks(definition) if blank.required]
    assert needed
    for key in needed:
        answers = {name: value for name, value in ANSWERS[definition.name].items() if name != key}
        with pytest.raises(Invalid) as refused:
            fill(definition, answers, NOW)
        assert set(refused.value.errors) == {key}


@pytest.mark.parametrize(
    ("name", "key", "bad"),
    [
        ("pedido_listo", "body.1", "Carla\nGómez"),
        ("pedido_listo", "body.1", "x" * 1_020),
        ("pedido_listo", "header.1", "x" * 58),
        ("oferta_de_la_semana", "header", "http://example.com/a.jpg"),
        ("oferta_de_la_semana", "header", "javascript:alert(1)"),
        ("oferta_de_la_semana", "offer", "2020-01-01T10:00"),
        ("oferta_de_la_semana", "offer", "mañana"),
        ("oferta_de_la_semana", "button.0", "x" * 16),
        ("como_llegar", "latitude", "norte"),
        ("como_llegar", "longitude", "400"),
    ],
)
def test_what_meta_would_refuse_is_told_beside_its_field(name: str, key: str, bad: str) -> None:
    definition = read_definition(next(told for told in TEMPLATES if told["name"] == name))
    with pytest.raises(Invalid) as refused:
        fill(definition, {**ANSWERS[name], key: bad}, NOW)
    assert set(refused.value.errors) == {key}


def test_a_part_that_nobody_knows_makes_a_template_visible_but_not_sendable() -> None:
    definition = read_definition(
        {"name": "raro", "language": "es", "components": [{"type": "BODY", "text": "Hola"}, {"type": "HOLOGRAM"}]}
    )
    assert definition.unknown_part == "HOLOGRAM"
    with pytest.raises(Invalid):
        fill(definition, {}, NOW)


@pytest.mark.parametrize(
    "listed",
    [
        {},
        {"name": 5, "components": "x"},
        {"components": [None, 4, {"type": None}, {"type": "BODY", "text": 7, "example": {"body_text": "a"}}]},
        {"components": [{"type": "CAROUSEL", "cards": [None, {"components": None}]}]},
        {"components": [{"type": "BUTTONS", "buttons": [None, {"type": "URL", "example": []}]}]},
    ],
)
def test_a_malformed_template_is_read_without_an_error(listed: dict[str, object]) -> None:
    assert blanks(read_definition(listed)) == ()

"""What a sheet is read as: columns by name or by the original's order, numbers as written, each error by its cell."""

import asyncio
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from tests.owner.books import book, with_entries
from tests.owner.hostile import PLAIN, READ, REFUSED
from waia.owner.sheets import box
from waia.owner.sheets.comparing import compare
from waia.owner.sheets.kinds import blank
from waia.owner.sheets.reading import read_grid
from waia.owner.sheets.values import Context, Refused, Report, Values
from waia.owner.sheets.writing import write_sheet, write_template

MENU = '{"sections": [{"title": "A", "rows": [{"id": "1", "title": "Uno", "step": "dos"}]}]}'


def rule(**values: str) -> Values:
    return {**blank("reglas"), "step": "menu", "input_text": "hola", "respuesta": "Hola", **values}


def look(folder: Path, content: bytes, kind: str = "reglas", replace_all: bool = False, **current: Values) -> Report:
    """Read and compared in this process, with the same functions as in the child."""
    file = folder / "sheet.xlsx"
    file.write_bytes(content)
    known = {key.removeprefix("r"): values for key, values in current.items()}
    context = Context(kind, known, ["ventas", "admin"], [], replace_all)
    return compare(read_grid(file, kind, lambda _: None), context)


def cells(report: Report) -> list[str]:
    return [problem.cell for problem in report.problems]


def test_columns_are_found_by_their_names_in_any_order(tmp_path: Path) -> None:
    report = look(tmp_path, book(["Respuesta", "otra cosa", "PASO", "input_text"], ["Hola", "x", "menu", "hola"]))
    assert [(item.status, item.values["step"], item.values["respuesta"]) for item in report.items] == [
        ("added", "menu", "Hola")
    ]


def test_without_known_names_the_originals_order_counts_and_the_first_row_is_skipped(tmp_path: Path) -> None:
    row = ["menu", "hola", "Elige", "dos", "lista", None, None, MENU, "ventas", None, None]
    (item,) = look(tmp_path, book(["A", "B", "C"], row)).items
    assert (item.values["step"], item.values["siguiente_step"], item.values["rol_keyword"]) == ("menu", "dos", "ventas")
    assert item.values["opciones"] == MENU


def test_numeric_cells_read_as_they_are_written(tmp_path: Path) -> None:
    (item,) = look(tmp_path, book(["step", "input_text", "respuesta", "maximo"], [1, 2.0, 3.5, 0.25])).items
    assert [item.values[name] for name in ("step", "input_text", "respuesta", "maximo")] == ["1", "2", "3.5", "0.25"]


def test_f1_every_bad_row_gives_an_error_that_names_its_cell(tmp_path: Path) -> None:
    report = look(
        tmp_path,
        book(
            ["step", "input_text", "respuesta", "tipo", "opciones", "rol_keyword", "calculo", "minimo"],
            ["menu", "a", "x", "", "", "", "", ""],
            ["", "", "", "", "", "", "", ""],
            ["", "b", "x", "texto", "", "", "", ""],
            ["menu", "", "x", "texto", "", "", "", ""],
            ["menu", "c", "x", "LISTAS RARAS", "", "", "", ""],
            ["menu", "d", "x", "lista", "{no json", "", "", ""],
            ["menu", "e", "x", "texto", "", "nadie", "", ""],
            ["menu", "f", "x", "texto", "", "", "__import__('os')", "mucho"],
            ["menu", "c", "otra", "texto", "", "", "", ""],
            [5, "g", "numeric step is fine", "texto", "", "", "", ""],
            ["", "", "", "", "", "", "", ""],
        ),
    )
    assert cells(report) == ["A3", "D2", "A4", "B5", "D6", "E7", "F8", "H9", "G9", "A10"]


def test_formulas_and_errors_of_cells_are_named(tmp_path: Path) -> None:
    report = look(tmp_path, book(["step", "input_text", "respuesta"], ["menu", "a", "=1+1"], ["menu", "b", "#REF!"]))
    assert cells(report) == ["C2", "C3"]


def test_a_missing_column_keeps_and_a_blank_cell_clears(tmp_path: Path) -> None:
    before = rule(siguiente_step="dos", rol_keyword="ventas", maximo="6")
    report = look(tmp_path, book(["step", "input_text", "siguiente_step"], ["menu", "hola", None]), r7=before)
    (item,) = report.items
    assert (item.id, item.status, item.changes) == (7, "changed", [("siguiente_step", "dos", "")])
    assert item.values["rol_keyword"] == "ventas"


def test_a14_extra_media_stay_unless_the_column_names_others(tmp_path: Path) -> None:
    files = "https://a.test/1.jpg\nhttps://a.test/2.jpg"
    before = rule(tipo="image", media_url=files, media_tipo="image/jpeg\nimage/png")
    original = ["step", "input_text", "respuesta", "siguiente_step", "tipo", "media_url"]
    for cell in ("https://a.test/1.jpg", None):
        (item,) = look(tmp_path, book(original, ["menu", "hola", "Hola", None, "image", cell]), r1=before).items
        assert item.status == "same"
    (item,) = look(
        tmp_path, book(original, ["menu", "hola", "Hola", None, "image", "https://b.test/9.jpg"]), r1=before
    ).items
    assert item.values["media_url"] == "https://b.test/9.jpg"
    (item,) = look(tmp_path, book(original, ["menu", "hola", "Hola", None, "image", "-"]), r1=before).items
    assert item.values["media_url"] == ""


def test_the_id_comes_first_and_f6_equal_rules_are_each_found_once(tmp_path: Path) -> None:
    first, second = rule(respuesta="Uno"), rule(respuesta="Dos")
    report = look(
        tmp_path,
        book(["id", "step", "input_text", "respuesta"], [2, "menu", "hola", "Dos"], ["", "menu", "HOLA", "Uno"]),
        r1=first,
        r2=second,
    )
    assert [(item.id, item.changes) for item in report.items] == [(2, []), (1, [("input_text", "hola", "HOLA")])]


def test_rules_for_the_same_words_at_different_hours_are_no_repetition(tmp_path: Path) -> None:
    rows = [["menu", "hola", "Abierto", "abierto"], ["menu", "hola", "Cerrado", "cerrado"]]
    sheet = book(["step", "input_text", "respuesta", "condition"], *rows)
    assert [item.status for item in look(tmp_path, sheet).items] == ["added", "added"]
    closed, opened = rule(respuesta="Cerrado", condition="cerrado"), rule(respuesta="Abierto", condition="abierto")
    report = look(tmp_path, sheet, r1=closed, r2=opened)
    assert [(item.id, item.status) for item in report.items] == [(2, "same"), (1, "same")]
    twice = look(tmp_path, book(["step", "input_text", "respuesta", "condition"], *rows, rows[1]))
    assert cells(twice) == ["A4"]


def test_what_goes_out_comes_back_unchanged_and_holds_no_formula(tmp_path: Path) -> None:
    hostile = rule(respuesta='=HYPERLINK("http://x")', input_text="+1, -2, @x", siguiente_step="\tdos\n")
    current = {1: {**hostile, "siguiente_step": "dos"}, 2: rule(step="otro", minimo="0.2", opciones=MENU, tipo="lista")}
    content = write_sheet("reglas", current)
    report = look(tmp_path, content, r1=current[1], r2=current[2])
    assert [item.status for item in report.items] == ["same", "same"]
    assert report.problems == []
    assert b"<f>" not in zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("kind", ["reglas", "botones"])
def test_the_template_can_be_imported_as_it_is(tmp_path: Path, kind: str) -> None:
    report = look(tmp_path, write_template(kind), kind)
    assert [item.status for item in report.items] == ["added"]
    assert report.problems == []


def test_replacing_everything_names_what_would_go(tmp_path: Path) -> None:
    sheet = book(["step", "input_text"], ["menu", "hola"])
    report = look(tmp_path, sheet, replace_all=True, r1=rule(), r2=rule(input_text="adiós"))
    assert report.removed == [(2, "menu · adiós")]


def test_quick_replies_are_found_by_name_and_roles_must_exist(tmp_path: Path) -> None:
    before = {**blank("botones"), "nombre": "saludo", "mensaje": "Hola"}
    rows = book(["nombre", "mensaje", "para"], ["SALUDO", "Hola", None], ["x", "Y", "ventas, nadie"], ["z", None, None])
    report = look(tmp_path, rows, "botones", r1=before)
    assert [(item.id, item.status) for item in report.items] == [(1, "changed"), (None, "added")]
    assert cells(report) == ["C3"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_is_refused_in_words(tmp_path: Path, name: str) -> None:
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(REFUSED[name])
    with pytest.raises(Refused) as told:
        read_grid(file, "reglas", lambda _: None)
    assert told.value.problem.message


@pytest.mark.parametrize("name", READ)
def test_what_is_only_strange_is_read_as_it_is(tmp_path: Path, name: str) -> None:
    content, wanted = READ[name]
    file = tmp_path / "sheet.xlsx"
    file.write_bytes(content)
    (row,) = read_grid(file, "reglas", lambda _: None).rows
    assert [cell.text for cell in row.cells.values()][:2] == wanted


def test_a_sheet_that_lies_about_its_size_or_is_very_wide_is_read_as_it_is(tmp_path: Path) -> None:
    wide = book(["step", "input_text", *[f"c{n}" for n in range(3000)]], ["menu", "hola", *["x"] * 3000])
    xml = zipfile.ZipFile(BytesIO(wide)).read("xl/worksheets/sheet1.xml").decode()
    lying = xml.replace(
        xml[xml.index("<dimension") : xml.index("/>", xml.index("<dimension")) + 2], '<dimension ref="A1:XFD1048576"/>'
    )
    (item,) = look(tmp_path, with_entries(wide, {"xl/worksheets/sheet1.xml": lying.encode()})).items
    assert item.values["step"] == "menu"


async def test_the_child_tells_its_progress_and_one_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    rows = [["menu", f"palabra {n}"] for n in range(600)]
    context, told = Context("reglas", {}, [], []), list[int]()

    async def tell(count: int) -> None:
        told.append(count)

    summary, changes = await box.look_through(book(["step", "input_text"], *rows), context, tmp_path, tell)
    assert (summary.counts["added"], len(summary.items), told) == (600, 300, [250, 500])
    assert len(changes.read_bytes().splitlines()) == 600
    hurried, _ = await box.look_through(PLAIN, context, tmp_path, tell, wall_s=0.01)
    assert [problem.message for problem in hurried.problems] == [box.GAVE_UP]


async def test_a_child_that_wants_too_much_memory_is_told_of_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box, "MEMORY", 16 * 1024 * 1024)
    summary, _ = await box.look_through(PLAIN, Context("reglas", {}, [], []), tmp_path, lambda _: asyncio.sleep(0))
    assert [problem.message for problem in summary.problems] == [box.GAVE_UP]

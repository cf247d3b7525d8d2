"""The form of a quick reply: what it sends, and how it looks before and after."""

import msgspec

from waia.quick_replies.values import ALL, PRIVATE, ReplyContent, ReplyFile, ReplyLine, is_number

LARGEST_FORM = 65_536
SAMPLE_NAME = "Carla Gómez"


class ReplyForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`archivos` are addresses in the order of sending; `direccion` is one more that was typed but not added.

    `seen` names the content that the form was opened with.
    """

    nombre: str = ""
    texto: str = ""
    para: str = ALL
    roles: tuple[str, ...] = ()
    archivos: tuple[str, ...] = ()
    direccion: str = ""
    seen: str = ""

    @property
    def content(self) -> ReplyContent:
        typed = (self.direccion.strip(),) if self.direccion.strip() else ()
        return ReplyContent(
            name=" ".join(self.nombre.split()).removeprefix("/"),
            text=self.texto.replace("\r\n", "\n").strip(),
            audience=self.para,
            role_ids=tuple(int(each) for each in self.roles if is_number(each)),
            files=tuple(ReplyFile(url) for url in (*self.archivos, *typed)),
        )

    @property
    def files(self) -> tuple[ReplyFile, ...]:
        return tuple(ReplyFile(url) for url in self.archivos)


class OrderForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ids in their new order, with commas between; or one, and the place that it shall have, counted from 1."""

    ids: str = ""
    lugar: str = ""

    @property
    def wanted(self) -> list[int]:
        return [int(each) for each in self.ids.split(",") if is_number(each)]

    @property
    def place(self) -> int | None:
        return int(self.lugar) if is_number(self.lugar) else None


def blank_form(is_admin: bool) -> ReplyForm:
    return ReplyForm(para=ALL if is_admin else PRIVATE)


def form_of(line: ReplyLine) -> ReplyForm:
    content = line.content
    files = tuple(file.url for file in content.files)
    role_ids = tuple(map(str, content.role_ids))
    return ReplyForm(content.name, content.text, content.audience, role_ids, files, seen=content.seen)

"""An owner in front of the configuration: builds rules with the mouse, tries them, publishes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from tests.browser.pictures import take_pictures
from waia.bot.menus import parse_menu
from waia.bot.models import Option, RuleKind
from waia.rules.models import RuleRow

DEMO_FILES = Path(__file__).parents[2] / "static" / "demo"
MENUS = {"lista": RuleKind.LIST, "boton": RuleKind.BUTTONS}
IN_DETAILS = ("capture_name", "capture_retry", "formula", "minimum", "maximum")
CHOICES = {"match": "exacta", "at_end": "seguir", "role_keyword": ""}
CHOICES_IN_DETAILS = {"condition": "siempre", "capture_kind": "texto", "unit": ""}


@dataclass(frozen=True)
class Owner:
    page: Page

    async def signs_in(self, name: str, password: str) -> None:
        await self.page.goto("/login")
        await self.page.get_by_label("Usuario").fill(name)
        await self.page.get_by_label("Contraseña").fill(password)
        await self.page.get_by_role("button", name="Entrar").click()
        await self.page.get_by_role("link", name="Configuración").click()

    async def opens(self, tab: str) -> None:
        await self.page.locator(".owner__tab, .flow__section").get_by_text(tab, exact=True).click()

    async def adds_role(self, name: str, keyword: str) -> None:
        await self.opens("Roles")
        await self.page.get_by_role("button", name="Nuevo rol").click()
        form = self.page.get_by_role("form", name="Nuevo rol")
        await form.get_by_label("Nombre").fill(name)
        await form.get_by_label("Palabra clave").fill(keyword)
        await form.get_by_role("button", name="Guardar").click()
        await expect(self.page.locator(".keyword", has_text=keyword)).to_be_visible()

    async def removes_rules(self) -> None:
        """All that are there."""
        kept = self.page.locator(".rule:not(.rule--removed)")
        for left in range(await kept.count(), 0, -1):
            await kept.first.get_by_title("Más").click()
            await kept.first.get_by_role("button", name="Quitar").click()
            await expect(kept).to_have_count(left - 1)

    async def writes_rule(self, rule: RuleRow) -> None:
        await self.page.get_by_role("button", name="Nueva regla").click()
        form = self.page.locator("#new-rules .rule--open")
        await self._chooses_kind(form, rule)
        for name in ("step", "triggers", "text", "next_steps"):
            if told := getattr(rule, name):
                await form.locator(f"[name={name}]").fill(told)
        await _choose(form, rule, CHOICES)
        if any(getattr(rule, name) is not None for name in IN_DETAILS) or rule.condition not in {None, "siempre"}:
            await form.locator("summary", has_text="Horario, datos y cálculo").click()
            for name in IN_DETAILS:
                if (value := getattr(rule, name)) is not None:
                    await form.locator(f"[name={name}]").fill(str(value))
            await _choose(form, rule, CHOICES_IN_DETAILS)
        await form.get_by_role("button", name="Guardar en el borrador").click()
        await expect(form).to_have_count(0)

    async def tries(self, words: str, answer: str) -> None:
        """On the phone beside the rules."""
        phone = self.page.locator("#try")
        await phone.locator("[data-text]").fill(words)
        await phone.get_by_role("button", name="Enviar").click()
        await expect(phone.locator(".turn").last).to_contain_text(answer)

    async def taps(self, option: str, answer: str) -> None:
        phone = self.page.locator("#try")
        await phone.locator(".pocket__option", has_text=option).last.click()
        await expect(phone.locator(".turn").last).to_contain_text(answer)

    async def publishes(self) -> None:
        await self.page.get_by_role("link", name="Revisar y publicar").click()
        await self.page.get_by_role("button", name="Publicar ").click()
        await expect(self.page.get_by_text("Los clientes ya reciben estas respuestas.")).to_be_visible()

    async def pictures(self, name: str, looks: Sequence[str] = ("wide", "phone", "dark")) -> None:
        await take_pictures(self.page, name, looks)

    async def _chooses_kind(self, form: Locator, rule: RuleRow) -> None:
        kind = rule.kind or "texto"
        if kind == "texto":
            return
        await form.locator("[name=kind]").select_option(kind)
        if kind in MENUS:
            await _writes_options(form, rule)
            return
        async with self.page.expect_file_chooser() as chooser:
            await form.get_by_text("Subir archivo").click()
        for media in rule.medias:
            await (await chooser.value).set_files(DEMO_FILES / Path(media.url).name)
        await expect(form.locator(".media-line")).to_have_count(len(rule.medias))


async def _writes_options(form: Locator, rule: RuleRow) -> None:
    menu = parse_menu(rule.options or "", MENUS[rule.kind])
    assert menu is not None
    for count in range(1, len(menu.options)):
        await expect(form.locator(".option")).to_have_count(count)
        await form.get_by_role("button", name="Agregar opción").click()
    await expect(form.locator(".option")).to_have_count(len(menu.options))
    for place, option in enumerate(menu.options):
        line = form.locator(".option").nth(place)
        for name, words in _option_words(option, {part.options[0]: part.title for part in menu.sections}):
            await line.locator(f"[name=option_{name}]").fill(words)
    frame = {"header": menu.header, "footer": menu.footer, "button": menu.button}
    for name, words in frame.items() if menu.sections else ():
        await form.locator(f"[name={name}]").fill(words)


def _option_words(option: Option, sections: dict[Option, str]) -> list[tuple[str, str]]:
    told = {"title": option.title, "target": option.target, "description": option.description}
    return [(name, words) for name, words in {**told, "section": sections.get(option, "")}.items() if words]


async def _choose(form: Locator, rule: RuleRow, choices: dict[str, str]) -> None:
    for name, usual in choices.items():
        if (getattr(rule, name) or usual) != usual:
            await form.locator(f"[name={name}]").select_option(getattr(rule, name))

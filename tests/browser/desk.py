"""The panel as an agent uses it: the list, the chat that is open, and its composer."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True)
class Desk:
    page: Page

    def row(self, name: str) -> Locator:
        return self.page.locator("#chats > li").filter(has=self.page.locator(".row__name", has_text=name))

    async def names(self) -> list[str]:
        """Who is in the list, from the top."""
        return [name.strip() for name in await self.page.locator("#chats .row__name").all_inner_texts()]

    async def count(self, tab: str) -> int:
        """The number on a tab: sin_responder, mios, no_leidos."""
        shown = self.page.locator(f"#counts [data-view={tab}] .tab__count")
        return int(await shown.inner_text()) if await shown.count() else 0

    def tab_count(self, tab: str) -> Locator:
        return self.page.locator(f"#counts [data-view={tab}]")

    async def open(self, name: str) -> int:
        """Click the chat in the list; its id."""
        await self.row(name).locator("a").click()
        await expect(self.page.locator("#conversation-title")).to_have_text(name)
        return await self.chat_id()

    async def chat_id(self) -> int:
        return int(await self.page.locator("#conversation").get_attribute("data-chat") or 0)

    @property
    def field(self) -> Locator:
        return self.page.get_by_label("Mensaje", exact=True)

    async def writes(self, words: str) -> None:
        await self.field.fill(words)
        await self.field.press("Enter")

    def bubble(self, words: str, author: str = "") -> Locator:
        """Messages with these words; `author` is customer, bot, user or system."""
        return self.page.locator(f".message{f'--{author}' if author else ''}", has_text=words)

    async def texts(self, author: str = "") -> list[str]:
        bubbles = self.page.locator(f".message{f'--{author}' if author else ''} .bubble__words")
        return [text.strip() for text in await bubbles.all_text_contents()]

    @property
    def holder(self) -> Locator:
        return self.page.locator(".holder .holder__who")

    async def presses(self, name: str) -> None:
        """A button of the holder strip."""
        await self.page.locator(".holder").get_by_role("button", name=name, exact=True).click()

    async def asks_why(self, bubble: Locator) -> Locator:
        """Open the reasons of a customer's message; the dialog."""
        await bubble.hover()
        await bubble.get_by_role("button", name="¿Por qué el bot respondió o calló?").click()
        dialog = self.page.get_by_role("dialog", name="¿Por qué esta respuesta?")
        await expect(dialog).to_be_visible()
        return dialog

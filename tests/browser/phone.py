"""The phone page of the demo as a customer uses it."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True)
class Phone:
    page: Page

    async def says(self, words: str) -> None:
        """Types and sends; the field is empty when the message is on its way."""
        field = self.page.locator("#phone-text")
        await field.fill(words)
        await field.press("Enter")
        await expect(field).to_have_value("")

    async def sends(self, sample: str) -> None:
        """One of the samples behind the paper clip, by its name on screen."""
        await self.page.get_by_role("button", name="Enviar otra cosa").click()
        await self.page.get_by_role("dialog").get_by_role("button", name=sample, exact=True).click()
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    def own(self, words: str) -> Locator:
        return self.page.locator(".said--own", has_text=words)

    def heard(self, words: str) -> Locator:
        return self.page.locator(".said--shop", has_text=words)

    async def talk(self) -> list[tuple[str, str]]:
        """(who, words) of every message, oldest first."""
        found = await self.page.locator(".said").evaluate_all(
            """all => all.map(said => [
                said.classList.contains("said--own") ? "customer" : "shop",
                said.querySelector(".said__words").textContent.trim(),
            ])"""
        )
        return [(str(who), str(words)) for who, words in found]

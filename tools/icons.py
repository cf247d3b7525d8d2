"""Draws the icons that phones want as PNG from static/icon.svg, with Chromium: static/icons/*.png."""

import re
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

STATIC = Path(__file__).resolve().parents[1] / "static"
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SIGN = STATIC / "icon.svg"
BACKGROUND = re.compile(r'<rect [^>]*rx="8" fill="(#\w+)"/>')


def main() -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("waia: chromium is missing: install the package chromium")
    drawing = SIGN.read_text("utf-8")
    whole = _full_bleed(drawing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        page = browser.new_page()
        for name, size, svg in (
            ("icon-192", 192, drawing),
            ("icon-512", 512, drawing),
            ("maskable-512", 512, whole),
            ("apple-touch-180", 180, whole),
            ("badge-96", 96, _badge(drawing)),
        ):
            _draw(page, svg, size, STATIC / f"icons/{name}.png")
        browser.close()


def _full_bleed(drawing: str) -> str:
    """The system cuts the shape: colour up to the edge, the sign well within."""
    colour = BACKGROUND.search(drawing)
    assert colour is not None, f"{SIGN.name} has another background now"
    inner = re.sub(r"^<svg[^>]*>|</svg>$", "", BACKGROUND.sub("", drawing).strip())
    square = f'<rect width="32" height="32" fill="{colour[1]}"/>{inner}'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{square}</svg>'


def _badge(drawing: str) -> str:
    """White on nothing, for the bar of a phone."""
    return BACKGROUND.sub("", drawing).replace('viewBox="0 0 32 32"', 'viewBox="4 5 24 24"')


def _draw(page: Page, svg: str, size: int, target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    page.set_viewport_size({"width": size, "height": size})
    sized = svg.replace("<svg ", f'<svg width="{size}" height="{size}" ', 1)
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{sized}")
    page.screenshot(path=target, omit_background=True)


if __name__ == "__main__":
    main()

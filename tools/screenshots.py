"""Takes the pictures of the README and the guides: starts the demo, lives a short story in Chromium.

The business clock is frozen at a moment when the shop is open, so that the pictures differ only where screens do.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, FloatRect, Locator, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs/images"
OPEN_SHOP = "2026-11-17T15:12:00Z"
LARGEST_BYTES, LONGEST_PART = 250_000, 520
START_TIMEOUT_S, STOP_TIMEOUT_S = 60, 20
WIDE, PHONE = (1366, 768), (390, 844)
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def main() -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        sys.exit("waia: chromium is missing: install the package chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM)
        take_pictures(browser, address)
        browser.close()


def take_pictures(browser: Browser, address: str) -> None:
    """The order is the story: a customer asks for a price and then for a person, Ana takes the chat and answers."""
    save(open_page(browser, address, "/login"), "entrada")
    telephone = sign_in(browser, address, "Beto")
    ask_for_a_quote(telephone, address)
    save(telephone, "simulador")
    ana = sign_in(browser, address, "Ana")
    answer_as_ana(ana)
    save(ana, "panel")
    beto = sign_in(browser, address, "Beto", dark=True)
    open_chat(beto, "Gloria")
    save(beto, "panel-oscuro")
    show_settings(sign_in(browser, address, "Beto"), address)
    small = sign_in(browser, address, "Ana", size=PHONE)
    save(small, "telefono-lista")
    open_chat(small, "Diego")
    save(small, "telefono-chat")


def ask_for_a_quote(telephone: Page, address: str) -> None:
    telephone.goto(f"{address}/simulador?cliente=paula")
    say(telephone, "Hola", "¿En qué te ayudo?")
    telephone.get_by_role("button", name="Ver opciones").last.click()
    telephone.get_by_role("button", name="Cotizar un mesón").click()
    shop_says(telephone, "¿Cómo te llamas?")
    say(telephone, "Paula", "¿Qué material quieres?")
    telephone.get_by_role("button", name="Cuarzo").last.click()
    shop_says(telephone, "¿Qué medidas tiene tu mesón de cuarzo?")
    say(telephone, "240 cm x 60 cm", "¿Seguimos?")
    telephone.locator("#phone-why").get_by_text("Paso a paso").wait_for()
    telephone.locator("#why-title").evaluate("title => title.scrollIntoView()")


def show_settings(owner: Page, address: str) -> None:
    """For the guide to Meta: the variables, and what Meta says of them."""
    owner.goto(f"{address}/configuracion/ajustes")
    owner.get_by_text("Ver lo que solo se cambia en el servidor").click()
    variables = owner.locator("section", has=owner.locator("#environment-title"))
    variables.evaluate("section => section.scrollIntoView()")
    save(owner, "ajustes-variables", variables)
    owner.goto(f"{address}/configuracion/salud")
    owner.get_by_role("button", name="Preguntar a Meta").click()
    owner.get_by_text("Preguntado a las").wait_for()
    save(owner, "salud")


def answer_as_ana(ana: Page) -> None:
    telephone = ana.context.new_page()
    telephone.goto(ana.url + "simulador?cliente=paula")
    telephone.get_by_role("button", name="Hablar con ventas").last.click()
    shop_says(telephone, "Te comunico con una persona de ventas")
    telephone.close()
    open_chat(ana, "Paula")
    ana.get_by_role("button", name="Tomar").click()
    ana.get_by_text("Lo atiendes tú").wait_for()
    ana.get_by_label("Mensaje", exact=True).fill("Hola, Paula. Soy Ana. ¿Te queda bien la visita el jueves a las 10?")
    ana.get_by_role("button", name="Enviar").click()
    ana.locator(".message--user", has_text="Soy Ana").wait_for()
    ana.get_by_role("link", name="Ficha del contacto").click()


def open_chat(page: Page, name: str) -> None:
    page.locator("#chats .row__link", has_text=name).first.click()
    page.locator("#conversation-title", has_text=name).wait_for()


def say(telephone: Page, words: str, answer: str) -> None:
    telephone.locator("#phone-text").fill(words)
    telephone.locator("#phone-text").press("Enter")
    shop_says(telephone, answer)


def shop_says(telephone: Page, words: str) -> Locator:
    heard = telephone.locator(".said--shop", has_text=words).last
    heard.wait_for()
    return heard


def sign_in(browser: Browser, address: str, name: str, *, size: tuple[int, int] = WIDE, dark: bool = False) -> Page:
    page = open_page(browser, address, "/login", size=size, dark=dark)
    page.get_by_role("button", name=re.compile(name)).click()
    page.locator("#chats .row__link").first.wait_for()
    return page


def open_page(browser: Browser, address: str, path: str, *, size: tuple[int, int] = WIDE, dark: bool = False) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        device_scale_factor=2 if size == PHONE else 1,
        locale="es-CO",
        timezone_id="America/Bogota",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(address + path)
    return page


def save(page: Page, name: str, part: Locator | None = None) -> None:
    """All that is seen, or of a part its beginning. Exits when a picture is too big for a README."""
    page.wait_for_timeout(1500)  # ticks, live rows and fonts settle
    page.mouse.move(0, 0)
    path = IMAGES / f"{name}.png"
    box = part.bounding_box() if part is not None else None
    clip: FloatRect | None = None if box is None else {**box, "height": min(box["height"], LONGEST_PART)}
    page.screenshot(path=path, clip=clip)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}  {size // 1000} kB")
    if size > LARGEST_BYTES:
        sys.exit(f"waia: {path.name} is larger than {LARGEST_BYTES // 1000} kB: show less in it")


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo of our own, with a folder of its own; it ends with the block."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="waia") as folder:
        environment = {**os.environ, "PORT": str(port), "WAIA_DATA": f"{folder}/data", "WAIA_CLOCK": OPEN_SHOP}
        log = Path(folder) / "log"
        with log.open("wb") as output:
            command = (str(Path(sys.executable).with_name("waia")), "demo")
            server = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        try:
            wait_for(server, f"http://127.0.0.1:{port}", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            stop(server)


def wait_for(server: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urlopen(f"{address}/readyz", timeout=1).close()  # noqa: S310  # our own server on loopback
        except (URLError, OSError):
            time.sleep(0.1)
        else:
            return
    sys.exit(f"waia: the demo did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    main()

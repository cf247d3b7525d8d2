"""Notifications in a real browser: the consent, the service worker that shows them, and the page without connection."""

import json

import pytest
from playwright.async_api import Page, expect

from tests.browser.access import EXTREMES, broken_rules
from tests.browser.stage import Stage
from tests.push.service import push_service
from tests.road_world import eventually

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.whole_browser]
# The browser's own push service is out of reach here: it gives a subscription of the test's instead.
SUBSCRIBE = """told => {
    let known = null;
    const made = { ...told, toJSON: () => told, unsubscribe: async () => { known = null; return true; } };
    PushManager.prototype.getSubscription = async () => known;
    PushManager.prototype.subscribe = async (options) => {
        window.subscribedWith = options;
        return (known = made);
    };
    Notification.requestPermission = async () => "granted";
}"""

NOTICE = {"title": "waia", "body": "Diego espera respuesta", "chat": 7}
SHOWN = """async () => {
    const registration = await navigator.serviceWorker.ready;
    return (await registration.getNotifications()).map((shown) => [shown.body, shown.tag]);
}"""
KEPT = """async () => {
    const stores = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = (await Promise.all(stores.map((store) => store.keys()))).flat();
    return requests.map((request) => new URL(request.url).pathname);
}"""


async def test_who_agrees_is_known_and_who_takes_it_back_is_not(stage: Stage) -> None:
    async with push_service() as service:
        page = await _page(stage)
        subscription = {**service.browser("telefono"), "endpoint": "https://fcm.googleapis.com/fcm/send/prueba"}
        await page.evaluate(SUBSCRIBE, subscription)
        await page.get_by_label("Avisos de este equipo").first.click()
        box = page.get_by_label("También con waia cerrado")
        await box.check()
        await expect(page.get_by_text("Listo: este equipo recibirá notificaciones.")).to_be_visible()
        assert await page.evaluate("subscribedWith.userVisibleOnly && subscribedWith.applicationServerKey.length") == 65
        assert await stage.house.store.column("SELECT endpoint FROM push_devices") == [subscription["endpoint"]]
        await box.uncheck()
        await expect(page.locator("#attention.attention--push")).to_have_count(0)
        assert await stage.house.store.column("SELECT endpoint FROM push_devices") == []


async def test_a_service_that_waia_does_not_know_is_refused_in_words(stage: Stage) -> None:
    stage.expects("422")
    async with push_service() as service:
        page = await _page(stage)
        await page.evaluate(SUBSCRIBE, service.browser("telefono"))
        await page.get_by_label("Avisos de este equipo").first.click()
        box = page.get_by_label("También con waia cerrado")
        await box.click()
        await expect(page.get_by_text("No se pudo activar.")).to_be_visible()
        await expect(box).not_to_be_checked()


async def test_the_menu_of_notifications_breaks_no_rule_of_accessibility(stage: Stage) -> None:
    """Of somebody who was not asked yet."""
    ana = await stage.agent("ana")
    assert await ana.page.evaluate("Notification.permission") == "default"
    await ana.page.get_by_label("Avisos de este equipo").first.click()
    assert await broken_rules(ana.page, "notifications", EXTREMES) == []


async def test_the_service_worker_shows_who_waits_and_a_page_where_there_is_no_connection(stage: Stage) -> None:
    stage.expects("net::ERR_")
    page = await _page(stage)
    worker = await page.context.new_cdp_session(page)
    registered: list[str] = []
    worker.on("ServiceWorker.workerRegistrationUpdated", lambda told: registered.extend(
        one["registrationId"] for one in told["registrations"] if not one["isDeleted"]
    ))  # fmt: skip
    await worker.send("ServiceWorker.enable")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    await eventually(lambda: _is_there(registered), "the worker is known to the browser's tools")
    told = {"origin": stage.house.address, "registrationId": registered[-1], "data": json.dumps(NOTICE)}
    await worker.send("ServiceWorker.deliverPushMessage", told)
    assert await page.evaluate(SHOWN) == []  # somebody looks
    await page.goto("about:blank")
    await worker.send("ServiceWorker.deliverPushMessage", told)
    await page.goto("/sin-conexion")

    async def is_shown() -> bool:
        return bool(await page.evaluate(SHOWN) == [["Diego espera respuesta", "waia-chat-7"]])

    await eventually(is_shown, "the notification is shown")

    await page.context.set_offline(True)
    await page.goto("/?vista=mios")
    await expect(page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    assert await page.evaluate("getComputedStyle(document.querySelector('.plain__card')).borderRadius") == "8px"
    kept = await page.evaluate(KEPT)
    assert "/sin-conexion" in kept
    assert all(path == "/sin-conexion" or path.startswith("/static/") for path in kept)
    await page.context.set_offline(False)


async def _is_there(found: list[str]) -> bool:
    return bool(found)


async def _page(stage: Stage) -> Page:
    """The panel in a browser that takes service workers."""
    desk = await stage.agent("ana", service_workers="allow", permissions=["notifications"])
    await desk.page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    return desk.page

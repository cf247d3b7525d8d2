"""What a browser keeps of waia: the service worker, and the page that it shows where there is no connection."""

from litestar import Response, get
from litestar.di import NamedDependency as Given
from litestar.handlers import HTTPRouteHandler

from waia.kit.files import asset, static_dir
from waia.kit.render import Page

PUBLIC = {"public": True}


@get("/sw.js", opt=PUBLIC, sync_to_thread=False)
def show_service_worker() -> Response[str]:
    """From the root, because a worker rules over no more than its own folder. Its first line changes with what it
    keeps, so that browsers take the new one."""
    kept = [asset("js/early.js"), *(asset(f"css/{name}.css") for name in ("tokens", "base", "layout", "components"))]
    script = (static_dir() / "js/service-worker.js").read_text("utf-8")
    text = f"// {' '.join(kept)}\n{script}"
    return Response(text, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@get("/sin-conexion", opt=PUBLIC, sync_to_thread=False)
def show_offline_page(page: Given[Page]) -> Response[str]:
    """The same for everybody: nothing of anybody is kept in a browser."""
    return page.html("errors/offline.html")


routes: list[HTTPRouteHandler] = [show_service_worker, show_offline_page]

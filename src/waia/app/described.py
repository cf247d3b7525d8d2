"""`/api/openapi.json`: the endpoints for programs, described for whoever is signed in. No page: those load scripts."""

from importlib.metadata import version

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin


def described() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="waia",
        version=version("waia"),
        description="Los números del tablero. Los días son los de la zona horaria del negocio, y el último cuenta.",
        path="/api",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        use_handler_docstrings=True,
    )

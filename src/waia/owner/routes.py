"""The routes of the owner's pages, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.accounts.office import provide_office
from waia.owner import settings_page, voice_model
from waia.owner.sheets import pages as sheets

routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            settings_page.show_settings,
            settings_page.save_section,
            settings_page.forget,
            voice_model.show_model,
            voice_model.download_model,
            sheets.show_sheets,
            sheets.download,
            sheets.download_template,
            sheets.upload,
            sheets.show_import,
            sheets.apply,
            sheets.discard,
        ],
        dependencies={"office": Provide(provide_office, sync_to_thread=False)},
    ),
)

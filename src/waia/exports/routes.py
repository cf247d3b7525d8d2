"""The routes of exports, for the composition root."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.accounts.office import provide_office
from waia.exports import answer_routes, conversation_routes, job_routes

routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            conversation_routes.export_by_number,
            conversation_routes.export_by_id,
            job_routes.show_exports,
            job_routes.show_new,
            job_routes.ask_for,
            job_routes.take,
            job_routes.forget,
            answer_routes.show_answers,
        ],
        dependencies={"office": Provide(provide_office, sync_to_thread=False)},
    ),
)

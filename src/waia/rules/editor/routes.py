"""The routes of the editor, for the composition root: admins only."""

from collections.abc import Sequence

from litestar import Router
from litestar.di import Provide

from waia.accounts.guards import require_admin
from waia.rules.editor import (
    check_routes,
    form_routes,
    media_routes,
    pages,
    phone_routes,
    publish_routes,
    row_routes,
    saving,
)
from waia.rules.editor.desk import provide_rule_desk

routes: Sequence[Router] = (
    Router(
        path="/",
        route_handlers=[
            pages.show_rules,
            pages.show_draft_bar,
            row_routes.show_new,
            row_routes.show_row,
            row_routes.show_form,
            saving.create,
            saving.update,
            row_routes.remove,
            row_routes.bring_back,
            row_routes.forget_change,
            row_routes.switch_on,
            row_routes.switch_off,
            row_routes.copy,
            row_routes.move,
            form_routes.change_form,
            form_routes.preview,
            media_routes.upload,
            media_routes.look_at_link,
            media_routes.copy_link,
            publish_routes.show_changes,
            publish_routes.publish_draft,
            publish_routes.forget_draft,
            publish_routes.show_versions,
            publish_routes.show_version,
            publish_routes.restore_version,
            check_routes.show_check,
            check_routes.add_entry,
            phone_routes.show_phone,
            phone_routes.say,
        ],
        guards=[require_admin],
        dependencies={"rule_desk": Provide(provide_rule_desk)},
    ),
)

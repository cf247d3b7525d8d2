"""All routes of accounts; those of `demo_routes` are mounted in the demo alone."""

from litestar import Router
from litestar.handlers import HTTPRouteHandler

from waia.accounts import link_routes
from waia.accounts.away_routes import come_back, go_away
from waia.accounts.login_routes import enter_demo, send_login, send_logout, show_login
from waia.accounts.own_account_routes import (
    change_password,
    confirm_password,
    end_login,
    end_other_logins,
    note_use,
    show_confirmation,
    show_logins,
    show_password_form,
)
from waia.accounts.owner_routes import owner_router
from waia.accounts.taste_routes import change_taste, send_taste

routes: list[HTTPRouteHandler | Router] = [
    owner_router,
    link_routes.show_link,
    link_routes.use,
    show_login,
    send_login,
    send_logout,
    show_password_form,
    change_password,
    show_confirmation,
    confirm_password,
    show_logins,
    end_login,
    end_other_logins,
    note_use,
    go_away,
    come_back,
    change_taste,
    send_taste,
]
demo_routes: list[HTTPRouteHandler] = [enter_demo]

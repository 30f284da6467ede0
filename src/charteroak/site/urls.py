"""Every address of the site: home, health, sign-in, language, then each room under its own name."""

from allauth.account import views as account
from django.urls import include, path
from django.views.i18n import set_language

from charteroak.site import first_sign_in, token_pages, views, webhook_pages
from charteroak.site.api import api
from charteroak.site.rooms import ROOMS

# by list, not allauth's own: accounts come by invitation, and no mail resets a password
accounts = [
    path("login/", views.SignIn.as_view(), name="account_login"),
    path("first-sign-in/", first_sign_in.first_sign_in, name="first_sign_in"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),  # says that it is closed
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("2fa/", include("allauth.mfa.urls")),
]
handler500 = "charteroak.site.views.failed"
urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/", views.how_it_works, name="how_it_works"),
    path("tokens/", token_pages.tokens, name="tokens"),
    path("tokens/create/", token_pages.create, name="create_token"),
    path("tokens/<int:pk>/revoke/", token_pages.revoke, name="revoke_token"),
    path("webhooks/", webhook_pages.listing, name="webhooks"),
    path("webhooks/create/", webhook_pages.create, name="create_webhook"),
    path("webhooks/<int:pk>/end/", webhook_pages.end, name="end_webhook"),
    path("webhooks/<int:pk>/resume/", webhook_pages.resume, name="resume_webhook"),
    path("healthz", views.healthz, name="healthz"),
    path("day/<str:told>.ics", views.day, name="day"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include(accounts)),
    path("api/", api.urls),
    *(path(room.prefix, include(f"charteroak.{room.name}.urls")) for room in ROOMS),
]

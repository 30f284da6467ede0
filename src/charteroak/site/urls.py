"""Every address of the site: home, health, sign-in, language, then each room under its own name."""

from django.urls import include, path
from django.views.i18n import set_language

from charteroak.site import views
from charteroak.site.rooms import OPEN

urlpatterns = [
    path("", views.home, name="home"),
    path("how-it-works/", views.how_it_works, name="how_it_works"),
    path("healthz", views.healthz, name="healthz"),
    path("language/", set_language, name="set_language"),
    path("accounts/login/", views.SignIn.as_view(), name="account_login"),
    path("accounts/", include("allauth.urls")),
    *(path(room.prefix, include(f"charteroak.{room.name}.urls")) for room in OPEN),
]

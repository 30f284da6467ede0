"""Addresses of the pages on what happened beside the platform."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from charteroak.elsewhere import views


class Act(StringConverter):
    """What can be put on record about a whole project …"""

    regex = "match|deliver"


class ActOf(StringConverter):
    """… and about an agency, or a kind of thing that is destroyed."""

    regex = "send|confirm|destroy"


register_converter(Act, "act")
register_converter(ActOf, "act_of")

urlpatterns = [
    path("", views.listing, name="elsewhere"),
    path("<str:number>/", views.agreement, name="elsewhere_of"),
    path("<str:number>/<act:act>/", views.put, name="put_on_record"),
    path("<str:number>/<act_of:act>/<str:of>/", views.put, name="put_on_record"),
]

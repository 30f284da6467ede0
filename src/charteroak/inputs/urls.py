"""Addresses of the input requests' pages."""

from django.urls import path

from charteroak.inputs import views

urlpatterns = [
    path("", views.input_requests, name="input_requests"),
    path("ask/<str:number>/", views.ask, name="ask_for_input"),
    path("<str:number>/", views.input_request, name="input_request"),
    path("<str:number>/file/", views.file, name="input_file"),
    path("<str:number>/accept/", views.accept, name="accept_input"),
    path("<str:number>/refuse/", views.refuse, name="refuse_input"),
    path("<str:number>/<slug:action>/", views.act, name="act_on_input_request"),
]

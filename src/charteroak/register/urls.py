"""Addresses of the public register."""

from django.urls import path

from charteroak.register import views

urlpatterns = [
    path("", views.register, name="register"),
    path("projects.json", views.register_json, name="register_json"),
    path("projects.csv", views.register_csv, name="register_csv"),
    path("log.vkey", views.log_key, name="log_key"),
    path("<str:number>.json", views.project_json, name="project_json"),
    path("<str:number>/", views.project, name="project"),
    path("<str:number>/trace/<str:release>/", views.trace, name="public_trace"),
    path("<str:number>/<str:release>/<str:name>.receipt.json", views.receipt, name="public_receipt"),
    path("<str:number>/<str:release>/<str:name>", views.released, name="released_file"),
]

"""Addresses of the reports."""

from django.urls import path

from charteroak.reports import turns, views

urlpatterns = [
    path("", views.reports, name="pipeline"),
    path("request-log/", views.request_log, name="request_log"),
    path("sharing-log/", views.sharing_log, name="sharing_log"),
    path("figures/", views.figures_page, name="figures"),
    path("turns/", turns.turns, name="turns"),
    path("turns/<str:number>/", turns.turns_of, name="turns_of"),
    path("access/", views.access_page, name="access"),
    path("access/offices/", views.offices_page, name="access_offices"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/evidence.zip", views.evidence_file, name="evidence"),
]

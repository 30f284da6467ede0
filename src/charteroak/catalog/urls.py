"""Addresses of the catalog; anyone may read it."""

from django.urls import path

from charteroak.catalog import views

urlpatterns = [
    path("", views.whole, name="catalog"),
    path("variables.csv", views.as_file, {"kind": "csv"}, name="catalog_csv"),
    path("variables.xlsx", views.as_file, {"kind": "xlsx"}, name="catalog_workbook"),
    path("law/", views.law, name="law"),
    path("<slug:code>/<slug:file>/", views.dataset, name="dataset"),
]

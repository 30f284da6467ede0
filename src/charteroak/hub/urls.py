"""Addresses of the hub's pages."""

from django.urls import path

from charteroak.hub import views

urlpatterns = [
    path("", views.index, name="hub"),
    path("<str:number>/", views.pipeline, name="hub_agreement"),
    path("<str:number>/start-link-run/", views.start_link_run, name="hub_start_link_run"),
    path("<str:number>/pairs/", views.pairs, name="hub_pairs"),
    path("<str:number>/pairs/decide-pairs/", views.decide_pairs, name="hub_decide_pairs"),
    path("<str:number>/settle/", views.settle, name="hub_settle"),
    path("<str:number>/confirm/<str:agency>/", views.confirm, name="hub_confirm"),
    path("<str:number>/clear-extract/", views.clear_extract, name="hub_clear_extract"),
    path("<str:number>/destroy-identifiers/", views.destroy_identifiers, name="hub_destroy_identifiers"),
    path("<str:number>/certificate/<str:what>/", views.certificate, name="hub_certificate"),
]

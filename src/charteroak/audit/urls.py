"""Addresses of the auditor's pages."""

from django.urls import path

from charteroak.audit import views

urlpatterns = [
    path("", views.log, name="log"),
    path("export/", views.export, name="export_log"),
    path("records/<str:subject>/", views.record, name="log_record"),
]

"""Addresses of the pages on matters."""

from django.urls import path

from charteroak.exceptions import views

urlpatterns = [
    path("", views.matters, name="matters"),
    path("record/<slug:kind>/", views.record, name="record_matter"),
    path("<int:pk>/", views.matter, name="matter"),
    path("<int:pk>/hand-over/", views.hand_over, name="hand_over_matter"),
    path("<int:pk>/do/<slug:duty>/", views.do, name="do_duty"),
    path("<int:pk>/close/", views.close, name="close_matter"),
    path("<int:pk>/letters/<slug:name>/", views.letter, name="letter"),
]

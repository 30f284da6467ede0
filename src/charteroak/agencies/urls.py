"""Addresses of the pages on agencies and people."""

from django.urls import path

from charteroak.agencies import views

urlpatterns = [
    path("", views.agencies, name="agencies"),
    path("people/", views.people, name="people"),
    path("people/me/", views.me, name="me"),
    path("people/me/complete-training/", views.complete_training, name="complete_training"),
    path("people/me/sign-pledge/", views.sign_pledge, name="sign_pledge"),
    path("people/<str:username>/", views.one, name="person"),
    path("people/<str:username>/grant-role/", views.grant_role, name="grant_role"),
    path("people/<str:username>/close-account/", views.close_account, name="close_account"),
    path("roles/<int:pk>/end/", views.end_role, name="end_role"),
]

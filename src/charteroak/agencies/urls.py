"""Addresses of the pages on agencies and people."""

from django.urls import path

from charteroak.agencies.views import membership, people

urlpatterns = [
    path("", membership.agencies, name="agencies"),
    path("join/", membership.join, name="ask_to_join"),
    path("members/<str:code>/", membership.agency, name="agency"),
    path("members/<str:code>/<slug:action>/", membership.act, name="act_on_membership"),
    path("people/", people.people, name="people"),
    path("people/me/", people.me, name="me"),
    path("people/me/complete-training/", people.complete_training, name="complete_training"),
    path("people/me/sign-pledge/", people.sign_pledge, name="sign_pledge"),
    path("people/<str:username>/", people.one, name="person"),
    path("people/<str:username>/grant-role/", people.grant_role, name="grant_role"),
    path("people/<str:username>/close-account/", people.close_account, name="close_account"),
    path("roles/<int:pk>/end/", people.end_role, name="end_role"),
]

"""Addresses of the pages on agencies and people."""

from django.urls import path

from charteroak.agencies.views import accounts, cover, instruments, membership, people

urlpatterns = [
    path("", membership.agencies, name="agencies"),
    path("join/", membership.join, name="ask_to_join"),
    path("members/<str:code>/", membership.agency, name="agency"),
    path("members/<str:code>/<slug:action>/", membership.act, name="act_on_membership"),
    path("add-person/", accounts.add, name="add_person"),
    path("people/", people.people, name="people"),
    path("people/me/", people.me, name="me"),
    path("people/me/complete-training/", people.complete_training, name="complete_training"),
    path("people/me/sign-pledge/", people.sign_pledge, name="sign_pledge"),
    path("people/give-notice/", people.give_notice, name="give_notice"),
    path("people/<str:username>/name-delegate/", cover.name_delegate, name="name_delegate"),
    path("people/<str:username>/", people.one, name="person"),
    path("people/<str:username>/change-details/", accounts.change_details, name="change_details"),
    path("people/<str:username>/send-key/", accounts.send_key, name="send_first_key"),
    path("people/<str:username>/void-key/", accounts.void_key, name="void_first_key"),
    path("people/<str:username>/grant-role/", people.grant_role, name="grant_role"),
    path("people/<str:username>/move/", people.move, name="move_person"),
    path("people/<str:username>/close-account/", people.close_account, name="close_account"),
    path("cover/stop/", cover.stop, name="stop_acting"),
    path("cover/<int:pk>/act/", cover.act, name="act_under_cover"),
    path("cover/<int:pk>/end/", cover.end, name="end_cover"),
    path("instruments/", instruments.instruments, name="instruments"),
    path("instruments/record/", instruments.record, name="record_instrument"),
    path("responsibilities/", instruments.responsibilities, name="responsibilities"),
    path("responsibilities/transfer/", instruments.transfer, name="transfer_responsibility"),
    path("roles/<int:pk>/end/", people.end_role, name="end_role"),
]

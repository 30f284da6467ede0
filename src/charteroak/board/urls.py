"""Addresses of the board's pages."""

from django.urls import path

from charteroak.board import views

urlpatterns = [
    path("", views.calendar, name="board"),
    path("plan/", views.plan, name="plan_meeting"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/add-motion/", views.add_motion, name="add_motion"),
    path("meetings/<int:pk>/add-follow-up/", views.add_follow_up, name="add_follow_up"),
    path("meetings/<int:pk>/<slug:action>/", views.act, name="act_on_meeting"),
    path("motions/<int:pk>/vote/", views.vote, name="vote"),
    path("motions/<int:pk>/declare/", views.declare, name="declare"),
    path("motions/<int:pk>/postpone/", views.postpone, name="postpone"),
    path("follow-ups/<int:pk>/report/", views.report_follow_up, name="report_follow_up"),
]

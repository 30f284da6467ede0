"""Addresses of the board's pages."""

from django.urls import path

from charteroak.board.views import agenda, follow_ups, packet, seats
from charteroak.board.views import meeting as views

urlpatterns = [
    path("", views.calendar, name="board"),
    path("plan/", views.plan, name="plan_meeting"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/agenda.pdf", agenda.paper, name="agenda_paper"),
    path("meetings/<int:pk>/meeting.ics", agenda.ics, name="meeting_ics"),
    path("meetings/<int:pk>/add-motion/", views.add_motion, name="add_motion"),
    path("meetings/<int:pk>/add-follow-up/", follow_ups.add_follow_up, name="add_follow_up"),
    path("meetings/<int:pk>/cancel/", views.cancel, name="cancel_meeting"),
    path("meetings/<int:pk>/<slug:action>/", views.act, name="act_on_meeting"),
    path("motions/<int:pk>/vote/", views.vote, name="vote"),
    path("motions/<int:pk>/declare/", views.declare, name="declare"),
    path("motions/<int:pk>/postpone/", views.postpone, name="postpone"),
    path("motions/<int:pk>/set-conditions/", views.set_conditions, name="set_conditions"),
    path("motions/<int:pk>/packet/", packet.packet, name="packet"),
    path("motions/<int:pk>/packet.pdf", packet.packet_file, name="packet_file"),
    path("seats/", seats.seats, name="board_seats"),
    path("seats/<int:pk>/refill/", seats.refill, name="refill_seat"),
    path("seats/<int:pk>/name-stand-in/", seats.name_stand_in, name="name_stand_in"),
    path("follow-ups/", follow_ups.listed, name="follow_ups"),
    path("follow-ups/<int:pk>/due.ics", follow_ups.due, name="follow_up_ics"),
    path("follow-ups/<int:pk>/finish/", follow_ups.finish_follow_up, name="finish_follow_up"),
    path("follow-ups/<int:pk>/report/", follow_ups.report_follow_up, name="report_follow_up"),
]

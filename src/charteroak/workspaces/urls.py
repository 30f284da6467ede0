"""Addresses of the workspaces' pages."""

from django.urls import path

from charteroak.workspaces import ran, views

urlpatterns = [
    path("", views.workspaces, name="workspaces"),
    path("open/<str:number>/", views.open_, name="open_workspace"),
    path("<str:number>/", views.workspace, name="workspace"),
    path("<str:number>/submit-job/", views.submit_job, name="submit_job"),
    path("<str:number>/allow-hours/", views.allow_hours, name="allow_hours"),
    path("<str:number>/close/", views.close, name="close_workspace"),
    path("<str:number>/open-session/", views.open_session, name="open_session"),
    path("<str:number>/sessions/", ran.sessions, name="sessions"),
    path("<str:number>/sessions/<int:pk>/", views.session, name="session"),
    path("<str:number>/sessions/<int:pk>/stop/", views.stop_session, name="stop_session"),
    path("<str:number>/take-snapshot/", views.take_snapshot, name="take_snapshot"),
    path("<str:number>/snapshots/<int:pk>/restore/", views.restore_snapshot, name="restore_snapshot"),
    path("<str:number>/jobs/", ran.jobs, name="jobs"),
    path("<str:number>/jobs/<int:pk>/", views.job, name="job"),
    path("<str:number>/jobs/<int:pk>/cancel/", views.cancel, name="cancel_job"),
    path("<str:number>/jobs/<int:pk>/retry/", views.retry, name="retry_job"),
    path("<str:number>/jobs/<int:pk>/repeat/", views.repeat, name="repeat_job"),
]

"""Addresses of the pages on data requests."""

from django.urls import path

from charteroak.requests import views

urlpatterns = [
    path("", views.listing, name="data_requests"),
    path("new/", views.new, name="new_data_request"),
    path("<slug:number>/", views.detail, name="data_request"),
    path("<slug:number>/edit/", views.edit, name="edit_data_request"),
    path("<slug:number>/columns/", views.columns, name="data_request_columns"),
    path("<slug:number>/add-member/", views.add_member, name="add_team_member"),
    path("<slug:number>/remove-member/", views.remove_member, name="remove_team_member"),
    path("<slug:number>/return/", views.return_, name="return_data_request"),
    path("<slug:number>/reviews/<slug:code>/decide/", views.decide, name="decide_columns"),
    path("<slug:number>/reviews/<slug:code>/<slug:action>/", views.converse, name="converse"),
    path("<slug:number>/<slug:action>/", views.act, name="act_on_data_request"),
]

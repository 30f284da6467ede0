"""Addresses of the deliveries' pages."""

from django.urls import path

from charteroak.submissions import views

urlpatterns = [
    path("", views.index, name="submissions"),
    path("hub.<str:kind>.recipient", views.hub_key, name="submissions_hub_key"),
    path("<str:number>/", views.agreement, name="submissions_agreement"),
    path("<str:number>/deliver/", views.deliver, name="submissions_deliver"),
    path("<str:number>/register-key/", views.register_key, name="submissions_register_key"),
    path("<str:number>/order-finder-list/", views.order_finder_list, name="submissions_order_finder_list"),
    path("<str:number>/finder-lists/<int:pk>/", views.finder_list, name="submissions_finder_list"),
    path("<str:number>/deliveries/<int:pk>/reject/", views.reject, name="submissions_reject"),
]

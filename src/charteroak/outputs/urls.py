"""Addresses of the release requests' pages."""

from django.urls import path

from charteroak.outputs import class_pages, file_page, left, views

urlpatterns = [
    path("", views.release_requests, name="release_requests"),
    path("start/<str:number>/", views.start, name="start_release"),
    path("classes/", class_pages.listing, name="output_classes"),
    path("classes/define/<str:number>/", class_pages.define, name="define_output_class"),
    path("classes/of/<str:number>/", class_pages.output_class, name="output_class"),
    path(
        "classes/of/<str:number>/consent/<str:agency>/", class_pages.consent, name="consent_to_output_class"
    ),
    path("classes/of/<str:number>/take-back/<str:agency>/", class_pages.take_back, name="take_back_consent"),
    path("classes/of/<str:number>/withdraw/", class_pages.withdraw, name="withdraw_output_class"),
    path("<str:number>/", views.release_request, name="release_request"),
    path("<str:number>/trace/", left.trace, name="trace"),
    path("<str:number>/receipt/<str:name>.json", left.receipt, name="receipt"),
    path("<str:number>/released/<str:name>", left.released, name="released_to_project"),
    path("<str:number>/mark/", views.mark, name="mark_outputs"),
    path("<str:number>/files/<int:pk>/", file_page.file, name="output_file"),
    path("<str:number>/files/<int:pk>/vote/", file_page.vote, name="vote_on_file"),
    path("<str:number>/files/<int:pk>/adopt/", views.adopt, name="adopt_file"),
    path("<str:number>/files/<int:pk>/remove/", views.remove_file, name="remove_file"),
    path("<str:number>/ask/", views.ask, name="ask_about_outputs"),
    path("<str:number>/questions/<int:pk>/answer/", views.answer, name="answer_about_outputs"),
    path("<str:number>/add-file/", views.add_file, name="add_file"),
    path("<str:number>/review/", views.review, name="review_outputs"),
    path("<str:number>/clear/<str:agency>/", views.clear, name="clear_outputs"),
    path("<str:number>/<slug:action>/", views.act, name="act_on_release_request"),
]

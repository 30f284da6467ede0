"""Addresses of the agreements' pages."""

from django.urls import path

from charteroak.agreements import documents, endings, keeping, views

urlpatterns = [
    path("", views.agreements, name="agreements"),
    path("disclosures/", keeping.accounts, name="accounts"),
    path("retention/", keeping.approvals, name="retention"),
    path("draft/<str:number>/", views.draft, name="draft_agreement"),
    path("<str:number>/", views.agreement, name="agreement"),
    path("<str:number>/disclosures/", keeping.disclosed, name="disclosures"),
    path("<str:number>/disclosures/<int:pk>/", keeping.handed_over, name="disclosure_record"),
    path("<str:number>/pdf/", documents.as_pdf, name="agreement_pdf"),
    path("<str:number>/sealed/", documents.sealed, name="sealed_agreement"),
    path("<str:number>/seal/", documents.seal, name="seal_of_agreement"),
    path("<str:number>/word/", documents.as_word, name="agreement_word"),
    path("<str:number>/take-in/", documents.take_in, name="take_in_agreement"),
    path("<str:number>/redline/<int:clause>/", views.redline, name="redline"),
    path("<str:number>/open-for-signature/", views.open_for_signature, name="open_for_signature"),
    path("<str:number>/sign/<int:party>/", views.sign, name="sign"),
    path("<str:number>/recall/", endings.recall, name="recall_agreement"),
    path("<str:number>/withdraw/", endings.withdraw, name="withdraw_amendment"),
    path("<str:number>/terminate/", endings.terminate, name="terminate"),
    path("<str:number>/destroy/", endings.destroy, name="destroy_agreement_data"),
    path("<str:number>/certificate/", documents.certificate, name="agreement_certificate"),
    path("<str:number>/certificate/<str:what>/", documents.certificate_of, name="certificate_of_destruction"),
    path("<str:number>/close/", endings.close, name="close_agreement"),
]

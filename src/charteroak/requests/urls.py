"""Addresses of the pages on data requests."""

from django.urls import path

from charteroak.requests.views import consents, decision, detail, draft, fees, lists, papers, review, versions

urlpatterns = [
    path("", lists.listing, name="data_requests"),
    path("new/", lists.new, name="new_data_request"),
    path("fees/", fees.listing, name="fees"),
    path("fees/set/", fees.set_, name="set_fees"),
    path("<slug:number>/", detail.detail, name="data_request"),
    path("<slug:number>/edit/", draft.edit, name="edit_data_request"),
    path("<slug:number>/columns/", draft.columns, name="data_request_columns"),
    path("<slug:number>/add-member/", draft.add_member, name="add_team_member"),
    path("<slug:number>/remove-member/", draft.remove_member, name="remove_team_member"),
    path("<slug:number>/attach/", papers.attach, name="attach_paper"),
    path("<slug:number>/papers/<int:attachment>/", papers.paper, name="attachment"),
    path("<slug:number>/papers/<int:attachment>/take-out/", papers.take_out, name="take_out_paper"),
    path("<slug:number>/record-consent/", consents.record_consent, name="record_consent"),
    path(
        "<slug:number>/consents/<int:consent>/withdraw/", consents.withdraw_consent, name="withdraw_consent"
    ),
    path("<slug:number>/fix-fee/", fees.fix, name="fix_fee"),
    path("<slug:number>/waive-fee/", fees.waive, name="waive_fee"),
    path("<slug:number>/mark-fee-paid/", fees.mark_paid, name="mark_fee_paid"),
    path("<slug:number>/appeal/", decision.appeal, name="appeal_data_request"),
    path("<slug:number>/change/", decision.change, name="change_data_request"),
    path("<slug:number>/return/", decision.return_, name="return_data_request"),
    path("<slug:number>/versions/<int:version>/", versions.version, name="data_request_version"),
    path("<slug:number>/reviews/<slug:code>/decide/", review.decide, name="decide_columns"),
    path("<slug:number>/reviews/<slug:code>/correct/", review.correct, name="correct_decision"),
    path("<slug:number>/reviews/<slug:code>/take-back/", review.take_back, name="take_question_back"),
    path("<slug:number>/reviews/<slug:code>/<slug:action>/", review.converse, name="converse"),
    path("<slug:number>/<slug:action>/", decision.act, name="act_on_data_request"),
]

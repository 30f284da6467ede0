"""Accounts, for the policy office: people are added, their name and address change, their first key is renewed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from charteroak.agencies import accounts
from charteroak.agencies.forms import DetailsForm, PersonForm, to_mend
from charteroak.agencies.queries import accounts as reads
from charteroak.agencies.signin import signed_in
from charteroak.agencies.views.people import person_page, visible


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new person: who they are, and where the post reaches them with their first key."""
    by, form = signed_in(request), PersonForm(request.POST if request.method == "POST" else None)
    reads.may_add_somebody(by).require()
    sent = request.method == "POST" and form.is_valid()
    if sent and not to_mend(form, reads.may_add(by, **form.identity())):
        holder = accounts.add(by=by, **form.given())
        messages.success(request, _("Added. The post takes a key to the address within minutes."))
        return redirect("person", holder.username)
    return render(request, "agencies/add_person.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_POST
def change_details(request: HttpRequest, username: str) -> HttpResponse:
    """Another name or address."""
    person, by, form = (
        visible(request, username),
        signed_in(request),
        DetailsForm(request.POST, auto_id="details-%s"),
    )
    said = form.cleaned_data if form.is_valid() else {}
    if not said or to_mend(form, reads.may_change_details(by, person, **said)):
        return person_page(request, username, details_form=form)
    accounts.change_details(person=person.pk, by=by, **said)
    messages.success(request, _("It is on file. Where the address changed, both addresses are told."))
    return redirect("person", username)


@login_required
@require_POST
def send_key(request: HttpRequest, username: str) -> HttpResponse:
    accounts.send_key(person=visible(request, username).pk, by=signed_in(request))
    messages.success(request, _("A new key is on its way. The one before lets nobody in any more."))
    return redirect("person", username)


@login_required
@require_POST
def void_key(request: HttpRequest, username: str) -> HttpResponse:
    accounts.void_key(person=visible(request, username).pk, by=signed_in(request))
    messages.success(request, _("The key lets nobody in any more."))
    return redirect("person", username)

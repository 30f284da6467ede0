"""The first sign-in: with the key from the post a new person chooses a password, once."""

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.decorators import rate_limit
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from charteroak.agencies import accounts
from charteroak.agencies.models import Person
from charteroak.agencies.queries.accounts import may_use
from charteroak.audit.actions import record_refusal
from charteroak.policy.decision import Refused

SECRETS = ("key", "password", "again")
NO_KEY = may_use(None)  # what is said of every key that lets nobody in


class FirstSignInForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=60)
    key = forms.CharField(
        label=_("Key"),
        max_length=80,
        help_text=_("As it stands in the letter. Small letters do as well, and dashes may be left out."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("A password of your own"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        strip=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type] # the request's fields, or none
        self.fields["password"].help_text = " ".join(map(str, password_validators_help_texts()))

    def clean_password(self) -> str:
        """As long and as uncommon as any password here."""
        said = str(self.cleaned_data["password"])
        validate_password(said, Person(username=self.cleaned_data.get("username", "")))
        return said

    def clean_again(self) -> str:
        """Typed twice alike."""
        said = str(self.cleaned_data["again"])
        if "password" in self.cleaned_data and said != self.cleaned_data["password"]:
            raise ValidationError(_("The two passwords differ."))
        return said


@sensitive_post_parameters(*SECRETS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="login")  # type: ignore[untyped-decorator] # allauth ships no types
def first_sign_in(request: HttpRequest) -> HttpResponseBase:
    """User name, key and a password of one's own; what is wrong with the key is never said more closely."""
    if request.user.is_authenticated:
        return redirect("home")
    form = FirstSignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and (holder := _let_in(request, form)):
        return _signed_in(request, holder)
    return render(request, "first_sign_in.html", {"form": form}, status=400 if form.errors else 200)


def _let_in(request: HttpRequest, form: FirstSignInForm) -> Person | None:
    """The person whose key it was; guesses are limited as those at a password are, and counted with them."""
    said, doorkeeper = form.cleaned_data, get_adapter(request)
    try:
        doorkeeper.pre_authenticate(request, username=said["username"])
        holder = accounts.use_key(username=said["username"], key=said["key"], password=said["password"])
    except ValidationError as too_often:
        form.add_error(None, too_often)
        return None
    except Refused as refused:
        record_refusal(refused, action="agencies:account:use_key", by=None, subject=request.path)
        # one sentence for all of it: whether there is such a person is not said
        [reason] = NO_KEY.reasons
        form.add_error(None, f"{gettext(reason.message)} {gettext(reason.mend)}")
        return None
    doorkeeper._rollback_login_failed_rl_usage()
    return holder


def _signed_in(request: HttpRequest, holder: Person) -> HttpResponse:
    """As by password; then on to the second factor where this installation asks for one."""
    onward = "second_factor" if settings.CONFIG.second_factor_roles else "home"
    login = Login(user=holder, email_verification="none", redirect_url=redirect(onward).headers["Location"])
    said: HttpResponse = perform_password_login(request, {"username": holder.username}, login)
    return said

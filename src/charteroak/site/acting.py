"""Who acts for another: taken up by the person signed in, kept for their sign-in, asked anew of every request."""

from django.http import HttpRequest, HttpResponseBase

from charteroak.agencies.models import Person
from charteroak.agencies.queries import cover
from charteroak.agencies.signin import ACTING
from charteroak.site.middleware import GetResponse
from charteroak.site.tokens import token_of


def acting(get_response: GetResponse) -> GetResponse:
    """A cover that has ended leaves the delegate in their own name from the next request on."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        signed_in = isinstance(request.user, Person) and token_of(request.user) is None
        taken_up = request.session.get(ACTING) if signed_in else None
        if taken_up is not None and isinstance(request.user, Person):
            request.user.acting = cover.taken_up(taken_up, request.user)
            if request.user.acting is None:
                del request.session[ACTING]
        return get_response(request)

    return answer

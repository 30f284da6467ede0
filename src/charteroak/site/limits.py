"""How often a person or a program may ask the JSON interface: a bucket that fills again as time passes."""

import time
from collections.abc import Callable
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from charteroak.agencies.models import Person
from charteroak.policy.decision import Reason, Refused
from charteroak.site.middleware import GetResponse, as_json
from charteroak.site.tokens import token_of


class Buckets:
    """One bucket per asker, in this process's memory: `a_minute` at once, and as many again within a minute."""

    def __init__(self, a_minute: int, clock: Callable[[], float]) -> None:
        self.a_minute, self.clock = a_minute, clock
        self.left: dict[str, tuple[float, float]] = {}  # asker → (how many are left, when that was so)
        self.lock = Lock()

    def take(self, asker: str) -> tuple[int, float]:
        """How many are left after this one, and the seconds to wait where there was none (0 where there was)."""
        now, a_second = self.clock(), self.a_minute / 60
        with self.lock:
            left, at = self.left.get(asker, (float(self.a_minute), now))
            left = min(float(self.a_minute), left + (now - at) * a_second)
            if left < 1:
                return 0, (1 - left) / a_second
            if len(self.left) > 10_000:
                self.left = {who: (n, t) for who, (n, t) in self.left.items() if now - t < 60}
            self.left[asker] = left - 1, now
            return int(left - 1), 0.0


BUCKETS = Buckets(settings.CONFIG.asked_a_minute, time.monotonic)


def limited(get_response: GetResponse) -> Callable[[HttpRequest], HttpResponseBase]:
    """Each token, and each person signed in, has a bucket of its own below /api/."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith("/api/") or not isinstance(request.user, Person):
            return get_response(request)
        token = token_of(request.user)
        left, wait = BUCKETS.take(f"token {token.pk}" if token else f"person {request.user.pk}")
        if wait:
            reason = Reason(
                "asked_too_often", _("You ask too often."), _("Wait as long as Retry-After says.")
            )
            said = JsonResponse(as_json(Refused((reason,))), status=429)
            said.headers["Retry-After"] = str(int(wait) + 1)
        response = said if wait else get_response(request)
        response.headers["RateLimit-Policy"] = f'"asker";q={BUCKETS.a_minute};w=60'
        response.headers["RateLimit"] = f'"asker";r={left}'
        return response

    return answer

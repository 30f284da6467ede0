"""Who takes part: agencies and their authority, who administers the initiative, people and what they hold."""

import re
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.policy import membership
from charteroak.policy.lifecycle import choices
from charteroak.policy.roles import Role
from charteroak.policy.standing import Standing


class Agency(models.Model):
    class Kind(models.TextChoices):
        STATE = "state", "State agency"
        BOARD = "board", "Workforce board"
        MEMBER = "member", "Member that is not a state agency"

    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(
        max_length=15, choices=choices(membership.Status), default=membership.Status.PARTICIPATING
    )
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.code])


class Authority(models.Model):
    """What allows an agency to disclose, or an office to administer the initiative, from when to when."""

    class Kind(models.TextChoices):
        DISCLOSE = "disclose", "To disclose records"
        ADMINISTER = "administer", "To administer the initiative"
        CONVENE = "convene", "To convene the boards"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="authorities")
    kind = models.CharField(max_length=12, choices=Kind)
    citation = models.CharField(max_length=200)
    instrument = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    verified = models.BooleanField(default=False)  # counsel has read the source

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="authority_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def code(self) -> str:
        """The citation as one word, for the log."""
        return re.sub(r"[^A-Za-z0-9.]+", "_", self.citation).strip("_")


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    class Employer(models.TextChoices):
        STATE = "state", "State employee or official"
        CONTRACTOR = "contractor", "Contractor"
        OTHER = "other", "Other"

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    employer = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="employees")
    employer_kind = models.CharField(max_length=12, choices=Employer, default=Employer.OTHER)
    is_active = models.BooleanField(default=True)

    objects = People()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def standing(self) -> Standing:
        """This person as the rules see them."""
        training = self.trainings.order_by("-until").first()
        pledge = self.pledges.order_by("-until").first()
        return Standing(
            username=self.username,
            active=self.is_active,
            state_employee=self.employer_kind == self.Employer.STATE,
            training_until=training.until if training else None,
            pledge_until=pledge.until if pledge else None,
            roles=self.roles(clock.today()),
        )

    def roles(self, on: date, agency: Agency | None = None) -> frozenset[Role]:
        """Offices held on that day: everywhere, or for one agency when it is given."""
        held = self.roles_held.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)
        if agency is not None:
            held = held.filter(Q(agency=agency) | Q(agency__isnull=True))
        return frozenset(Role(role) for role in held.values_list("role", flat=True))


class RoleHeld(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles_held")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day on which it holds

    class Meta:
        verbose_name_plural = "roles held"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "agency", "since"], name="role_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        office = _(self.role.replace("_", " "))
        return f"{office} ({self.agency.code})" if self.agency else office


class Training(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="trainings")
    course = models.CharField(max_length=120)
    completed_on = models.DateField()
    until = models.DateField()


class Pledge(models.Model):
    """A signed confidentiality pledge; a new wording needs a new signature."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="pledges")
    wording = models.CharField(max_length=64)  # SHA-256 of the text signed
    signed_on = models.DateField()
    until = models.DateField()


class JoiningRequest(models.Model):
    """What an agency wrote when it asked to join, as the policy office received it."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="joining_request")
    authority = models.TextField()  # the law under which it would share
    records = models.TextField()
    security = models.TextField()
    conflicts = models.TextField()
    received_on = models.DateField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()


class MemberWord(models.Model):
    """One act of a membership: what a board decided, or what the head of an agency agreed to or signed."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="words")  # whom it is about
    speaker = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    act = models.CharField(max_length=15, choices=choices(membership.Action))
    on = models.DateField()
    met_on = models.DateField(null=True, blank=True)  # the board's meeting
    because = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of what was signed
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

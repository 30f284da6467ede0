"""Who takes part: agencies and their authority, who administers the initiative, people and what they hold."""

import re
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from charteroak.adapters import clock
from charteroak.agencies.held import held_on, time_is_up
from charteroak.agencies.reading import once
from charteroak.audit.attribution import by_and_at
from charteroak.policy import instrument, membership
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
    address = models.TextField(blank=True)  # by post, in lines
    telephone = models.CharField(max_length=40, blank=True)
    joined_on = models.DateField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True)
    changed_by = models.ForeignKey(
        "Person", models.PROTECT, null=True, related_name="+"
    )  # nobody: `oak setup`

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("agency", args=[self.code])


class People(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)

    def with_access(self) -> "models.QuerySet[Person]":
        """Whose account is open, and who has not left."""
        gone = DepartureNotice.objects.filter(time_is_up())
        return self.filter(is_active=True).exclude(pk__in=gone.values("person"))


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

    acting: "Cover | None" = None  # set for one request, on one person: whose office they fill
    within: Agency | None = None  # a token's agency: whoever comes with it holds no office for another
    token: models.Model | None = None  # set for one request: with which a program asks; nobody is signed in

    objects = People()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    @property
    def acts_for(self) -> str:
        """The user name of the office holder for whom this person acts now; empty in their own name."""
        return self.acting.office.person.username if self.acting else ""

    @property
    @once
    def left(self) -> bool:
        """Whether notice was given and its time is up: access is over, whatever this person held."""
        return self.notices.filter(time_is_up()).exists()

    @property
    def awaited(self) -> bool:
        """Whether a key was sent by post and nobody has signed in with it: until then nothing may lie behind it."""
        keys = self.invitations.all()
        return bool(keys) and all(key.used_at is None for key in keys)

    @once
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
            left=self.left,
            roles=self.roles(clock.today()),
        )

    @once
    def offices(self, on: date) -> frozenset[tuple[Role, int | None]]:
        """Each office held on that day with its agency's key, None where it is for all; acting, that one alone.

        Who has left holds none, on any day.
        """
        acts = Q(pk=self.acting.office_id) if self.acting else Q(person=self)
        gone = DepartureNotice.objects.filter(time_is_up(), person=self.pk)
        held = RoleHeld.objects.filter(acts, held_on(on), ~models.Exists(gone))
        return frozenset((Role(role), agency) for role, agency in held.values_list("role", "agency"))

    def roles(self, on: date, agency: Agency | None = None) -> frozenset[Role]:
        """The offices held on that day, everywhere or for one agency."""
        asked = {one.pk for one in (agency, self.within) if one is not None}
        return frozenset(role for role, of in self.offices(on) if of is None or asked <= {of})


class Instrument(models.Model):
    """A statute, or what agencies signed: from when to when, in whose place, and what it authorises."""

    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=40, choices=choices(instrument.Kind))
    title = models.CharField(max_length=200)
    citation = models.CharField(max_length=200)
    parties = models.ManyToManyField(Agency, related_name="+", blank=True)
    effective_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)  # its last day
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )
    authorises = models.JSONField(default=list)  # responsibilities, by their codes
    says = models.TextField()  # what it authorises, in words
    verified = models.BooleanField(default=False)  # counsel has read the source
    recorded_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+"
    )  # or setup
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["effective_on", "number"]
        constraints = [by_and_at("instrument", "recorded")]

    def __str__(self) -> str:
        return self.title


class Authority(models.Model):
    """What allows an agency to disclose, or an office to administer the initiative, from when to when."""

    class Kind(models.TextChoices):
        DISCLOSE = "disclose", "To disclose records"
        ADMINISTER = "administer", "To administer the initiative"
        CONVENE = "convene", "To convene the boards"
        LINK = "link", "To run the data integration hub"
        OPERATE = "operate", "To operate the secure data enclave"

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="authorities")
    kind = models.CharField(max_length=12, choices=Kind)
    citation = models.CharField(max_length=200)
    instrument = models.CharField(max_length=200)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    verified = models.BooleanField(default=False)  # counsel has read the source
    under = models.ForeignKey("Instrument", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(
        "Person", models.PROTECT, null=True, blank=True, related_name="+"
    )  # or setup
    recorded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "authorities"
        ordering = ["since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")),
                name="authority_ends_after_start",
            ),
            by_and_at("authority", "recorded"),
            models.UniqueConstraint(
                fields=["kind", "since"], condition=~Q(kind="disclose"), name="one_answers_from_a_day_on"
            ),
        ]

    def __str__(self) -> str:
        return self.citation

    @property
    def code(self) -> str:
        """The citation as one word, for the log."""
        return re.sub(r"[^A-Za-z0-9.]+", "_", self.citation).strip("_")


class RoleHeld(models.Model):
    person = models.ForeignKey(Person, models.PROTECT, related_name="roles_held")
    role = models.CharField(max_length=30, choices=[(role.value, role.value) for role in Role])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)  # the last day on which it holds
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # nobody: `oak setup`

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


class Cover(models.Model):
    """A colleague acts for an office holder between two days."""

    office = models.ForeignKey(RoleHeld, models.PROTECT, related_name="covers")
    delegate = models.ForeignKey(Person, models.PROTECT, related_name="covers")
    since = models.DateField()
    until = models.DateField()
    letter = models.CharField(max_length=200)  # which letter or message says so
    named_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["since"]
        constraints = [by_and_at("cover", "ended")]

    def __str__(self) -> str:
        return f"{self.office.person}, {self.office}"


class DepartureNotice(models.Model):
    """Somebody leaves: access is over after their last day, or 24 hours after the notice, whichever is first."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="notices")
    last_day = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Employment(models.Model):
    """A move: for whom a person works from a day on, and for whom before."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="employments")
    employer = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Person.Employer)
    employer_before = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    kind_before = models.CharField(max_length=12, choices=Person.Employer)
    since = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]


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

"""Clerical review: agencies' files linked as a plan says, doubtful pairs left to people, their decisions folded in."""

from charteroak.linkage.review import read, write
from charteroak.linkage.review.link import link
from charteroak.linkage.review.plan import Plan, Step
from charteroak.linkage.review.read import plan_042
from charteroak.linkage.review.run import LinkRun, settle
from charteroak.linkage.review.write import EVIDENCE

__all__ = ["EVIDENCE", "LinkRun", "Plan", "Step", "link", "plan_042", "read", "settle", "write"]

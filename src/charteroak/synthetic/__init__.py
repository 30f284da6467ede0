"""The synthetic state: invented agencies, people and files with planted truth. Pure."""

from charteroak.synthetic.finder_list import answer_finder_list
from charteroak.synthetic.numbers import ssn_block
from charteroak.synthetic.state import State, generate

__all__ = ["State", "answer_finder_list", "generate", "ssn_block"]

"""The synthetic state: invented agencies, people and files with planted truth. Pure."""

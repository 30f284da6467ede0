"""Statistical disclosure control: what a released table must not reveal. Pure."""

"""Agency deliveries: receive, validate, quarantine, accept: the airlock's way in."""

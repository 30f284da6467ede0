"""Release requests, automatic checks, reviews and releases: the airlock's way out."""

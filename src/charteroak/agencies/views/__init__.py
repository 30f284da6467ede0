"""The pages on agencies and people, by record."""

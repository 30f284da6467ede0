"""Data requests as applicants, the policy office, stewards and the board see them."""

"""Datasets, variables, sensitivity and legal regimes."""

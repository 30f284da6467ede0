"""The public's view: projects, purposes, agencies, clocks and released outputs. Reads only."""

"""What the offices report on: pipeline, P20 WIN's logs, figures, access on a day, case files. Reads only."""

"""Two ends that have agreed on a channel: hostile code of two projects, or of one where the channel must work."""

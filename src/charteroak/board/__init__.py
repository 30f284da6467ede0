"""Boards, seats, meetings, quorum, motions, votes and minutes."""

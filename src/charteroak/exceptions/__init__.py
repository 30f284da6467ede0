"""What breaks the ordinary course: recorded, owned and closed by one lifecycle."""

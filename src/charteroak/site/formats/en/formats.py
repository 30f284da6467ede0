"""Days written out: a month's name is read the same by everyone, and aloud."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, P"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"

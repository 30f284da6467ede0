"""A delivery's check: every mistake is named with its column, first row and cure, and no value is repeated."""

import pytest

from charteroak.submissions.delimited import SHOWN, Check, Column, Found, frames, whole

COLUMNS = [
    Column("record_id", required=True),
    Column("ssn", width=9),
    Column("dob", "date", 8),
    Column("gender", "code", 1, True, ("F", "M", "U")),
    Column("credits", "integer"),
    Column("gpa", "number"),
]
HEADER = "record_id\tssn\tdob\tgender\tcredits\tgpa"
GOOD = "C1\t000123456\t20030214\tF\t12\t3.25"


def checked(text: str | bytes, step: int = 1 << 20) -> Check:
    data = text if isinstance(text, bytes) else text.encode()
    check = Check(COLUMNS)
    for at in range(0, len(data), step):
        check.feed(data[at : at + step])
    check.finish()
    return check


def rows(*lines: str) -> str:
    return "\n".join([HEADER, *lines]) + "\n"


def only(text: str | bytes) -> Found:
    [found] = checked(text).findings
    return found


def test_a_good_file_has_no_findings() -> None:
    check = checked(rows(GOOD, "C2\t\t\tU\t\t"))
    assert (check.findings, check.rows) == ([], 2)


@pytest.mark.parametrize(
    ("line", "column", "cause"),
    [
        ("C2\t123456\t20030214\tF\t12\t3", "ssn", "leading zeros lost"),
        ("C2\t1.2E+08\t20030214\tF\t12\t3", "ssn", "was turned into a power of ten"),
        ("C2\t0001234567\t20030214\tF\t12\t3", "ssn", "is not 9 characters long"),
        ("C2\t000123457\t20030230\tF\t12\t3", "dob", "is no date"),
        ("C2\t000123457\t2/14/2003\tF\t12\t3", "dob", "is no date"),
        ("C2\t000123457\t20030214\tX\t12\t3", "gender", "is no code of the dictionary"),
        ("C2\t000123457\t20030214\t\t12\t3", "gender", "is blank"),
        ("C2\t000123457\t20030214\tF\t12.5\t3", "credits", "is no whole number"),
        ("C2\t000123457\t20030214\tF\t12\tB+", "gpa", "is no number"),
        ('C2\t000123457\t20030214\tF\t"12"\t3', "credits", "stands in quotation marks"),
        ("\t000123457\t20030214\tF\t12\t3", "record_id", "is blank"),
        ("C1\t000123457\t20030214\tF\t12\t3", "record_id", "repeats an earlier record"),
        ("C2\t000123457\t20030214\tF\t12", "", "row has other than 6 columns"),
        ("C2\t000123457\t20030214\tF\t12\t3\t4", "", "row has other than 6 columns"),
        ("", "", "row has other than 6 columns"),
    ],
)
def test_a_mistake_is_named_with_its_column_and_row(line: str, column: str, cause: str) -> None:
    found = only(rows(GOOD, line, "C3\t000123458\t20030214\tF\t12\t3"))
    assert (found.column, found.cause, found.rows, found.first_row) == (column, cause, 1, 3)
    assert found.cure


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (HEADER.replace("\t", ",") + "\n" + GOOD.replace("\t", ","), "looks comma-separated"),
        (HEADER.replace("\t", ";") + "\n", "looks semicolon-separated"),
        (GOOD + "\n" + GOOD, "does not begin with a header row that names record_id"),
        (HEADER + "\n", "holds no rows"),
        ("", "holds no rows"),
        (b"x" * (3 << 20), "has no line ends"),
        (rows(GOOD).encode().replace(b"C1", b"\xe9"), "is not UTF-8 text"),
        (HEADER + "\tssn\n" + GOOD + "\t000123456\n", "stands twice in the header"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_said_once(content: str | bytes, cause: str) -> None:
    assert only(content).cause == cause


def test_columns_missing_and_beyond_the_agreement_are_named() -> None:
    found = checked("record_id\tssn\tgender\tcredits\tgpa\tpell\nC1\t000123456\tF\t1\t2\tY\n").findings
    assert {(f.column, f.cause) for f in found} == {
        ("dob", "is missing"),
        ("pell", "is not in the agreement for this file"),
    }


def test_lost_zeros_are_counted_over_all_rows_from_the_first() -> None:
    lines = [f"C{n}\t{n if n >= 16 else f'{n:09d}'}\t\tF\t\t" for n in range(1, 427)]
    found = only(rows(*lines))
    assert (found.rows, found.first_row, found.cure) == (411, 17, "Export the column as text.")


def test_no_message_repeats_a_value() -> None:
    secret = "S3CR3T"
    lines = [f"{secret}\t{secret}\t{secret}\t{secret}\t{secret}\t{secret}"] * 2
    for content in (rows(*lines), f"record_id\t{secret}=1\n{secret}\t2\n", "\t".join([secret] * 6)):
        assert not [f for f in checked(content).findings if secret in f"{f.column}{f.cause}{f.cure}"]


def test_no_more_than_twenty_groups_are_told() -> None:
    check = Check([Column("record_id")])
    check.feed(("record_id\t" + "\t".join(f"extra{n}" for n in range(50)) + "\n").encode())
    check.finish()
    assert len(check.findings) == SHOWN


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_how_the_bytes_arrive_does_not_matter(step: int) -> None:
    text = rows(GOOD, "C2\t12\t\tF\t\t", "C2\t12\t\tF\t\t")
    assert checked(text, step).findings == checked(text).findings


def test_a_file_larger_than_a_block_is_numbered_through() -> None:
    lines = [f"C{n}\t{n:09d}\t20030214\tF\t12\t3.25" for n in range(60_000)]
    lines[50_000] = "C50000\t5\t20030214\tF\t12\t3.25"
    lines[59_999] = lines[0]
    check = checked(rows(*lines), 4096)
    assert check.rows == 60_000
    assert [(f.column, f.first_row) for f in check.findings] == [("record_id", 60_001), ("ssn", 50_002)]


def test_a_quarterly_file_may_repeat_a_record_but_not_its_quarter() -> None:
    check = Check([Column("record_id"), Column("year_quarter", width=6)])
    check.feed(b"record_id\tyear_quarter\nD1\t2025Q4\nD1\t2026Q1\nD1\t2026Q1\n")
    check.finish()
    assert [(f.cause, f.first_row) for f in check.findings] == [("repeats an earlier record and quarter", 4)]


def test_windows_line_ends_and_a_byte_order_mark_are_read_through() -> None:
    content = b"\xef\xbb\xbf" + rows(GOOD).replace("\n", "\r\n").encode()
    assert checked(content).findings == []
    assert whole([content]).row(0) == ("C1", "000123456", "20030214", "F", "12", "3.25")


def test_an_accepted_file_is_read_in_blocks_with_blanks_as_nothing() -> None:
    content = rows(*(f"C{n}\t\t20030214\tF\t1\t2" for n in range(100_000))).encode()
    read = list(frames(content[at : at + 65_536] for at in range(0, len(content), 65_536)))
    assert len(read) > 1
    assert sum(frame.height for frame in read) == 100_000
    assert all(frame["ssn"].null_count() == frame.height for frame in read)

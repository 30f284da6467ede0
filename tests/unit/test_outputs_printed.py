"""A suppressed figure stands where it stood, marked with why."""

from charteroak.outputs.printed import printed

TOWNS = """region,town,cte,people,value,suppressed
North,Ashford Mills,N,120,41236.50,
North,Ashford Mills,Y,,,primary
North,Total,Y,,,complementary
"""


def test_a_built_table_is_parted_into_codes_figures_and_states() -> None:
    table = printed(TOWNS)
    assert (table.columns, table.figures) == (["region", "town", "cte"], ["people", "value"])
    assert [row.state for row in table.rows] == ["", "primary", "complementary"]
    assert (table.primary, table.complementary) == (1, 1)
    assert table.rows[0].codes == ["North", "Ashford Mills", "N"]
    assert table.rows[0].figures == ["120", "41236.50"]


def test_any_other_csv_is_read_as_it_stands() -> None:
    table = printed("a,b\n1\n2,3,4\n")
    assert [row.codes for row in table.rows] == [["1", ""], ["2", "3"]]
    assert table.figures == []


def test_an_empty_file_has_no_rows() -> None:
    assert printed("").rows == []

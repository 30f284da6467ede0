"""`oak protect` and `oak audit-table` under chance: any order, any labels, any table."""

from hypothesis import given, settings
from hypothesis import strategies as st

from charteroak.disclosure.longtable import LongTable, long_table
from charteroak.disclosure.multiway import Rule
from charteroak.disclosure.protect import Protection, audit_table, protect

LABELS = ["1.5", "2026-11-25", 'say "x"', "Ñandú", "NULL", "", "a,b", " padded ", "naïve\nline", "0"]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=12, max_size=12), st.permutations(range(12)),
    st.permutations(LABELS), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.sampled_from(["\n", "\r\n"]),
)  # fmt: skip
def test_order_labels_and_encoding_change_nothing(
    values: list[int], order: list[int], labels: list[str], encoding: str, ending: str
) -> None:
    import csv
    import io

    def table(names: list[str], places: list[int]) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator=ending)
        writer.writerow(["row", "column", "value"])
        writer.writerows([names[p // 4], names[3 + p % 4], values[p]] for p in places)
        return text.getvalue().encode(encoding)

    plain = protect(long_table(table([f"k{n}" for n in range(7)], list(range(12))), "t.csv"), {}, Rule())
    other = protect(long_table(table(labels, order), "t.csv"), {}, Rule())
    assert other.status == plain.status
    if plain.pattern and other.pattern:
        assert plain.pattern.optimal
        assert other.pattern.cost == plain.pattern.cost


sizes = st.tuples(st.integers(2, 5), st.integers(2, 4), st.integers(1, 3))


@st.composite
def tables(draw: st.DrawFn) -> tuple[LongTable, dict[str, dict[str, str]], Rule]:
    """Up to three dimensions, the first in groups, some cells absent, counts or magnitudes."""
    rows, columns, layers = draw(sizes)
    magnitudes = draw(st.booleans())
    lines = ["a,b,c,value,freq" if magnitudes else "a,b,c,value"]
    for place in range(rows * columns * layers):
        count = draw(st.integers(0, 25))
        key = f"a{place % rows},b{place // rows % columns},c{place // rows // columns}"
        if count and draw(st.integers(0, 9)):
            lines.append(
                f"{key},{count * draw(st.integers(1, 300)) / 10},{count}" if magnitudes else f"{key},{count}"
            )
    parents = (
        {"a": {f"a{row}": f"A{draw(st.integers(0, 1))}" for row in range(rows)}}
        if draw(st.booleans())
        else {}
    )
    rule = Rule(minimum=draw(st.integers(2, 12)), p_percent=draw(st.sampled_from([1.0, 10.0, 30.0])))
    lines += ["a0,b0,c0,12,12" if magnitudes else "a0,b0,c0,12"] if len(lines) == 1 else []
    return long_table("\n".join(lines).encode(), "t.csv"), parents, rule


@settings(max_examples=40, deadline=None)
@given(tables())
def test_whatever_is_called_protected_has_no_cell_that_can_be_known(
    given_table: tuple[LongTable, dict[str, dict[str, str]], Rule],
) -> None:
    table, parents, rule = given_table
    found = protect(table, parents, rule)
    assert found.status != "unsafe", "the audit contradicts the search"
    if found.safe:
        assert audited(found, parents, rule).status == "safe"
        assert found.pattern is not None
        assert found.pattern.bound <= found.pattern.cost


def audited(found: Protection, parents: dict[str, dict[str, str]], rule: Rule) -> Protection:
    """The same table once more, as somebody else's, with its true values and what was hidden."""
    lines = [",".join([*found.cube.dimensions, "value,freq,primary,secondary"])]
    for place, (key, entry) in enumerate(zip(found.cube.keys, found.cube.entries, strict=True)):
        freq = "" if entry.freq is None else entry.freq
        primary, secondary = place in found.primary, place in found.hidden - found.primary
        lines.append(",".join([*key, f"{entry.value},{freq},{int(primary)},{int(secondary)}"]))
    return audit_table(long_table("\n".join(lines).encode(), "t.csv", values=False), parents, rule)

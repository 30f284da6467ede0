"""Of a thousand files' answers one is read by itself."""

import json

from charteroak.disclosure.answers import of_file, written

FILES = [
    {"file": name, "verdict": "pass", "rebuilt": 'year,people\n2019,120\n{"file": "a.csv", '}
    for name in ("a.csv", "ä.csv", "b.csv")
]


def test_an_answer_is_json_with_each_file_on_a_line_of_its_own() -> None:
    answer = written({"verdict": "pass", "files": FILES, "more": []})
    assert json.loads(answer) == {"verdict": "pass", "files": FILES, "more": []}
    assert sum(line.startswith('{"file": ') for line in answer.splitlines()) == len(FILES)


def test_a_file_s_own_answer_is_found() -> None:
    answer = written({"verdict": "pass", "files": FILES}).encode()
    assert [of_file(str(one["file"]), answer) for one in FILES] == FILES
    assert of_file("c.csv", answer) == {}


def test_the_others_are_not_read() -> None:
    answer = (
        written({"files": FILES}).encode().replace(b'{"file": "a.csv", "verdict"', b'{"file": "a.csv", {')
    )
    assert of_file("b.csv", answer) == FILES[2]


def test_what_was_answered_before_in_other_lines_is_found_too() -> None:
    for spaces in (None, 1):
        answer = json.dumps({"verdict": "pass", "files": FILES}, indent=spaces).encode()
        assert of_file("b.csv", answer) == FILES[2]
        assert of_file("c.csv", answer) == {}

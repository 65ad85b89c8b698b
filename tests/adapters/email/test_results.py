"""Authentication results are read as a library of old standing reads them, and nothing malformed is read at all."""

import pytest
from authres import AuthenticationResultsHeader
from hypothesis import given
from hypothesis import strategies as st

from adapters.email.results import read_results

TOKENS = st.lists(st.text("abcxyz0189", min_size=1, max_size=5), min_size=1, max_size=3).map(".".join)
COMMENTS = st.sampled_from(
    ["", " ", " (p=reject)", " (a (nested) one; with=signs)", ' (a "quoted" one)', "\t(\\) escaped)"]
)


@st.composite
def fields(draw: st.DrawFn) -> str:
    """A field as servers write it."""

    def gap() -> str:
        return draw(COMMENTS)

    parts = [f"{gap()}{draw(TOKENS)}{gap()}"]
    for _ in range(draw(st.integers(1, 3))):
        method = draw(st.sampled_from(["dkim", "spf", "dmarc", "arc"]))
        pairs = [f"{method}={draw(st.sampled_from(['pass', 'fail', 'none']))}"]
        names = draw(st.lists(st.sampled_from(["header.d", "header.from", "smtp.mailfrom"]), unique=True, max_size=3))
        pairs += [f" {name}={draw(TOKENS)}" for name in names]
        parts.append(f"{gap()} " + "".join(f"{pair}{gap()}" for pair in pairs))
    return ";".join(parts)


@given(fields())
def test_what_servers_write_is_read_as_the_library_reads_it(line: str) -> None:
    theirs = AuthenticationResultsHeader.parse(f"Authentication-Results: {line.strip()}")
    ours = read_results(line.strip())
    assert ours is not None
    assert ours.authserv_id == str(theirs.authserv_id).lower()
    assert [(one.method, one.result) for one in ours.results] == [(r.method, r.result) for r in theirs.results]
    assert [dict(one.properties) for one in ours.results] == [
        {f"{p.type}.{p.name}": str(p.value) for p in r.properties} for r in theirs.results
    ]


def test_quoted_values_may_hold_what_else_divides() -> None:
    found = read_results('"mx.pb.example" 1; dmarc=pass reason="a; b (c)" header.from="x \\"y" (z)')
    assert found is not None
    assert found.authserv_id == "mx.pb.example"
    assert found.results[0].properties == {"reason": "a; b (c)", "header.from": 'x "y'}


@pytest.mark.parametrize("line", [
    "", ";", "a b c; dmarc=pass", "mx; dmarc", "mx; dmarc=", "mx; =pass", "mx; dmarc=pass header.from",
    'mx; dmarc="pass',
    "mx; dmarc=pass (", "mx; dmarc=pass )", "mx; dmarc=pass header.from=a header.from=b",
    "mx; dmarc==pass",
    "mx; dmarc=pass header.from=a=b", "mx; " + "(" * 30 + ")" * 30 + "dmarc=pass", 'mx; a"b=c', "mx; dm arc=pass",
])
def test_what_is_malformed_counts_as_not_written(line: str) -> None:
    found = read_results(line)
    assert found is None or found.results == ()


@given(st.text("mx;=. \t\"\\()dmarcpsheadfo", max_size=60))
def test_nothing_makes_it_raise(line: str) -> None:
    read_results(line)

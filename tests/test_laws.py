"""What holds whatever comes in: names, kinds of file, faults of the provider, and runs again and again."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fakes import FakeClock, FakeProvider, InlineExecutor, random_faults
from pipeline.app import House, World
from pipeline.inbox.looking import UNFINISHED_SUFFIXES
from pipeline.settings import load
from test_line import CV, go, names, one, rows

FAULTS = ["500", "503", "429", "wait", "drop", "cut", "prose", "schema", "empty", "length", "garbage", "refusal", "422"]
CONTENTS = {"text": CV.encode(), "broken": b"%PDF-1.7 broken", "binary": bytes(6), "note": b"Minutes of the meeting"}


@contextlib.contextmanager
def new_house(provider: FakeProvider) -> Iterator[House]:
    """Build a house in a folder of its own, with a provider whose prices are known."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "pipeline.toml"
        config.write_text(
            '[inference]\nprovider = "custom"\nbase_url = "https://api.openai.com/v1"\nmodel = "gpt-4.1-mini"\n[inbox]\nsettle = 0\n'
        )
        world = World(FakeClock(), provider.transport, lambda _settings: InlineExecutor())
        house = House(load(config, Path(folder) / "data", {}), world)
        house.folders.inbox.mkdir(parents=True)
        yield house


def check_books(house: House, provider: FakeProvider) -> None:
    """Every token is booked once, and all ways to add up the cost agree."""
    assert (one(house, "SELECT sum(input_tokens) FROM attempts") or 0) == provider.input_tokens
    assert (one(house, "SELECT sum(output_tokens) FROM attempts") or 0) == provider.output_tokens
    assert one(house, "SELECT count(*) FROM attempts") == sum(provider.calls.values())
    with house.reader() as reader:
        total = reader.total_cost()
        results = list(reader.results(quarantined=True))
        for by in ("day", "model", "prompt", "run"):
            parts = reader.costs(by, None)
            for key in ("cost_nanodollars", "input_tokens", "output_tokens", "attempts", "unknown_attempts"):
                assert sum(part[key] or 0 for part in parts) == (total[key] or 0), (by, key)
    waiting = one(
        house,
        "SELECT coalesce(sum(c.cost_nanodollars), 0) FROM document_costs c JOIN outcomes o USING (document_id) WHERE o.status = 'waiting'",
    )
    assert sum(result.nanodollars or 0 for result in results) + waiting == (total["cost_nanodollars"] or 0)


@settings(max_examples=1, deadline=None)
@given(seed=st.integers(0, 2**32), share=st.floats(0.05, 0.5))
def test_two_hundred_documents_with_random_faults_each_have_one_place_and_every_token_is_booked(
    seed: int, share: float
) -> None:
    provider = FakeProvider(random_faults(seed, share, FAULTS, most=3))
    with new_house(provider) as house:
        for number in range(200):
            (house.folders.inbox / f"{number}.txt").write_text(f"{CV}{number} {seed}")

        result = go(house)

        quarantined = [name for name in names(house.folders.quarantine) if not name.endswith(".txt.txt")]
        places = [*names(house.folders.inbox), *names(house.folders.done), *quarantined]
        assert Counter(places) == Counter(f"{number}.txt" for number in range(200))
        assert one(house, "SELECT count(*) FROM outcomes") == sum(result.report.counts.values())
        assert (
            result.report.counts["done"]
            == len(names(house.folders.done))
            == one(house, "SELECT count(*) FROM summaries")
        )
        assert len(quarantined) == result.report.counts["quarantined"]
        check_books(house, provider)


@settings(max_examples=15, deadline=None)
@given(
    files=st.dictionaries(st.text("ab1", min_size=1, max_size=3), st.sampled_from(sorted(CONTENTS)), max_size=6),
    seed=st.integers(0, 99),
)
def test_a_run_repeated_changes_nothing(files: dict[str, str], seed: int) -> None:
    faults = random_faults(seed, 0.3, ["prose", "422", "length"])
    provider = FakeProvider(faults)
    with new_house(provider) as house:
        for name, kind in files.items():
            (house.folders.inbox / name).write_bytes(CONTENTS[kind] + (name.encode() if kind == "text" else b""))
        first = go(house)
        assume(first.report.brake.error is None)  # where all were refused, they wait: none is blamed
        before = {
            path: path.read_bytes() for path in house.data.rglob("*") if path.is_file() and "pipeline." not in path.name
        }
        calls, summaries = sum(provider.calls.values()), rows_of(house)

        again = go(house)

        after = {
            path: path.read_bytes() for path in house.data.rglob("*") if path.is_file() and "pipeline." not in path.name
        }
        assert after == before
        assert (sum(provider.calls.values()), rows_of(house)) == (calls, summaries)
        assert again.files == len(names(house.folders.inbox)) == 0


def rows_of(house: House) -> list[object]:
    """Return everything that a run writes down about documents."""
    if not house.database.exists():
        return []
    tables = ("documents", "files", "attempts", "outcomes", "summaries")
    return [rows(house, f"SELECT * FROM {table} ORDER BY id") for table in tables]


@settings(max_examples=25, deadline=None)
@given(
    name=st.one_of(
        st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=80),
        st.sampled_from(
            [
                "-rf",
                "a\nb.txt",
                "'a' \"b\".txt",
                "📄 emoji.txt",
                "سيرة.txt",
                "é" * 120 + ".txt",
                "x" * 250,
                "=cmd.txt",
                "a.txt.txt",
            ]
        ),
    ),
    kind=st.sampled_from(sorted(CONTENTS)),
)
def test_any_name_a_file_system_allows_works(name: str, kind: str) -> None:
    with new_house(FakeProvider()) as house:
        try:
            (house.folders.inbox / name).write_bytes(CONTENTS[kind])
        except OSError:
            return  # this file system does not allow it
        ignored = name.startswith((".", "~$")) or name.lower().endswith(UNFINISHED_SUFFIXES)

        go(house)

        ends = [*house.folders.done.rglob("*"), *house.folders.quarantine.rglob("*")]
        kept = [path for path in ends if path.is_file() and path.read_bytes() == CONTENTS[kind]]
        left = names(house.folders.inbox)
        assert (len(left), len(kept)) == ((1, 0) if ignored else (0, 1))

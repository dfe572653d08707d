"""The sample documents: made by a script, byte for byte, and read as the README says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import DamagedError, DocumentError, EncryptedError, NoTextError, Reason
from pipeline.extract.formats import extract
from pipeline.prompts import load
from pipeline.records import Extraction

PROJECT = Path(__file__).resolve().parent.parent
SAMPLES = sorted((PROJECT / "sample_docs").iterdir())
UNREADABLE = {
    "Offer L. Hofmann (confidential).pdf": EncryptedError,
    "Whitfield_Eleanor_CV (1).pdf": DamagedError,
    "scan0042.pdf": NoTextError,
}
KINDS = {
    "CV Ada Kowalczyk.pdf": "cv",
    "CV Åsa Lindqvist.docx": "cv",
    "Lebenslauf_Jonas_Brückner.pdf": "cv",
    "Resume - Marcus Delgado (2026).pdf": "cv",
    "Whitfield_Eleanor_CV.pdf": "cv",
    "cv_camille_fournier.txt": "cv",
    "Invoice 2026-0117.pdf": "invoice",
    "Service agreement Fennimoor - Hollinbeck.pdf": "document",
    "Motivatiebrief Femke de Wit.html": "document",
}
SAID = {
    "CV Ada Kowalczyk.pdf": ["Ada Kowalczyk", "07700 900142", "Brackenfield Logistics Ltd, Leeds", "First Aid at Work, 11/2025"],
    "CV Åsa Lindqvist.docx": ["070-174 06 33", "Kompetenser", "aug 2020 – pågående\tRedovisningsekonom", "Körkort"],
    "Lebenslauf_Jonas_Brückner.pdf": ["Weißdornweg 12", "14.06.1992 in Halle (Saale)", "seit April 2021", "Klasse B, BE"],
    "Resume - Marcus Delgado (2026).pdf": ["Marcus Delgado", "(312) 555-0142", "Jun 2021 – Present", "Spanish – fluent"],
    "Whitfield_Eleanor_CV.pdf": ["Eleanor Whitfield", "07/1994 – 08/1995", "Category B"],
    "cv_camille_fournier.txt": ["CAMILLE FOURNIER", "L'Œillet Gris", "Permis B"],
    "Invoice 2026-0117.pdf": ["2026-0117", "12 March 2026", "EUR 2,063.94", "IE00 TEST"],
    "Service agreement Fennimoor - Hollinbeck.pdf": ["1 July 2026", "£1,450.00", "Gareth Ainsworth, Partner"],
    "Motivatiebrief Femke de Wit.html": ["Groenhoek & Tas Architecten", "€ 120.000", "9 september 2026"],
}  # fmt: skip


def read(name: str) -> Extraction:
    return extract((PROJECT / "sample_docs" / name).read_bytes(), name)


def test_there_are_twelve_samples() -> None:
    assert {path.name for path in SAMPLES} == set(KINDS) | set(UNREADABLE)
    assert len(SAMPLES) == 12


def test_the_script_makes_these_very_bytes(tmp_path: Path) -> None:
    script = PROJECT / "tests" / "make_samples.py"
    subprocess.run([sys.executable, script, tmp_path / "made"], check=True, capture_output=True, timeout=60)
    made = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()}
    assert made == {path.name: path.read_bytes() for path in SAMPLES}


@pytest.mark.parametrize("name", KINDS)
def test_what_a_sample_says_is_read(name: str) -> None:
    text = read(name).text
    assert [words for words in SAID[name] if words not in text] == []
    assert "\ufffd" not in text


@pytest.mark.parametrize("name", KINDS)
def test_a_sample_is_routed_to_its_kind(name: str) -> None:
    prompts = load(PROJECT / "prompts", "document", 4000)
    assert prompts.route("", name, read(name).text).name == KINDS[name]


def test_content_alone_would_route_them_too() -> None:
    prompts = load(PROJECT / "prompts", "document", 4000)
    assert {name: prompts.route("", "scan", read(name).text).name for name in KINDS} == KINDS


@pytest.mark.parametrize(("name", "kind"), UNREADABLE.items(), ids=str)
def test_three_samples_say_why_they_cannot_be_read(name: str, kind: type[DocumentError]) -> None:
    with pytest.raises(kind) as caught:
        read(name)
    assert caught.value.hint


def test_the_three_reasons_are_encrypted_damaged_and_no_text() -> None:
    assert {kind.reason for kind in UNREADABLE.values()} == {Reason.ENCRYPTED, Reason.DAMAGED, Reason.NO_TEXT}


def test_pages_and_links_of_the_samples_are_known() -> None:
    assert {name: len(read(name).page_starts) for name in KINDS if name.endswith("pdf")} == {
        "CV Ada Kowalczyk.pdf": 1,
        "Lebenslauf_Jonas_Brückner.pdf": 1,
        "Resume - Marcus Delgado (2026).pdf": 1,
        "Whitfield_Eleanor_CV.pdf": 4,
        "Invoice 2026-0117.pdf": 1,
        "Service agreement Fennimoor - Hollinbeck.pdf": 2,
    }
    assert read("Resume - Marcus Delgado (2026).pdf").links == ("https://marcus.example.com",)
    assert read("Motivatiebrief Femke de Wit.html").links == ("mailto:femke.dewit@example.org",)


def test_people_of_the_samples_are_reached_at_example_addresses_only() -> None:
    text = " ".join(read(name).text for name in KINDS)
    hosts = {word.rpartition("@")[2].rstrip(".,;").lower() for word in text.split() if "@" in word}
    assert all(host.endswith(("example.org", "example.com", "example.net")) for host in hosts)
    assert len(hosts) >= 3

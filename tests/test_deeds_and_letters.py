"""Contracts, letters, certificates and job ads as others print them: kind, sides, date and title, one case a cause."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.inference.offline.business.document import as_document, read_business
from pipeline.inference.offline.language import language_of
from pipeline.inference.offline.lines import read_lines
from pipeline.prompts import load

_PROMPTS = load(Path("prompts"), "document", 4000)


def read(text: str, language: str | None = None) -> dict[str, Any]:
    found = as_document(read_business(read_lines(text), language or language_of(text)))
    fields: dict[str, Any] = found["fields"]
    return fields | {"kind": found["document_type"], "title": found["title"]}


_WAYS = "SUPPLY AGREEMENT\nThis Supply Agreement is made as of 3 May 2026 by and "


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            f"{_WAYS}between Keel Works,\nLLC, a Delaware company (“Keel”), and Ribble Corp., a firm (“Buyer” and with\nKeel, each a party).",
            ["Keel Works, LLC", "Ribble Corp."],
        ),
        (f"{_WAYS}among Keel Ltd, a firm in Hull, and Ribble Inc.", ["Keel Ltd", "Ribble Inc."]),
        ("SERVICE AGREEMENT\nThe desk is open between 8 and 6 on weekdays.", []),
        ("SERVICE AGREEMENT\nbetween Distributor and Client on the Effective Date", []),
        ("SERVICE AGREEMENT\nbetween Keel Ltd and\nWHEREAS the parties wish to trade,", []),
        (
            "CONTRACT / VERTRAG\nbetween / zwischen\nKeel GmbH, Ulm\nand / und\nIda Berg, Bonn",
            ["Keel GmbH", "Ida Berg"],
        ),
        ("BAUVERTRAG\nBAUHERR\tARCHITEKT\nTimo Rauten\tIda Berg", ["Timo Rauten", "Ida Berg"]),
        ('MAINTENANCE AGREEMENT\nbetween Keel Ltd ("A") and Ribble Ltd ("B").', ["Keel Ltd", "Ribble Ltd"]),
    ],
    ids=["line ends", "among", "hours", "roles", "recitals", "bilingual", "table of roles", "no point"],
)
def test_the_sides_of_a_contract_are_names(text: str, parties: list[str]) -> None:
    found = read(text)
    assert found["kind"] == "contract"
    assert sorted(map(str, found["parties"])) == sorted(parties)


def test_a_is_an_and_in_polish() -> None:
    text = "Umowa serwisowa\npomiędzy Stolarnia S.A. z siedzibą: ul. Polna 3, zwaną dalej Wykonawcą, a Hurtownia Malwa, zwaną dalej Zamawiającym"
    assert read(text, "pl")["parties"] == ["Stolarnia S.A.", "Hurtownia Malwa"]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("LEASE AGREEMENT\nThis lease is dated May 3,2026.\nDated: 5/4/2026\tJ. Keel", "2026-05-03"),
        ("LEASE AGREEMENT\nmade as of the 6t h day of March, 2026", "2026-03-06"),
        ("LEASE AGREEMENT\nThey have previously entered into the Agreement dated 22 January 2017.", None),
        (
            f"LEASE AGREEMENT\n{'The parties agree. ' * 30}\nSource: Keel, 1/13/2026\n1. Rent\nSource: Keel, 1/13/2026",
            None,
        ),
        (f"LEASE AGREEMENT\nThis agreement is made on 4 May 2026. {'The parties agree to it. ' * 60}", "2026-05-04"),
        ("Lieferschein\nAnker GmbH\nGedruckt am 05.12.2026", None),
        ("Attestation\nMme Ida Berg a suivi la formation.\nImprimé le 05/12/2026", None),
        ("Anställningsavtal\nBörjar: 2026-09-21\n211 20 Malmö\t903 26 Umeå\nMalmö 2026-06-23", "2026-06-23"),
    ],
    ids=["no blank", "superscript", "earlier", "running foot", "long", "printed", "imprimé", "town in a cell"],
)
def test_the_date_is_the_papers_own(text: str, date: str | None) -> None:
    assert read(text)["date"] == date


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            (
                "Northlight Theatre Trust\n4 High Street\nHull HU1 3DN\nIda Berg\n5 Quay Street\nCardiff CF10 1DY\nApplication for the post of fitter\n"
                "Dear Ms Farrow,\nI am writing to apply.\nYours sincerely,\nIda Berg"
            ),
            ["Ida Berg", "Northlight Theatre Trust"],
        ),
        (
            "Anker AB\nStorgatan 3\n222 22 Lund\nTallen\nTorget 1\n416 63 Göteborg\nUppsägning av avtal\nHej,\nVi säger upp.\nAnker AB",
            ["Anker AB", "Tallen"],
        ),
        (
            "Bon de livraison\nVerger du Brezin · 4 chemin des Prés · 24100 Bergerac\nAnker SAS\n8 rue Moulin\n44300 Nantes",
            ["Verger du Brezin", "Anker SAS"],
        ),
        (
            "Stellenangebot\nSonnrain gGmbH in Ulm sucht ab sofort Pflegekräfte.\nAm Ring 3, 89073 Ulm",
            ["Sonnrain gGmbH"],
        ),
        ("Vacature\nHoogkamp in Zwolle zoekt een bakker.\n- Zorg voor bewoners\nKade 3, 8011 VK Zwolle", ["Hoogkamp"]),
    ],
    ids=["signature", "addressee", "window", "small form", "bullet"],
)
def test_who_writes_and_to_whom(text: str, parties: list[str]) -> None:
    assert read(text)["parties"] == parties


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("Opzegging onderhoudscontract 55\nGeachte heer,\nWij zeggen op.", "other", "Opzegging onderhoudscontract 55"),
        (
            'Exhibit 10.1 This Marketing Agreement (this "Agreement") is entered into by and between Keel Ltd and Ribble Ltd.',
            "contract",
            "Marketing Agreement",
        ),
        (
            "Fitter (US)\nCompany: Keel\nROLE SUMMARY\nFit.\nREQUIRED QUALIFICATIONS\nTools.\nPREFERRED QUALIFICATIONS\nCare.",
            "job_ad",
            "Fitter (US)",
        ),
        (
            "Anker GmbH\nBäcker in Ulm\nIhre Aufgaben\nBacken\nIhr Profil\nErfahrung\nWir bieten\nBrot",
            "job_ad",
            "Bäcker in Ulm",
        ),
        (
            "Auftragsbestätigung Nr. 881\nMwSt. 9,00\nGesamtbetrag 99,00\nZahlbar in 14 Tagen\nIBAN DE02",
            "other",
            "Auftragsbestätigung Nr. 881",
        ),
        ("21 December 2026\nRecommendation for Ida Berg\nShe is good.", "other", "Recommendation for Ida Berg"),
        ("Sehr geehrte Damen und Herren,\nwir kommen gern.", "other", None),
    ],
    ids=[
        "what it does",
        "in a sentence",
        "heads of an ad",
        "not the firm",
        "words of an invoice",
        "below a date",
        "no salutation",
    ],
)
def test_kind_and_title(text: str, kind: str, title: str | None) -> None:
    found = read(text)
    assert (found["kind"], found["title"]) == (kind, title)


def test_a_currency_that_a_line_end_parts_from_its_amount() -> None:
    found = read("Angebot 77\nGesamtbetrag inkl. MwSt.: 1.250,00\nEUR")
    assert (str(found["total"]), found["currency"]) == ("1250.00", "EUR")


_BILL = "Net 620.00\nVAT 124.00\nTotal 744.00\nPayment terms: 30 days\nIBAN: DE02"


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        (f"Keel Ltd\nOrder confirmation 5512\n{_BILL}", "document"),
        (f"Keel Ltd\nInvoice 5512\nOrder confirmation: 12\n{_BILL}", "invoice"),
        ("EXHIBIT 7\n" + "The parties agree. " * 500 + "net total vat quantity overdue iban", "document"),
        (f"Allgemeine Geschäftsbedingungen\n{_BILL}", "document"),
    ],
    ids=["title below a letterhead", "label below the title", "words far away", "terms"],
)
def test_what_is_no_invoice_is_not_read_as_one(text: str, prompt: str) -> None:
    assert _PROMPTS.route("", "x.txt", text).name == prompt

"""Invoices as programs and firms print them: parties below their numbers, columns of totals, deadlines in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipeline.inference.offline.engine import answer
from pipeline.matching import MatchRules, Rules, Seen

_HEADER = yaml.safe_load((Path(__file__).parent.parent / "prompts" / "invoice.md").read_text("utf-8").split("---")[1])
_FIELDS = _HEADER["schema"]["properties"]["fields"]["properties"]


def read(text: str) -> dict[str, Any]:
    """Return what the shipped prompt for invoices asks for."""
    return answer(text, "custom", {"type": "object", "properties": _FIELDS})


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            (
                "Rechnung 17\nVerkäufer\nNummer:\t1234\nName:\tBrandt & Sohn KG\nKäufer/Leistungsempfänger:\nGLN 4000001000005\n"
                "Ute Wendt"
            ),
            ["Brandt & Sohn KG", "Ute Wendt"],
        ),
        (
            (
                "Invoice 17\nIda Berg ● Uferweg 5 ● 04229 Leipzig\nOle Falk\nTalweg 2\n04103 Leipzig\nIda Berg\nUferweg 5\n04229 Leipzig\n"
                "Account holder: Max Ohm"
            ),
            ["Ida Berg", "Ole Falk"],
        ),
        ("Rechnung 17\nTannert, Am Ring 2, 95444 Bayreuth\nOle Falk\nTalweg 2\n04103 Leipzig", ["Tannert", "Ole Falk"]),
        ("Rechnung 17\nRechnungsempfänger\tKundennummer\t88\nAnker AG Mitte\tBetrag in\tEUR", ["Anker AG Mitte"]),
        (
            "Invoice 17\nJuniper Gardens\n4 High Street\n12345 Ulm\nBill to\nAnn Dee\nDeliver to\nDee Farm",
            ["Juniper Gardens", "Ann Dee"],
        ),
        (
            "Invoice 17\nBlue Harbour\n5 Elm Road\n12345 Ulm\nUnited States\nAnn Dee\n9 Oak Road\n12346 Ulm",
            ["Blue Harbour", "Ann Dee"],
        ),
        (
            "Faktura 17\nNorrbo AB\nSågvägen 3\n972 41 Luleå\nKundnummer 88\nTallen\nTorget 1\n972 33 Luleå",
            ["Norrbo AB", "Tallen"],
        ),
        ("Invoice 17\nAcme Ltd Invoice\nCustomer: 4711\nCustomer details", ["Acme Ltd"]),
        ("Rechnung 17\n(c) Muster e.V. 2020\nAnker GmbH", ["Anker GmbH"]),
    ],
    ids=["numbers", "window", "commas", "branch", "delivery", "country", "customer no", "no name", "copyright"],
)
def test_who_sends_an_invoice_and_to_whom_is_told_apart(text: str, parties: list[str]) -> None:
    assert read(text)["parties"] == parties


@pytest.mark.parametrize(
    ("text", "net", "tax", "total"),
    [
        ("Rechnungssumme ohne USt.\t100,00\nSteuerbetrag\t19,00\nBruttosumme\t119,00", 100, 19, 119),
        ("Bez DPH\n2 000,- Kč\nDPH\n420,00 Kč\nS DPH\n2 420,00 Kč", 2000, 420, 2420),
        ("Total without VAT\t100.00\nVAT paid\t20.00\nTotal with VAT\t120.00", 100, 20, 120),
        ("Net total\t80.00\nVAT 20%\t80.00\t16.00\t96.00\nTotal\t96.00", 80, 16, 96),
        (
            "TVA : FR11999999998 - SARL au capital de 120 000,00 €\nTotal HT\t50,00\nTVA\t10,00\nTotal TTC\t60,00",
            50,
            10,
            60,
        ),
        (
            "Wert\tNetto\tMwSt\tMwSt-%\tBrutto\n9,00\t10,00\t1,90\t19,0\t11,90\n10,00\t0,70\t7,0\t10,70\n9,00\t20,00\t2,60\tEUR\t22,60",
            20,
            2.6,
            22.6,
        ),
        (
            "Towar\tNetto\tVAT\tKwota VAT\tBrutto\nMisa\t10,00\t23%\t2,30\t12,30\nRazem\t10,00\t2,30\t12,30",
            10,
            2.3,
            12.3,
        ),
        ("Position\tBetrag\nBeratung\t€ 180,00\nBuchung\t€ 45,00", None, None, None),
    ],
    ids=["without tax", "above", "with tax", "base", "number of payer", "table of rates", "sums", "head of items"],
)
def test_what_an_invoice_adds_up_to_is_read_by_its_words_and_its_figures(
    text: str, net: float | None, tax: float | None, total: float | None
) -> None:
    found = read(f"Invoice 17\n{text}")
    assert [found[name] or None for name in ("net", "tax", "total")] == [net, tax, total]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        (
            "Bitte überweisen Sie den Betrag ohne jeden Abzug und innerhalb von 14 Tagen, bis zum 14.05.2026.",
            "2026-05-14",
        ),
        ("Zahlbar mit 2% Skonto bis\t04.05.2026\nZahlbar ohne Abschlag bis\t14.05.2026", "2026-05-14"),
        ("Invoice Date:\tDue Date:\tReference:\n01.05.2026\t14.05.2026\tA1", "2026-05-14"),
        ("Beschreibung\tFälligkeit\tTeilzahlung\n14.05.2026", "2026-05-14"),
        ("Reference\tSales\tDue date\nHanna Vogt\t14.05.2026", "2026-05-14"),
        ("Issued\tDue\tSales\n14.05.2026", None),
    ],
)
def test_the_day_until_which_to_pay_stands_in_sentences_and_below_heads(text: str, due: str | None) -> None:
    assert read(f"Rechnung 17\n{text}")["due_date"] == (due or "")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Rechnung\nDC-2026-0234\nRechnungsdatum: 28.08.2026", "DC-2026-0234"),
        ("Rechnung\nRechnungsnummer: RE-2026-\n08734", "RE-2026-08734"),
        ("WARENRECHNUNG\nBeleg-Nr\t: R4711\nBeleg-Datum\t: 06.08.2026", "R4711"),
        ("Rechnung\nRechnungsnummer / Datum\n01.02.2026", None),
    ],
)
def test_the_number_of_an_invoice_may_stand_alone_or_broken(text: str, number: str | None) -> None:
    assert read(text)["number"] == (number or "")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("0\tArt-Nr:\tMassage\t26,00\t10\tStk\t0%\t260,00", ["Massage"]),
        ("1,00\tBeratung (Stunde):\t7%\t160,00 €\t160,00 €", ["Beratung (Stunde)"]),
        ("Konzultace\t32 ks\t600,- Kč\t19 200,- Kč", ["Konzultace"]),
        ("4123456 ZS997\t5,00 Stk.\t1\t2,00\t19,0\t10,00\nZitrone 100ml", ["Zitrone 100ml"]),
        ("Olive oil\t1.00 L\t10.00\t10.00 15.00%\t$ 9.00", ["Olive oil"]),
        (
            "Désignation\tQuantité\tMontant\nMaquette\t2\t200 EUR\nImpression\t1\t50 EUR\nTotal HT\t\t250 EUR",
            ["Maquette", "Impression"],
        ),
    ],
    ids=["label", "quantity first", "whole", "codes", "two in a cell", "no price"],
)
def test_what_is_charged_is_named_by_its_words_not_by_its_numbers(text: str, items: list[str]) -> None:
    assert read(f"Invoice 17\n{text}")["items"] == items


@pytest.mark.parametrize(
    "text", ["Beträge in\tEUR\nTotal\t12.00", "Kunde\tBeträge in\tEUR\nTotal\t12.00", "Total € incl. VAT\t12.00"]
)
def test_the_currency_may_stand_in_a_cell_or_within_a_label(text: str) -> None:
    assert read(f"Invoice 17\n{text}")["currency"] == "EUR"


def test_blocks_side_by_side_count_for_the_kind_of_a_document() -> None:
    rules = Rules.of(MatchRules(headings=("invoice no",), unless=("quotation",)))
    assert rules.points(Seen.of("", "Anker Ltd\tInvoice no: 17")) == 2
    assert rules.points(Seen.of("", "Anker Ltd\tPrepared for\tQuotation")) < 0


def test_the_days_of_what_is_charged_are_not_the_day_of_the_invoice() -> None:
    text = "Rechnung 17\nKöln, den 30.04.2026\nDatum\tLeistung\tBetrag\n01.04.2026\tMassage\t48,50 €"
    assert read(text)["date"] == "2026-04-30"

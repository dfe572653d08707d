"""Business papers in layouts and words that real ones have: two columns, roles of any name, dates that are not theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.formats import extract
from pipeline.inference.offline.business.naming import tidy_name
from pipeline.inference.offline.business.tables import item_rows
from pipeline.inference.offline.engine import answer
from pipeline.inference.offline.lines import read_lines
from pipeline.prompts import load
from pipeline.schemas.schema import built_in

PROMPTS = Path(__file__).parent.parent / "prompts"
_SCHEMA = built_in("document")
assert _SCHEMA
DOCUMENT = _SCHEMA.json_schema


def document(text: str) -> dict[str, Any]:
    """Return the summary of any business document."""
    return answer(text, "document", DOCUMENT)


def routed(text: str) -> str:
    """Return the prompt that the match rules choose."""
    return load(PROMPTS, "document", 2_000).route("", "scan001.pdf", text).name


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        ("FAKTURA\nLipa S.A.\nNabywca:\tData: 10.07.2023\nDąb Sp. z o.o.\tData sprzedaży: 09.07.2023", ["Lipa S.A.", "Dąb Sp. z o.o."]),
        (
            "Lauwers\nkade 4\n9968 AB Hasselt\nwww.example.org\nOle Grove\tDatum: 8 mei 2025\nlaan 6\n9636 CD Gent\nOfferte 659",
            ["Lauwers", "Ole Grove"],
        ),
        (
            "Ida Berg\tMühle Nord\nWeg 2\tGasse 4\n34117 Kassel\t20095 Hamburg\nKassel, 04.02.2026\nReklamation der Lieferung",
            ["Ida Berg", "Mühle Nord"],
        ),
        ("Licence Agreement\nLicence giver: Anker Ltd\nLicence taker: Ida Berg\n1. It begins on 2 May 2026.", ["Anker Ltd", "Ida Berg"]),
        (
            "Contratto di locazione\nTra Rossi, Bianchi e Neri s.r.l., via Po 4 di seguito «Locatore» e Ida Verdi, via Roma 3.",
            ["Rossi, Bianchi e Neri s.r.l.", "Ida Verdi"],
        ),
        ("Arbeidscontract\nDe ondergetekenden:\nVelora BV\nKade 2\nen\nIda Berg\nhierna te noemen: werknemer", ["Velora BV", "Ida Berg"]),
        ("Carta de recomendación\nMolino S.L.\nJuan Prado ha trabajado con nosotros como panadero.", ["Juan Prado", "Molino S.L."]),
        ("Factuur\nDe Groene Vingers\nMolenpad 9, 1185 AB Amstelveen\n\nFam. Van der Linden\nParklaan 30\n1181 AX Amstelveen", ["De Groene Vingers", "Van der Linden"]),
        ("INVOICE 5\nNORTHGATE CYCLES\n\nCustomer\tDetails\nVelo Ltd\tInvoice date\t19-Mar-26\nYork YO1 6DD\tDue\t18-Apr-26", ["Velo Ltd"]),
        ("Léa Marchetti — Traductrice\n8 allée des Cèdres, 35000 Rennes\n\nFacture 14\n\nÉditions Phare\n17 rue Voltaire\n29200 Brest", ["Léa Marchetti", "Éditions Phare"]),
        ("Wir suchen ab sofort\nKoch (m/w/d)\n\nGasthaus Sommer\nLange Gasse 14, 93047 Regensburg\n\nIhre Aufgaben: Küche", ["Gasthaus Sommer"]),
        ("RECIBO DE RENDA\nSenhorio: Ida Pinto\nInquilino: Rui Tavares\nRenda de maio: 620,00 €", ["Ida Pinto", "Rui Tavares"]),
        ("Anker LLP\n\nPrivate & Confidential\nMrs Ida Abara\n4 Sycamore Drive\nCroydon CR0 4TT\n\nINVOICE 3", ["Anker LLP", "Ida Abara"]),
        ("Subject: Damaged delivery\n\nHello,\n\nPlease replace it.\n\nRegards\nSamuel Adeyemi\n14 Ferry Lane, Goole DN14 5QR", ["Samuel Adeyemi"]),
        ("Faktura 9\nNordhavn ApS\nKajgade 4, 2150 Nordhavn\nTil: Foreningen Hjul", ["Nordhavn ApS", "Foreningen Hjul"]),
        ("CONTRATTO\nTra\nla società Fontana S.r.l., con sede in Udine\ne\nil sig. Dario Colombo, nato a Trieste", ["Fontana S.r.l.", "Dario Colombo"]),
        ("PRESS RELEASE\nToday a plant was opened in Falkirk.", []),
        (
            "Invoice 7\nRedwood Joinery\nOld Mill Yard\nHexham NE46 1XX\nInvoice to\nCheviot House\n1 Bridge End\nRothbury NE65 7SE",
            ["Redwood Joinery", "Cheviot House"],
        ),
        (
            "Invoice\nFrom\tInvoice no 2026-088\nLarkin LLC\tDate 05/14/2026\n77 Quarry Rd\tDue date 06/13/2026\nTo\nYoga Collective\n1200 Pearl St",
            ["Larkin LLC", "Yoga Collective"],
        ),
        ("Anker Ltd\nINVOICE 7\nPrepared by: Jane Roe\nBill to: Bo Ltd\nTotal £5.00", ["Anker Ltd", "Bo Ltd"]),
        ("Spett.le\nHotel Lago S.p.A.\nVia Po 4\n38066 Riva (TN)\n\nFATTURA N. 8\n\nLavanderia Rossetti\nVia Roma 2 - 38062 Arco (TN)", ["Lavanderia Rossetti", "Hotel Lago S.p.A."]),
        ("Lease Agreement\nThis agreement is made between\n(1) Anker Ltd; and\n(2) Miss Ida Berg and Mr Ole Grove, of 4 Dove Lane.", ["Anker Ltd", "Ida Berg", "Ole Grove"]),
        ("Packer (m/f/d)\n\nCobalt is looking for reliable people.\n\nWhat we offer\nfree parking", ["Cobalt"]),
        ("Night packer wanted\n\nOur team is looking for reliable people.\n\nWhat we offer\nfree parking", []),
        ("CERTIFICATE\nThis is to certify that\nIDA BERG\nhas completed the course First Aid\ndelivered by Red Beacon Training Ltd", ["IDA BERG", "Red Beacon Training Ltd"]),
        ("Quotation Q-3\nPrepared for: Bramley School, Attn. Mrs Yates\nPrepared by: Anker Ltd", ["Bramley School", "Anker Ltd"]),
        ("Amtsgericht Lindenau\nGerichtsplatz 1, 04177 Leipzig\n\nHerrn Ole Grove, Uferweg 5, 04229 Leipzig\n\nLadung zum Termin", ["Amtsgericht Lindenau", "Ole Grove"]),
        ("Vollmacht\nHiermit bevollmächtige ich, Ida Berg, geboren am 03.04.1984, Herrn Ole Grove, mich zu vertreten.", ["Ida Berg", "Ole Grove"]),
        ("Minutes of the Team Meeting\nMill Ltd\nPresent: Ida Berg, Ole Grove", ["Mill Ltd"]),
        ("Minutes of the Team Meeting\nPresent: Ida Berg, Ole Grove", ["Ida Berg", "Ole Grove"]),
        ("Mødereferat\nTil stede: Ida Berg, Ole Grove og Eva Holm", ["Ida Berg", "Ole Grove", "Eva Holm"]),
        ("Kokousmuistio\nLäsnä: Ida Berg ja Ole Grove", ["Ida Berg", "Ole Grove"]),
    ],
)  # fmt: skip
def test_both_sides_are_found_in_columns_in_roles_and_in_sentences(text: str, parties: list[str]) -> None:
    assert document(text)["fields"]["parties"] == parties


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Anställningsavtal\nAnställningen börjar den 28 oktober 2023.\nLund den 18 september 2023", "2023-09-18"),
        ("Referencje\nIda Berg, urodzona dnia 05.01.1998, pracowała u nas.\nKraków, dnia 28.03.2023", "2023-03-28"),
        ("Contrato de compra e venda\nA entrega é em 09-06-2025.\nLocal e data: Aparecida, 21-05-2025", "2025-05-21"),
        ("Certificado\nIda Prado presta servicios aquí desde el\n25 de diciembre de 2012.\nMelilla, 19 de mayo de 2024", "2024-05-19"),
    ],
)  # fmt: skip
def test_a_date_within_a_sentence_is_not_that_of_the_document(text: str, date: str) -> None:
    assert document(text)["fields"]["date"] == date


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        ("Pipe\t2\t20.00\nHire\t1\t30.00\nSchlussziffer: 50.00 EUR", "50.00"),
        ("Total: 1,000.00 EUR\nSent before: 300.00 EUR\nStill open: 700.00 EUR", "700.00"),
        ("Total: 119.00 EUR\nTherein levied: 19.00 EUR\nBefore levy: 100.00 EUR", "119.00"),
        ("Total: 1,000.00 EUR\nSent before: 300.00 EUR\nBonus: 650.00 EUR", "1000.00"),
    ],
)  # fmt: skip
def test_figures_tell_the_total_where_words_do_not(rows: str, total: str) -> None:
    assert document(f"Invoice\nInvoice no 7\nDate: 2 May 2026\n{rows}")["fields"]["total"] == total


def test_the_price_of_a_sale_and_the_sum_of_a_loan_are_the_total_of_a_contract() -> None:
    sale = document("Kaufvertrag\nzwischen Ida Berg und Ole Grove\nDer Kaufpreis beträgt 4.500,00 €.")["fields"]
    assert (sale["total"], sale["currency"]) == ("4500.00", "EUR")
    lease = document("Mietvertrag\nzwischen Ida Berg und Ole Grove\nDie Miete beträgt 500,00 €.")["fields"]
    assert lease["total"] is None


def test_a_letter_is_what_its_subject_line_says() -> None:
    letter = document(
        "Ida Berg\nKassel, 2. Mai 2026\nBetreff: Bewerbung als Bäckerin\nGuten Tag,\ngern komme ich vorbei."
    )
    assert (letter["document_type"], letter["title"]) == ("cover_letter", "Bewerbung als Bäckerin")


def test_a_title_comes_before_the_number_of_an_invoice_and_a_subject_may_hold_a_long_number() -> None:
    assert document("Invoice No.: 533540\nMill Ltd\nCredit Note\nTotal: 12.00 EUR")["title"] == "Credit Note"
    letter = "Mill\n4 Lane\nHull HU1 2AA\n2 May 2026\n\nYour lapse of 12345678\n\nDear Ms Hall,\nwe write to you."
    assert document(letter)["title"] == "Your lapse of 12345678"


OFFER = "Mill Ltd\nBaker (m/f/d)\nYour tasks\nbread\nYour profile\n- Education: any\n- Work experience: none\nSkills\nbread\nEducation\nany\nLanguages\nEnglish\nWhat we offer\nbread\nApply to jobs@example.org"


def test_an_offer_that_asks_for_skills_and_education_is_no_cv() -> None:
    assert routed(OFFER) == "document"
    assert document(OFFER)["document_type"] == "job_ad"


def test_a_contract_with_the_headings_of_a_cv_is_a_contract() -> None:
    text = "Employment Contract\nbetween\nMill Ltd\nand\nIda Berg\nEducation\nWork experience\nLanguages\nReferences"
    assert document(text)["document_type"] == "contract"


@pytest.mark.parametrize(
    "text",
    [
        "Nordwind s.r.o.\nDatum: 19. 2. 2026\nUpomínka\nČástka\nK úhradě\t3 669,38 Kč",
        "Aanmaning\nMill BV\nDatum: 2-5-2026\nTe betalen: 40,00 EUR\nTotaal: 40,00 EUR",
        "Fatura n.º RG88691\nMoinho Lda.\nTotal com IVA: 40,00 EUR\nIBAN PT50",
    ],
)
def test_reminders_and_numbered_titles_go_to_the_invoice_prompt(text: str) -> None:
    assert routed(text) == "invoice"


def test_cells_of_a_layout_in_rtf_are_read_one_after_the_other() -> None:
    layout = rb"{\rtf1\trowd\intbl Ida Berg\line Weg 2\line 34117 Kassel\cell Date: 2 May 2026\cell\row after}"
    assert extract(layout, "a.rtf").text.split("\n")[:4] == ["Ida Berg", "Weg 2", "34117 Kassel", "Date: 2 May 2026"]
    figures = rb"{\rtf1\trowd\intbl Pipe\line 15 mm\cell 2\cell 10,00\cell 20,00\cell\row after}"
    assert extract(figures, "b.rtf").text.split("\n")[0] == "Pipe 15 mm\t2\t10,00\t20,00"


def test_the_first_sentence_below_a_salutation_may_begin_in_small_letters() -> None:
    text = "Kündigung\n\nSehr geehrte Damen und Herren,\n\nhiermit kündige ich meinen Vertrag. Bitte bestätigen Sie mir das.\n\nIda Berg"
    assert document(text)["summary"] == "hiermit kündige ich meinen Vertrag. Bitte bestätigen Sie mir das."


def test_a_label_is_of_its_own_cell_and_a_number_beside_a_date_is_none() -> None:
    dates = document("Delivery note\nOrder no.: 5561\tDespatched: 21/07/2026\nTICKET 00451\t14/08/2026")["fields"][
        "dates"
    ]
    assert dates == [{"label": "Despatched", "date": "2026-07-21"}]


def test_what_is_asked_of_late_payers_is_no_total() -> None:
    text = "Water bill\nTotal amount due $66.05\nAmount due after 06/23/2026 $71.05\nTotal after discount $60.00"
    assert document(text)["fields"]["total"] == "66.05"


def test_a_day_behind_a_town_is_the_date_of_a_reference() -> None:
    text = (
        "Arbeitszeugnis\nFrau Ida Berg war vom 1. Juni 2019 bis 31. Mai 2025 bei uns tätig.\nGoing, am 31. Oktober 2025"
    )
    assert document(text)["fields"]["date"] == "2025-10-31"


def test_the_number_of_a_policy_is_not_what_it_is_called() -> None:
    assert document("Norgate Insurance\nPolicy Schedule\nPolicy number: NM/4471")["title"] == "Policy Schedule"


def test_an_item_is_named_behind_its_code_and_may_be_cheaper_by_a_share() -> None:
    rows = item_rows(read_lines("BC-01\tBike 54cm\t2\t425.00\t10%\t765.00\t20%\nHL-22\tHelmet\t5\t32.50\t162.50\t0%"))
    assert [(row.description, row.amount) for row in rows] == [("Bike 54cm", 765.0), ("Helmet", 162.5)]


def test_a_label_above_an_amount_is_the_one_of_its_column() -> None:
    text = "RECEIPT\nAMOUNT PAID\tDATE PAID\tMETHOD\n$129.00\tFebruary 1, 2026\tVisa\nMethod\tTotal due\nVisa\t$140.00"
    fields = document(text)["fields"]
    assert [one["label"] for one in fields["amounts"]] == ["AMOUNT PAID"]
    assert fields["total"] == "140.00"


def test_the_only_amount_behind_a_label_is_what_a_receipt_is_for() -> None:
    assert document("RECIBO DE RENDA\nRenda do mês de maio: 620,00 €")["fields"]["total"] == "620.00"


def test_a_contract_is_called_by_its_title_and_not_by_what_is_sold() -> None:
    assert document("KUPNÍ SMLOUVA\nProdávající: Ida Berg\nPředmět: osobní automobil")["title"] == "KUPNÍ SMLOUVA"


def test_a_day_that_a_sentence_tells_of_is_not_the_day_of_a_letter() -> None:
    text = "Subject: Damaged delivery\n\nHello,\n\nI paid £329.00 for it on 21 June 2026.\n\nRegards\nIda Berg"
    assert document(text)["fields"]["date"] is None


def test_a_quantity_may_stand_before_what_is_sold() -> None:
    rows = item_rows(read_lines("1\t120 Stk.\tGeranien, rot\t2,40 €\t288,00 €\n2\t40 Stk.\tLavendel\t3,95 €\t158,00 €"))
    assert [(row.description, row.quantity) for row in rows] == [("Geranien, rot", 120.0), ("Lavendel", 40.0)]


def test_a_total_on_which_there_is_no_tax_is_no_tax() -> None:
    fields = document("Invoice 7\nWork\tPrice\nNew sill\t£145.00\nTotal (no VAT)\t£145.00")["fields"]
    assert (fields["total"], fields["amounts"]) == ("145.00", [])


def test_a_salutation_without_a_comma_stands_below_what_the_letter_is_about() -> None:
    text = (
        "Mr Alan Pym\n90 Harbour Road\nWhitehaven CA28 7LG\n6 October 2026\nYour membership\nDear Mr Pym\nIt ends soon."
    )
    assert document(text)["title"] == "Your membership"


def test_what_a_contract_says_of_money_is_listed_under_its_own_labels() -> None:
    fields = document(
        "Mietvertrag\nVermieter\tIda Berg\nGrundmiete\t980,00 € monatlich\nKaution: 2.940,00 €\nFläche\t80 m²"
    )["fields"]
    assert [(one["label"], one["amount"]) for one in fields["amounts"]] == [
        ("Grundmiete", "980.00"),
        ("Kaution", "2940.00"),
    ]


def test_where_a_party_lives_is_no_part_of_its_name() -> None:
    assert tidy_name("Ida Berg zurzeit wohnhaft Hauptstr. 8, 68159 Mannheim") == "Ida Berg"
    assert tidy_name("Anker AG vertreten durch Ole Grove") == "Anker AG"


def test_town_and_day_beside_a_signature_are_the_date_and_a_labelled_day_is_not() -> None:
    text = "Gesellenbrief\nFrau Ida Berg, geboren am 12. Juni 2004\nGültig bis\t01.11.2027\nZwickau, den 13. Februar 2026\tDer Ausschuss"
    assert (document(text)["document_type"], document(text)["fields"]["date"]) == ("certificate", "2026-02-13")


def test_a_day_behind_a_word_that_is_no_town_is_not_the_day_of_a_letter() -> None:
    assert (
        document("Auftrag\nLieferung am 15.03.2026\nFrist am 16.03.2026\nKöln, 01.02.2026")["fields"]["date"]
        == "2026-02-01"
    )


def test_a_small_word_of_another_language_makes_no_total_one_of_late_payers() -> None:
    text = "Faktura 7\nRazem netto na 31.12.2025: 400,00 zł\nDo zapłaty na 31.12.2025: 500,00 zł\nZaliczka 50,00 zł"
    assert document(text)["fields"]["total"] == "500.00"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Gärtnerei Lohmann\nBestellung vom 04.05.2026\nLieferschein", "Lieferschein"),
        (
            (
                "Pennine Mutual\nPolicy number: PM/88\n\nMr R Winter\n8 Canal Row\nSkipton BD23 1PT\n\nDear Mr Winter\n\n"
                "Renewal of your insurance\n\nYour policy is due for renewal soon."
            ),
            "Renewal of your insurance",
        ),
    ],
)
def test_the_number_of_another_paper_is_no_title(text: str, title: str) -> None:
    assert document(text)["title"] == title


def test_the_day_somebody_was_hired_is_not_the_day_of_a_payslip() -> None:
    assert document("Anker GmbH\tEntgeltabrechnung\nApril 2026\tEintritt 01.08.2019")["fields"]["date"] is None

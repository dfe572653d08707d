"""Invoices, orders, reminders and letters as offices all over the world print them, read by the offline engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.inference.offline.business.iban import find_iban
from pipeline.inference.offline.engine import answer
from pipeline.prompts import load
from pipeline.schemas.schema import built_in

PROMPTS = load(Path(__file__).parent.parent / "prompts", "document", 4000)
_DOCUMENT = built_in("document")
assert _DOCUMENT is not None
DOCUMENT = _DOCUMENT.json_schema
INVOICE = PROMPTS.by_name["invoice"].schema.json_schema


def invoice(text: str) -> dict[str, Any]:
    """Return the fields of an invoice."""
    fields: dict[str, Any] = answer(text, "custom", INVOICE)["fields"]
    return fields


def document(text: str) -> dict[str, Any]:
    """Return the fields of any business document."""
    fields: dict[str, Any] = answer(text, "document", DOCUMENT)["fields"]
    return fields


# --- Amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "net", "tax", "total"),
    [
        ("Rechnung\nTotal exkl. MWST\t2'247.35\n8.1% MWST\t182.05\nTotal inkl. MWST\t2'429.40", 2247.35, 182.05, 2429.4),
        ("Faktura\nSum eks. mva\t2 000,00\nMVA 25 %\t500,00\nTotalt inkl. mva\t2 500,00", 2000, 500, 2500),
        ("Invoice\nTotal excluding tax £100.00\nTax £20.00\nTotal including tax £120.00", 100, 20, 120),
        ("Rechnung\nNetto EUR\tMwSt. %\tMwSt. EUR\tBrutto EUR\n1.000,00\t19,00\t190,00\t1.190,00", 1000, 190, 1190),
        ("Rechnung\nNetto\tMwSt. 19 %\tBrutto\n100,00 €\t19,00 €\t119,00 €", 100, 19, 119),
        ("Faktura\nNetto\tVAT\tBrutto\nRazem\t3 440,00\t710,20\t4 150,20\nw tym 8%\t540,00\t43,20\t583,20", 3440, 710.2, 4150.2),
        ("Rechnung\nNetto 90,00 €\nUSt. 19 % 9,50 €\nUSt. 7 % 2,80 €\nGesamtbetrag 102,30 €", 90, None, 102.3),
        ("Invoice\nNet £150.00\nVAT 20% £20.00\nVAT 5% £2.50\nTotal VAT £22.50\nTotal £172.50", 150, 22.5, 172.5),
        ("Tax invoice\nTaxable value 11,50,000.00\nCGST 2.5% 28,750.00\nSGST 2.5% 28,750.00\nTotal ₹12,07,500.00", 1150000, None, 1207500),
        ("Payslip\nGross pay £2,201.60\nTotal deductions £410.96\nNet pay £1,790.64", None, None, 1790.64),
        ("請求書\nご請求金額 ¥123,456\n小計\t112,233\n消費税(10%)\t11,223\n合計\t¥123,456", 112233, 11223, 123456),
        ("FATURA\nARA TOPLAM 292,00\nKDV %20 58,40\nGENEL TOPLAM 350,40 TL", 292, 58.4, 350.4),
        ("FACTURA FISCALA\nTotal de plata 119,00 lei\nTVA 19% 19,00", None, 19, 119),
        ("Credit note\nNet\t(£116.00)\nVAT 20%\t(£23.20)\nTotal credit\t(£139.20)", -116, -23.2, -139.2),
        ("| Subtotal | €40.00 |\n| --- | ---: |\n| VAT 23% | €9.20 |\n| Total due | €49.20 |", 40, 9.2, 49.2),
    ],
)  # fmt: skip
def test_net_tax_and_total_are_told_apart(text: str, net: float | None, tax: float | None, total: float) -> None:
    fields = invoice(text)
    assert (fields["net"], fields["tax"], fields["total"]) == (net, tax, total)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("Invoice\nTotal (CAD)\t$1,943.60", "CAD"),
        ("Invoice\nCurrency: AUD\nTotal\t$1,943.60", "AUD"),
        ("Invoice\nAll amounts in NZD\nTotal\t1,943.60", "NZD"),
        ("Invoice\nTotal $1,943.60 MXN", "MXN"),
        ("Invoice\nTotal CA$1,943.60", "CAD"),
        ("Invoice\nTotal $1,943.60", "USD"),
        ("Invoice\nCurrency: EUR\nTotal $1,943.60", "USD"),
        ("Rykker\nVi har ikke modtaget betaling for din faktura.\nI alt at betale\tkr. 2.537,50", "DKK"),
        ("增值税发票\n价税合计\t¥9,040.00", "CNY"),
        ("Invoice\nTotal Rp 1.234.567", "IDR"),
    ],
)
def test_the_currency_is_the_one_that_a_code_or_a_label_names(text: str, currency: str) -> None:
    assert invoice(text)["currency"] == currency


def test_what_is_charged_is_listed_as_far_as_the_rows_prove_themselves() -> None:
    text = (
        "Rechnung\nPos.\tBezeichnung\tMenge\tEinzelpreis\tUSt.\tGesamtpreis\n"
        "1\tEsstisch geölt\t2,00 Stk\t1.249,00 €\t19 %\t2.498,00 €\n"
        "2\tStuhl\t12,00 Stk\t189,50 €\t19 %\t2.274,00 €\nGesamtbetrag\t4.772,00 €"
    )
    assert invoice(text)["items"] == ["Esstisch geölt", "Stuhl"]


def test_rows_without_cells_prove_themselves_too() -> None:
    text = "Rechnung\nPos. Bezeichnung Menge Preis Gesamt\n1 Esstisch geölt 2,00 Stk 1.249,00 € 19 % 2.498,00 €"
    assert invoice(text)["items"] == ["Esstisch geölt"]


# --- Dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Invoice\nDate: 11/09/2026\n10/28/2026\tFall cleanup\t390.00", "2026-11-09"),
        ("Invoice\nDate: 11/09/2026\n28/10/2026\tGutters\t390.00", "2026-09-11"),
        ("Invoice\nBlue Heron LLC\nBoise, ID 83702\nDate: 11/09/2026\nTotal $5.00", "2026-11-09"),
        ("Invoice\nMill Ltd\nBoise, ID 83702\nDate: 11/09/2026\nTotal £5.00", "2026-09-11"),
        ("Invoice\nDate: 14/03/26", "2026-03-14"),
        ("Bestellung Nr. 4500023\nBestelldatum\t11.05.2026\nLiefertermin\t25.05.2026", "2026-05-11"),
        ("Invoice\nOrder date: 01/04/2026\nInvoice date: 08/04/2026", "2026-04-08"),
    ],
)
def test_a_date_is_read_as_the_rest_of_the_document_prints_dates(text: str, date: str) -> None:
    assert document(text)["date"] == date


# --- Numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Rechnung RE-2026-0815\nKundennummer: 10442", "RE-2026-0815"),
        ("Invoice 10087\nOrder No. 55", "10087"),
        ("Invoice 14/10/2026\nNo. 55", "55"),
        ("Invoice\nOrder number: 55\nInvoice number: INV-7", "INV-7"),
        ("CREDIT NOTE\nCredit note no.\tCN-0092\nOriginal invoice\tINV-5513", "CN-0092"),
        ("FAKTURA - daňový doklad č. 2026045", "2026045"),
        ("Счет на оплату № 187 от 14 мая 2026 г.", "187"),
        ("FACTURĂ FISCALĂ Seria BZ Nr. 00871 din 23.02.2026", "00871"),
        ("3. Abschlagsrechnung Nr. AR-2026-31", "AR-2026-31"),
        ("Faktura VAT nr\nFV/118/05/2026", "FV/118/05/2026"),
        ("Invoice\nDate\tInvoice no\n8 May 2026\tQ-12", "Q-12"),
    ],
)
def test_the_number_is_the_invoice_s_own(text: str, number: str) -> None:
    assert invoice(text)["number"] == number


@pytest.mark.parametrize(
    ("text", "iban"),
    [
        ("IBAN: DE02 1203 0000 0000 2020 51 BIC BYLADEM1001", "DE02 1203 0000 0000 2020 51"),
        ("Sparkasse · IBAN DE02 1203 0000\n0000 2020 51", "DE02 1203 0000 0000 2020 51"),
        ("IBAN ES9121000418450200051332 BIC CAIXESBB", "ES9121000418450200051332"),
        ("op rekening NL91 ABNA 0417 1643 00.", "NL91 ABNA 0417 1643 00"),
        ("op rekening NL92 ABNA 0417 1643 00.", None),
        ("Konto\nPL61 1090 1014 0000 0712 1981 2874", "PL61 1090 1014 0000 0712 1981 2874"),
        ("IBAN: DE02 1203", None),
        ("Order XX12 3456 7890 1234", None),
    ],
)
def test_an_account_is_as_long_as_its_country_s_are(text: str, iban: str | None) -> None:
    assert find_iban(text) == iban


# --- Parties ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            ("Ahrens Möbel GmbH\nLange Zeile 14\n27472 Cuxhaven\nTel. 04721 555 010\n"
            "Ahrens Möbel GmbH · Lange Zeile 14 · 27472 Cuxhaven\nHotel Strandperle\nDeichweg 3\n27476 Cuxhaven\nRechnung"),
            ["Ahrens Möbel GmbH", "Hotel Strandperle"],
        ),
        (
            ("SARL Lumière\n12 rue des Lilas\n69003 Lyon\nLyon, le 4 septembre 2026\nMairie de Saint-Priest\n"
            "Place Ottina\n69800 Saint-Priest\nFACTURE N° 7"),
            ["SARL Lumière", "Mairie de Saint-Priest"],
        ),
        (
            ("Mill Trading Ltd\n5 Castle Road, York YO1 9RX\nInvoice\nInvoice No\tCB-9001\nYour order\tPO 7781\n"
            "Harbour View Hotel\nThe Quay\nWhitby YO21 3PU"),
            ["Mill Trading Ltd", "Harbour View Hotel"],
        ),
        (
            "Anna Berg\nKirchweg 3\n10115 Berlin\nAcme GmbH\nLange Zeile 14\n27472 Cuxhaven\nRechnung Nr. 7",
            ["Anna Berg", "Acme GmbH"],
        ),
        ("TAX INVOICE\nSharada Ltd\nBuyer (Bill to)\nMeera Garments\n9 Nehru Street", ["Sharada Ltd", "Meera Garments"]),
        ("INVOICE\nHeron LLC\nBILL TO\nSHIP TO\nMarlene Ostrander\tSame", ["Heron LLC", "Marlene Ostrander"]),
        ("請求書\n株式会社みどり商事 御中\t発行日: 2026年10月31日\n株式会社さくら製作所", ["株式会社さくら製作所", "株式会社みどり商事"]),
        (
            ("NOTA FISCAL\nPRESTADOR DE SERVIÇOS\nNome/Razão Social: Oliveira Ltda\nTOMADOR DE SERVIÇOS\n"
            "Nome/Razão Social: Padaria Ltda"),
            ["Oliveira Ltda", "Padaria Ltda"],
        ),
        ("Rechnung\nKohl GmbH\nFrau\nRegula Brändli\nSeeweg 12\n8610 Uster", ["Kohl GmbH", "Regula Brändli"]),
    ],
)  # fmt: skip
def test_both_sides_of_an_invoice_are_found_without_labels(text: str, parties: list[str]) -> None:
    assert invoice(text)["parties"] == parties


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            (
                "Water Co B.V.\nPostbus 90, 4000 AB Tiel\nDe heer P. van Asselt\nKerkstraat 8\n4013 AB Kapel-Avezaath\n"
                "Tiel, 6 oktober 2026\nGeachte heer Van Asselt,"
            ),
            ["Water Co B.V.", "P. van Asselt"],
        ),
        (
            (
                "Claire Vasseur\n8 rue du Four\n35000 Rennes\nSyndic de l'Ouest\n22 quai Lamennais\n35000 Rennes\n"
                "Rennes, le 2 février 2026\nMadame, Monsieur,"
            ),
            ["Claire Vasseur", "Syndic de l'Ouest"],
        ),
        ("Tidewater Ltd\nQuotation\nPrepared for Mrs Hannah Colley", ["Tidewater Ltd", "Hannah Colley"]),
        ("Payslip\nHarbour Foods Ltd\nEmployee: Tomasz Wilk", ["Harbour Foods Ltd", "Tomasz Wilk"]),
        (
            (
                "Huurovereenkomst\nDe ondergetekenden:\n1. Woonstichting De Kade, hierna te noemen: verhuurder;\nen\n"
                "2. mevrouw F. Bakker, hierna te noemen: huurder;"
            ),
            ["Woonstichting De Kade", "F. Bakker"],
        ),
    ],
)
def test_sender_and_addressee_of_other_papers_are_found(text: str, parties: list[str]) -> None:
    assert document(text)["parties"] == parties


# --- Which prompt, which title ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("Faktura\nFakturanummer\t20417\nFörfallodatum\t2026-03-13\nMoms 25 %\t6 005,13\nAtt betala", "invoice"),
        ("請求書\n請求書番号: 2026-0456\n小計\t112,233\n消費税(10%)\t11,223", "invoice"),
        ("SZÁMLA\nSzámlaszám: 321\nÁFA 27%\nFizetendő összesen 120 015 Ft", "invoice"),
        ("FATURA\nFatura No: 123\nKDV %20\nGenel Toplam", "invoice"),
        ("Счет на оплату № 187\nПоставщик: ООО «Вектор»\nНДС 20%\nВсего к оплате", "invoice"),
        ("FACTURĂ FISCALĂ\nFurnizor: Lemn SRL\nTVA 19%\nTotal de plată", "invoice"),
        ("NOTA FISCAL DE SERVIÇOS\nNúmero da nota: 7\nPrestador de serviços\nValor total", "invoice"),
        ("TARJOUS\nTarjouksen numero 5\nALV 25,5 %\nYhteensä", "document"),
        ("見積書\n小計\t112,233\n消費税\t11,223\n合計", "document"),
        ("Safety report\nPrepared by: Ida Berg\nContents\nExperience\nEducation\nTable of contents", "document"),
    ],
)
def test_invoices_of_many_countries_go_to_their_prompt(text: str, prompt: str) -> None:
    assert PROMPTS.route("", "scan.pdf", text).name == prompt


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Nordvik Bygg AB\tFaktura\nHamngatan 5", "Faktura"),
        ("BILL TO\nIda Berg\nHeron LLC\tINVOICE", "INVOICE"),
        ("3. Abschlagsrechnung Nr. 31", "3. Abschlagsrechnung Nr. 31"),
        ("ΤΙΜΟΛΟΓΙΟ ΠΩΛΗΣΗΣ\nΑΦΜ 12", "ΤΙΜΟΛΟΓΙΟ ΠΩΛΗΣΗΣ"),
        ("Счет на оплату № 187 от 14 мая 2026 г.", "Счет на оплату № 187 от 14 мая 2026 г."),
    ],
)
def test_a_title_is_found_beside_a_letterhead_numbered_and_in_capitals(text: str, title: str) -> None:
    found = answer(text, "document", DOCUMENT)
    assert (found["document_type"], found["title"]) == ("invoice", title)

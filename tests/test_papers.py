"""Contracts, certificates, letters, bills and receipts of many countries, read by the offline engine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.inference.offline.engine import answer
from pipeline.inference.offline.language import language_of
from pipeline.prompts import load
from pipeline.schemas.schema import built_in

PROMPTS = load(Path(__file__).parent.parent / "prompts", "document", 4000)
_DOCUMENT = built_in("document")
assert _DOCUMENT is not None
DOCUMENT = _DOCUMENT.json_schema
INVOICE = PROMPTS.by_name["invoice"].schema.json_schema


def document(text: str) -> dict[str, Any]:
    """Return the summary of any business document."""
    return answer(text, "document", DOCUMENT)


def invoice(text: str) -> dict[str, Any]:
    """Return the fields of an invoice."""
    fields: dict[str, Any] = answer(text, "custom", INVOICE)["fields"]
    return fields


# --- Language ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fi", "Kuitti\nKahvi 3,20\nPulla 2,90\nYhteensä 6,10\nKäteinen 10,00"),
        ("fi", "TYÖSOPIMUS\nTyönantaja: Rakennus Oy Salo\nTyöntekijä: Mika Laine\nPalkka: 2 850 €/kk"),
        ("tr", "SATIŞ FİŞİ\nTarih: 03.04.2026\nEkmek 15,00\nTOPLAM 47,50 TL\nNAKİT 50,00"),
        ("de", "Übergabeprotokoll Wohnung\nMieter: Jörg Böhm\nSchlüssel: 3"),
        ("hu", "SZÁMLA\nSzámlaszám: 2026/114\nVevő: Kovács Péter\nÖsszesen: 38 100 Ft"),
        ("pl", "PARAGON FISKALNY\nChleb 4,50\nMasło 7,99\nSUMA PLN 12,49"),
        ("cs", "Faktura č. 2026117\nOdběratel: Jan Dvořák\nDatum splatnosti: 12.5.2026\nCelkem k úhradě 1 210 Kč"),
        ("fr", "DEVIS n° D-2026-064\nClient : Mme Odile Carpentier\nRéfection toiture garage\nTotal TTC 3 201,00 €"),
        ("nl", "PAKBON\nKlant: Bakkerij De Wit\nAantal: 12 dozen\nLeverdatum: 3 mei 2026"),
        ("no", "FAKTURA\nFakturanr. 881\nKunde: Bjørn Hagen AS\nForfallsdato 30.05.2026\nÅ betale 4 500 kr"),
        ("it", "RICEVUTA\nRicevo dal sig. Paolo Serra\nla somma di € 120,00\nper lezioni di chitarra"),
        ("hr", "RAČUN br. 12\nKupac: Ivan Horvat\nUkupno: 120,00 EUR\nPDV 25%"),
        (
            "cs",
            "Pekařství Koláček\nNáplň práce\n- pečení\nPlat: 30 000",
        ),  # all but one of its letters are Spanish as well
        ("nl", "Koelhuis Noord B.V.\nVacature: Elektricien\nWij bieden\nsalaris"),
        ("bg", "ФАКТУРА № 12\nПолучател: Иван Петров\nОбщо: 120 лв."),
    ],
)
def test_the_language_of_a_paper_without_sentences_is_told_by_the_words_of_offices(language: str, text: str) -> None:
    assert language_of(text) == language


# --- Kinds and titles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("Darlehensvertrag\nzwischen\nHerrn Gunther Pfaff\nund\nFrau Mareike Stölting", "contract", "Darlehensvertrag"),
        ("Befristeter Untermietvertrag\nMieter: Tarek Haddad", "contract", "Befristeter Untermietvertrag"),
        (
            "Gehaltsabrechnung Mai 2026\nBrutto 2.000,00\nMwSt 0,00\nIBAN DE89 3704 0044 0532 0130 00",
            "other",
            "Gehaltsabrechnung Mai 2026",
        ),
        ("Personal Loan Agreement\nThis agreement is made on 4 February 2026.", "contract", "Personal Loan Agreement"),
        (
            "BELİRSİZ SÜRELİ İŞ SÖZLEŞMESİ\nSözleşme tarihi: 12.01.2026\nİşe başlama tarihi: 19.01.2026",
            "contract",
            "BELİRSİZ SÜRELİ İŞ SÖZLEŞMESİ",
        ),
        (
            "Severnside Water Ltd\nBill date 6 October 2026\nYour water bill\nAmount due £219.80\nVAT No 4",
            "invoice",
            "Your water bill",
        ),
        (
            (
                "Vacancy: Office Manager\nMeridian Dental Practice\n\nSkills\nExcel\nLanguages\nEnglish\nEducation\nA levels"
                "\nExperience\ntwo years\nWe offer £27,000 a year."
            ),
            "job_ad",
            "Vacancy: Office Manager",
        ),
        ("Padaria Sobral\nRecibo\nPão 12,50 €\nTotal 12,50 €", "invoice", "Recibo"),
        ("Padaria Sobral\nRecibo de vencimento\nTotal 900,00 €", "other", "Recibo de vencimento"),
        (
            "Hannah Colley\n\nRe: Vacancy for a night porter\n\nDear Ms Hall,\n\nI read your advertisement.\n\nKind regards",
            "cover_letter",
            "Vacancy for a night porter",
        ),
        ("Tisza Kft.\nTitoktartási megállapodás\nSzeged, 2026. 06. 06.", "contract", "Titoktartási megállapodás"),
    ],
)
def test_a_kind_is_told_by_compounds_title_case_and_turkish_capitals(text: str, kind: str, title: str) -> None:
    found = document(text)
    assert (found["document_type"], found["title"]) == (kind, title)


def test_bill_turner_is_no_bill() -> None:
    found = document("Bill Turner\n3 Fern Road\nTruro TR1 2AB\n\n3 May 2026\n\nDear Beth,\n\nI will come on Friday.")
    assert (found["document_type"], found["fields"]["parties"]) == ("other", ["Bill Turner"])


def test_the_holder_of_the_account_that_is_paid_to_is_no_customer() -> None:
    text = "Halden Ltd\nINVOICE\nTotal £12.00\nAccount name: Halden Ltd\nSort code: 20-11-43"
    assert invoice(text)["parties"] == ["Halden Ltd"]


_LETTER = "Ashgrove Housing\nTower House\nBristol BS1 6QA\n\n2nd June 2026\n\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"{_LETTER}Dear Ms Adeyemi\n\nYour rent from 1 July 2026\n\nIt will change.", "Your rent from 1 July 2026"),
        (f"{_LETTER}Change of your rent\n\nDear Ms Adeyemi,\n\nIt will change.", "Change of your rent"),
        (f"{_LETTER}Dear Ms Adeyemi,\n\nIt will change.\n\nYours\nHousing Team", "Ashgrove Housing"),
        (
            ("Leon Wachter\nHeidestr. 2\n30625 Hannover\n\nHannover, 03.03.2026\n\nKündigung meiner Mitgliedschaft, Nummer "
            "778102\n\nSehr geehrte Damen und Herren,\n\nhiermit kündige ich."),
            "Kündigung meiner Mitgliedschaft, Nummer 778102",
        ),
        (
            ("Stadtwerke Wörlingen GmbH\nAm Gaswerk 1\n74321 Wörlingen\n\nWörlingen, 14.01.2026\n\nNeue Preise ab März\n\n"
            "Der Preis je Kilowattstunde steigt."),
            "Neue Preise ab März",
        ),
        ("Night Shift Baker\nHarbour Loaf Co.\nWe are looking for a baker.\nYour responsibilities\nWe offer", "Night Shift Baker"),
    ],
)  # fmt: skip
def test_a_letter_is_called_by_what_it_is_about(text: str, title: str) -> None:
    assert document(text)["title"] == title


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("invoice", "Tierarztrechnung 2026/0719\nNettosumme 53,52\n19% MwSt. 10,17\nEndsumme 63,69 €\nIBAN DE89"),
        ("invoice", "ΤΙΜΟΛΟΓΙΟ ΠΑΡΟΧΗΣ ΥΠΗΡΕΣΙΩΝ\nΑριθμός: 118\nΦΠΑ 24% 84,00\nΣύνολο 434,00 €"),
        ("invoice", "FATURA-RECIBO N.º FR 2026/33\nPrestador de serviços: Inês Carvalho\nIVA 0,00 €"),
        ("invoice", "INVOICE\nFrom: Harriet Moss\nTotal £890\nPlease pay within 30 days."),
        ("document", "Vacancy: Clerk\nSkills\nExcel\nLanguages\nEnglish\nEducation\nA levels\nSalary: £27,000\nApply by 3 March"),
        ("cv", "Joy Adebayo\nSkills\nExcel\nLanguages\nEnglish\nEducation\nA levels\nWork experience\nClerk"),
    ],
)  # fmt: skip
def test_papers_go_to_the_prompt_for_them(prompt: str, text: str) -> None:
    assert PROMPTS.route("", "scan.pdf", text).name == prompt


# --- Dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "date"),
    [
        (
            ("NON-DISCLOSURE AGREEMENT\nThis Agreement is entered into as of March 9, 2026 by and between A Ltd and B Ltd.\n"
            "This Agreement terminates on March 9, 2029."),
            "2026-03-09",
        ),
        (
            ("ARBEIDSOVEREENKOMST\nDe werknemer treedt in dienst op 1 juli 2026.\n"
            "Aldus overeengekomen te Naaldwijk op 12 juni 2026."),
            "2026-06-12",
        ),
        ("FATURA DE ENERGIA\nVencimento: 10/06/2026\nValor a pagar: R$ 171,32", None),
        ("Vacancy\nWe are looking for a baker.\nPlease send your CV by 15 May 2026.", None),
        ("Membership card\nCard holder\nExpiry date: 03/10/2029", None),
        ("MINUTES OF THE PARISH COUNCIL\nheld on Tuesday 14 April 2026 at 7.30 pm\nMinutes of 10 March 2026", "2026-04-14"),
        ("Burgos, 01/03/2026\n\nNuestra factura F-216 de fecha 10/06/2025 sigue pendiente. Les rogamos que paguen.", "2026-03-01"),
        ("Von: Buchhaltung\nGesendet: Dienstag, 3. März 2026 08:14\nBitte zahlen Sie bis zum 17.03.2026.", "2026-03-03"),
    ],
)  # fmt: skip
def test_the_date_is_the_document_s_own_or_none(text: str, date: str | None) -> None:
    assert document(text)["fields"]["date"] == date


def test_the_month_comes_first_where_an_american_state_stands_behind_a_town() -> None:
    text = "Maintenance Technician\nLocation: Amarillo, TX\nPay: $27.50\nPosted: 05/02/2026"
    assert document(text)["fields"]["dates"] == [{"label": "Posted", "date": "2026-05-02"}]


def test_a_number_is_no_label_of_a_date() -> None:
    assert document("Bäckerei Holzapfel\nBon-Nr. 20481\t05.10.2026 07:13\nSumme 9,50")["fields"]["dates"] == []


# --- Parties ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "parties"),
    [
        (
            ("CONTRATTO DI LOCAZIONE\nCon la presente tra il Sig. Ettore Lavezzi, nato a Parma, e la Sig.ra Chiara Benetti, "
            "nata a Modena, si conviene."),
            ["Ettore Lavezzi", "Chiara Benetti"],
        ),
        (
            ("CONTRATO DE SERVICIOS\nREUNIDOS\nDe una parte, D. Álvaro Montes Rubio, en adelante EL CLIENTE.\n"
            "Y de otra parte, Dña. Lucía Bermejo Sanz, en adelante LA CONSULTORA."),
            ["Álvaro Montes Rubio", "Lucía Bermejo Sanz"],
        ),
        (
            ("ТРУДОВОЙ ДОГОВОР\nООО «Волжские сети», именуемое в дальнейшем «Работодатель», в лице директора Кузнецова А.П., "
            "и Орлова Мария Игоревна, именуемая в дальнейшем «Работник», заключили договор."),
            ["ООО «Волжские сети»", "Орлова Мария Игоревна"],
        ),
        (
            "Kaufvertrag\nVerkäufer/in:\tKäufer/in:\nRüdiger Altmann\tNele Fröhlich\nBirkenallee 5\tHafenstraße 20",
            ["Rüdiger Altmann", "Nele Fröhlich"],
        ),
        ("PRACOVNÍ SMLOUVA\nuzavřená mezi\nzaměstnavatelem: Koláček s.r.o.\na\nzaměstnancem: Jitka Marešová", ["Koláček s.r.o.", "Jitka Marešová"]),
        ("Kontoauszug\nKontoinhaber Petra Lindemann\nNeuer Saldo 12,00", ["Petra Lindemann"]),
        ("Payslip\nEmployer National Insurance\t120.00\nEmployee: Kofi Asante", ["Kofi Asante"]),
        (
            ("Autohaus Reimers GmbH\nArbeitszeugnis\nHerr Sönke Petersen, geboren am 14.02.1988, war bei uns tätig.\n"
            "Birte Reimers\nb.reimers@autohaus.example"),
            ["Sönke Petersen", "Autohaus Reimers GmbH"],
        ),
        ("CERTIFICADO\nLa directora\nCERTIFICA\nQue D. Ismael Torres Rivas, con DNI 4, presta servicios.", ["Ismael Torres Rivas"]),
        ("Stadtwerke Nürnberg\nArbeitszeugnis\nwar bei uns beschäftigt:\nHannchen Werner\nals", ["Hannchen Werner", "Stadtwerke Nürnberg"]),
        ("From: Carla Benson <carla@brightwell.example>\nSubject: Boards\nPlease go ahead.", ["Carla Benson"]),
        ("Ticket\nPassenger: Annika Bergstrand\nFlight\tFrom\tTo\tDate\nNF 512\tStockholm\tMunich\t17 Apr 2026", ["Annika Bergstrand"]),
        ("BrewMate Manual\nTechnical data\nPower: 1450 W\nVoltage: 230 V", []),
        (
            "COMMERCIAL INVOICE\nExporter:\tConsignee:\nHanlu Textile Co., Ltd.\tMarlow & Finch Trading LLC",
            ["Hanlu Textile Co., Ltd.", "Marlow & Finch Trading LLC"],
        ),
        (
            "Schildersbedrijf Van Houten\nMolenweg 15\n7411 KX Deventer\n\nAan: Fam. Brinkman\nOfferte",
            ["Schildersbedrijf Van Houten", "Brinkman"],
        ),
        ("Mietvertrag\nDie Vermieterin\nAnna Korb\nDer Mieter:\nJörg Hasler", ["Anna Korb", "Jörg Hasler"]),
        ("Lease\nThe tenant may not sublet.\nLandlord: Ida Berg\nThe Tenant: Tom Reed", ["Ida Berg", "Tom Reed"]),
        ("Smlouva\nZaměstnavatel: Dub s.r.o.\nBrigádnice: Jana Malá", ["Dub s.r.o.", "Jana Malá"]),
        (
            "Vereinbarung\nzwischen Werra GmbH und Aumann GmbH wird am 04.04.2026 folgende Vereinbarung geschlossen.",
            ["Werra GmbH", "Aumann GmbH"],
        ),
        (
            "Bermejo S.L.\nCalle Mayor 14\n09003 Burgos\n\nFactura\n\nDatos del cliente\nFrutas Olmedo S.A.\nCalle Real 2\n09003 Burgos",
            ["Bermejo S.L.", "Frutas Olmedo S.A."],
        ),
        ("NÓMINA\nEmpresa: Talleres Iruña S.L.\nPlus transporte\t90,00", ["Talleres Iruña S.L."]),
    ],
)  # fmt: skip
def test_parties_are_who_signs_travels_or_works_and_no_line_of_a_table(text: str, parties: list[str]) -> None:
    assert document(text)["fields"]["parties"] == parties


# --- Amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("Invoice\nNet\t139.00\nVAT\t27.80\nTotal GBP\t166.80", "tax", 27.8),
        ("Invoice\nTotal\t373.50\nPaid by card\t373.50\nBalance due\t0.00", "total", 373.5),
        ("Hotel invoice\nDate\tText\tAmount EUR\n11/05/2026\tRoom\t118.00\nTotal\t118.00", "currency", "EUR"),
        ("Hotel invoice\n11/05/2026 City tax\t4.00\nTotal\t122.00\nVAT 6%\t6.68", "tax", 6.68),
        ("Rechnung\nBruttobetrag\t1.080,76 EUR\nGezahlt\t-960,00 EUR\nNachzahlung\t120,76 EUR", "total", 120.76),
        ("FATTURA PROFORMA n. 27/2026 del 09/04/2026\nTotale 3.045,12", "number", "27/2026"),
        ("FATURA-RECIBO N.º FR 2026/33\nValor: 480,00 €", "number", "FR 2026/33"),
        ("Facture\nN° de facture : 10 442 118 771\nTotal 12,00 €", "number", "10 442 118 771"),
        ("Tierarztrechnung 2026/0719\nPatient: Hund Bello\nEndsumme\t63,69 €", "total", 63.69),
        ("Invoice\nDescription\tQty\tPrice\tAmount\nTeam plan\nSep 1 – Oct 1, 2026\n8\t$12.00\t$96.00", "items", ["Team plan"]),
        ("Invoice\nTeam plan\nSep 1 – Oct 1, 2026\t8\t$12.00\t$96.00", "items", ["Team plan"]),
        ("Mahnung\nBitte überweisen Sie den Betrag von\n1.548,00 € bis zum 1.4.2026, also 1.548,00 €.", "total", 1548),
        ("Mahnung\nOffen sind 1.548,00 € und 5,00 € Gebühr. Wir bitten um Ausgleich.", "total", None),
        ("Reminder\nYou have £20.00 in your account.", "total", None),
        ("Reminder\nPlease settle invoice 12 of 1,548.00 by 1 April.", "total", None),
        ("Invoice\nWe thank you\nTV\t2\t$12.00\t$24.00", "items", ["TV"]),
    ],
)  # fmt: skip
def test_amounts_of_bills_are_what_their_labels_say(text: str, field: str, value: object) -> None:
    assert invoice(text)[field] == value


def test_rows_with_semicolons_are_a_table() -> None:
    text = 'Invoice No;Invoice Date;Seller;Buyer;Net;VAT;Total\n"INV-55";2026-03-04;Halden Ltd;Brook plc;100.00;20.00;120.00'
    found = invoice(text)
    assert (found["number"], found["date"], found["parties"]) == ("INV-55", "2026-03-04", ["Halden Ltd", "Brook plc"])
    assert (found["net"], found["tax"], found["total"]) == (100, 20, 120)


def test_the_columns_of_a_single_item_are_no_totals_where_totals_stand_below() -> None:
    text = "Invoice\nItem\tNo\tDate\tNet\tTotal\nLamp\t1\t2026-03-04\t80.00\t100.00\nTotal\t120.00"
    assert invoice(text)["total"] == 120


# --- Summary ----------------------------------------------------------------------------------------------------------


def test_labels_and_dates_are_no_sentences_and_an_abbreviation_ends_none() -> None:
    text = (
        "Zwischenzeugnis\nArt: befristet\nSeelow, 31.01.2026 r.\nFrau Dr. Liane Osterloh, geb. am 22.09.1984, ist bei uns "
        "beschäftigt.\nSie arbeitet stets zu unserer vollsten Zufriedenheit."
    )
    assert document(text)["summary"] == (
        "Frau Dr. Liane Osterloh, geb. am 22.09.1984, ist bei uns beschäftigt. "
        "Sie arbeitet stets zu unserer vollsten Zufriedenheit."
    )


def test_a_bare_dollar_is_the_one_that_other_amounts_name() -> None:
    text = "TAX INVOICE 7\nGST\t210.00\nTotal AUD\t$2,310.00\nDeposit paid\t-500.00\nAmount due\t$1,810.00"
    fields = document(text)["fields"]
    assert (fields["total"], fields["currency"]) == ("1810.00", "AUD")


def test_where_to_send_an_application_is_no_title_of_one() -> None:
    text = "Metzgerei Angermaier\nVerkäufer (m/w/d) gesucht\n\nWir suchen Verstärkung.\n\nBewerbung an: jobs@angermaier.example bis 31.08.2026"
    assert document(text)["document_type"] == "job_ad"


def test_a_number_may_stand_below_the_title() -> None:
    text = "Copperline Studio\nINVOICE\n#CL-00417\nIssued: 12 June 2026\nTotal due £1,488.00"
    assert invoice(text)["number"] == "CL-00417"

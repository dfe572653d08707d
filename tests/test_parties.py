"""Who a business document is between, and its title, as the offline engine reads them."""

from __future__ import annotations

import pytest

from pipeline.inference.offline.business.moments import document_date, labelled_dates
from pipeline.inference.offline.business.naming import tidy_name
from pipeline.inference.offline.business.parties import find_parties
from pipeline.inference.offline.business.titles import find_title
from pipeline.inference.offline.lines import read_lines
from pipeline.inference.offline.scores import Scores


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("The Old Mill (Bath) Ltd, 4 High Street", "The Old Mill (Bath) Ltd"),
        ("Tölgyfa Asztalos Kft.", "Tölgyfa Asztalos Kft."),
        ("Anker GmbH & Co. KG in Bremen", "Anker GmbH & Co. KG"),
        ("Anker GmbH und Aumann GmbH", "Anker GmbH"),
        ("Studio 54 Design Ltd", "Studio 54 Design Ltd"),
        ("Smith, Jones & Co. LLP", "Smith, Jones & Co. LLP"),
        ("ТОВ «Карпатський Логістичний Дім»", "ТОВ «Карпатський Логістичний Дім»"),
        ('UAB "Baltic Trade House", Vilnius', 'UAB "Baltic Trade House"'),
        ("Gasthaus „Zum Goldenen Hirschen“ GmbH", "Gasthaus „Zum Goldenen Hirschen“ GmbH"),
        ('Anker Ltd "the Supplier"', "Anker Ltd"),
        ("Anna Berg („Auftraggeberin“)", "Anna Berg"),
        ("Ida Berg, Foo GmbH", "Ida Berg"),
        ("Acme, 12 Foo Street", "Acme"),
        ("Herrn Thorben Ahlers", "Thorben Ahlers"),
        ("Mme Claire Dubois", "Claire Dubois"),
        ("der Kesselhaus GmbH", "Kesselhaus GmbH"),
        ("van Dijk Transport BV", "van Dijk Transport BV"),
        ("Kłos Sp. z o.o. z siedzibą w Krakowie", "Kłos Sp. z o.o."),
        ("ФОП Бойчук Остап Романович", "ФОП Бойчук Остап Романович"),
        ("Penelope Arkwright of 3 Elm Close, Reading", "Penelope Arkwright"),
        ("Servicios Quetzal S.A. de C.V. Guadalajara", "Servicios Quetzal S.A. de C.V."),
        ("Spett.le Pasticceria Fior di Neve", "Pasticceria Fior di Neve"),
    ],
)
def test_a_name_is_read_whole_and_no_further(printed: str, name: str) -> None:
    assert tidy_name(printed) == name


@pytest.mark.parametrize(
    ("kind", "text", "parties"),
    [
        ("invoice", "INVOICE\nSupplier\tMill & Co Ltd\nCustomer\tBo Ltd", ["Mill & Co Ltd", "Bo Ltd"]),
        ("invoice", "INVOICE\nFrom\tBill to\nMill & Co Ltd\tAcme Ltd\nBath\tHull", ["Mill & Co Ltd", "Acme Ltd"]),
        ("invoice", "INVOICE\nFrom: A Plant Ltd\tTo: B Works Ltd", ["A Plant Ltd", "B Works Ltd"]),
        ("invoice", "FACTURE\nFACTURÉ À\tÉMETTEUR\nXylo SARL\tYole SAS", ["Yole SAS", "Xylo SARL"]),
        ("invoice", "FAKTURA\nSprzedawca\tNabywca\nKłos S.A.\tDąb S.A.", ["Kłos S.A.", "Dąb S.A."]),
        ("invoice", "INVOICE\nBill to:\nAcme Ltd\nSeller:\nMill Ltd", ["Mill Ltd", "Acme Ltd"]),
        (
            "contract",
            "This agreement is made between Lumen Inc., a Delaware corporation, and Keski Oy, a Finnish company.",
            ["Lumen Inc.", "Keski Oy"],
        ),
        ("contract", "Smlouva mezi\nDub s.r.o. a Lípa s.r.o.", ["Dub s.r.o", "Lípa s.r.o."]),
        (
            "contract",
            'TENANCY\nBETWEEN\n(1) Ida Arkwright of 3 Elm Close ("the Landlord"); and\n(2) Tom Bielak ("the Tenant")\nA deposit of £5.',
            ["Ida Arkwright", "Tom Bielak"],
        ),
        (
            "contract",
            "VERTRAG\n\nzwischen dem Museumsverein Au, Seestraße 56,\nals Auftraggeber einerseits und Frau Ida Berg,\nals Kundin",
            ["Museumsverein Au", "Ida Berg"],
        ),
        (
            "contract",
            "DOHODA\nSmluvní strany:\nOptika Vltava a.s.\na\nIng. Radek Sýkora\n1. Předmětem dohody je ochrana informací.",
            ["Optika Vltava a.s.", "Ing. Radek Sýkora"],
        ),
        (
            "contract",
            "ДОГОВОР\nООО «Волна», именуемое в дальнейшем «Арендодатель», с\nодной стороны, и Орлов Павел, именуемый «Арендатор»",
            ["ООО «Волна»", "Орлов Павел"],
        ),
        (
            "contract",
            "CONTRATO\nDe una parte, la mercantil Almendro S.L., con CIF B1.\nY de otra, Comunidad Sol, en adelante EL CLIENTE.",
            ["Almendro S.L.", "Comunidad Sol"],
        ),
        ("contract", "CONTRATO\nCONTRATANTE: Ipê Ltda.\nCONTRATADO: Rafael Dias, CPF 1", ["Ipê Ltda.", "Rafael Dias"]),
        (
            "other",
            "Northgate Roofing\nESTIMATE No. 7\nPrepared for: Pauline Chartrand",
            ["Northgate Roofing", "Pauline Chartrand"],
        ),
        ("other", "QUOTATION\nRoe Ltd\nTo,\nDr. Sunita Rao", ["Roe Ltd", "Dr. Sunita Rao"]),
        (
            "other",
            "PURCHASE ORDER\nFrom: Marlow plc\nTo: Vertex Ltd\nFoundry Road, Walsall WS1 3AA",
            ["Marlow plc", "Vertex Ltd"],
        ),
        (
            "other",
            "Dóra Kelemen\nVáci út 20.\n\nNapfény Kft.\nSzép u. 5.\n\nTisztelettel:\nDóra Kelemen",
            ["Dóra Kelemen", "Napfény Kft."],
        ),
    ],
)
def test_both_sides_are_found_where_such_documents_print_them(kind: str, text: str, parties: list[str]) -> None:
    found = find_parties(kind, read_lines(text), Scores("en"), None)
    assert [name.rstrip(".") for name in found] == [name.rstrip(".") for name in parties]


def test_a_sentence_with_a_date_is_no_town_and_date() -> None:
    text = "NDA\nMade as of the 9th day of April, 2026\n1. Purpose.\n2. Term. This agreement ends on April 8, 2029."
    lines = read_lines(text)

    assert document_date("contract", lines, labelled_dates(lines, american=False), american=False) == "2026-04-09"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("INVOICE\nRef: 4711\nMill Ltd", "INVOICE"),
        ("Mill Ltd\nSubject: Repair of the weir", "Repair of the weir"),
        ("Invoice\tNo. 12\nMill Ltd", "Invoice No. 12"),
    ],
)
def test_a_title_has_words_and_no_tab(text: str, title: str) -> None:
    assert find_title("invoice", read_lines(text)) == title


@pytest.mark.parametrize(
    ("kind", "text", "title"),
    [
        ("other", "Kim Pryce\n2 September 2026\n\nMr Osei\nBrynteg Ltd\n\nDear Mr Osei\n\nResigning\n\nI resign.\n\nKim Pryce", "Resigning"),
        ("other", "Ida Berg\nGöteborg 2026-01-26\n\nHyresvärden AB\nBox 4\n\nSäger upp.\n\nIda Berg", None),
        ("other", "Assunto: Orçamento n.º 771\nExmos. Senhores,", "Orçamento n.º 771"),
        ("other", "Bo Ltd\nTo whom it may concern\nReference for Amara\nAmara Bello was employed by us from 2021 to 2026.", "Reference for Amara"),
        ("cover_letter", "Ida Berg\n\nMill Lane 12\n\nDear Ms Hall,\nI write to you.", None),
        ("cover_letter", "Ida Berg\n\nLeeds LS1 4AP\n\nDear Ms Hall,\nI write to you.", None),
    ],
)  # fmt: skip
def test_a_letter_is_titled_by_its_subject_and_never_by_a_name_or_an_address(
    kind: str, text: str, title: str | None
) -> None:
    assert find_title(kind, read_lines(text)) == title


def test_a_town_that_an_address_names_needs_no_comma_before_the_date() -> None:
    lines = read_lines(
        "Elin Forsgren\n411 38 Göteborg\n\nGöteborg 2026-01-26\n\nJag säger upp avtalet till den 30 april 2026."
    )
    assert document_date("other", lines, labelled_dates(lines, american=False), american=False) == "2026-01-26"

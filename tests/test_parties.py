"""Who a business document is between, and its title, as the offline engine reads them."""

from __future__ import annotations

import pytest

from pipeline.inference.offline.lines import read_lines
from pipeline.inference.offline.moments import document_date, labelled_dates
from pipeline.inference.offline.naming import tidy_name
from pipeline.inference.offline.parties import find_parties
from pipeline.inference.offline.scores import Scores
from pipeline.inference.offline.titles import find_title


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

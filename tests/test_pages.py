"""Pages of PDFs that were hard to read, line by line. Each was printed from the HTML beside it, by the program in its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract.limits import USUAL
from pipeline.extract.pdf.document import read_pdf

PAGES = Path(__file__).resolve().parent / "pages"


def lines(name: str) -> list[str]:
    return read_pdf((PAGES / f"{name}.pdf").read_bytes(), USUAL).text.split("\n")


@pytest.mark.parametrize("side", ["right", "left"])
def test_an_arabic_invoice_is_read_as_it_was_written_whichever_way_its_lines_run(side: str) -> None:
    total = {
        "right": "الإجمالي المستحق: AED 3,522.75",
        "left": "الإجمالي المستحق: 3,522.75 AED",
    }  # look alike from the right
    assert lines(f"libreoffice_arabic_from_the_{side}") == [
        "رقم الفاتورة: INV-554",
        "تاريخ الفاتورة: 14/03/2026",
        "تاريخ الاستحقاق: 2026-04-13",
        "هاتف المكتب: 04-555-0136",
        "العميل: مؤسسة الواحة (Al Waha Trading LLC) – دبي",
        "ضريبة القيمة المضافة 5%: 167.75 درهم",
        total[side],
        "يرجى الدفع خلال 30 يوماً من تاريخ الفاتورة (صافي 30)، ويضاف رسم تأخير قدره 1.5% شهرياً.",
    ]


def test_rows_of_a_ruled_table_are_lines_and_what_a_cv_says_in_one_is_not_joined() -> None:
    read = lines("chromium_ruled_table")
    assert read[1:5] == [
        "Pos\tBezeichnung der Leistung\tMenge\tEinzelpreis EUR\tNetto\tUSt %\tUSt\tBrutto",
        "1\tBürostuhl, ergonomisch, schwarzes Leder Art.-Nr. 4711-B\t12\t1.249,00\t14.988,00\t20\t2.997,60\t17.985,60",
        "2\tSchreibtischlampe\t4\t89,90\t359,60\t20\t71,92\t431,52",
        "Summe\t16.497,60\t3.299,52\t19.797,12",
    ]
    assert {"Projektleiterin", "Muster Anlagenbau GmbH, Graz", "Ingenieurin", "Beispiel AG"} <= set(read)


def test_two_addresses_beside_each_other_are_read_one_by_one_where_pdfium_tears_words_into_letters() -> None:
    seller, buyer = lines("chromium_two_addresses")[:5], lines("chromium_two_addresses")[5:10]
    assert seller == ["Seller", "Hollow Goods Ltd", "12 Mill Lane", "Leeds LS1 4AB", "VAT GB123456789"]
    assert buyer == ["Buyer", "Bracken & Sons", "4 Quay Street", "Bristol BS1 6JZ", "VAT GB987654321"]

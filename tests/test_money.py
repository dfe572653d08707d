"""Amounts of money that the offline engine finds, and what is to be paid."""

from __future__ import annotations

import pytest

from fakes import within
from pipeline.inference.offline.business.money import Money, find_money, labelled_money
from pipeline.inference.offline.business.totals import columned_money, total_of
from pipeline.inference.offline.lines import read_lines


def total(text: str, language: str | None = "en") -> tuple[str, str | None] | None:
    """Return amount and currency of what a document asks for."""
    found = total_of(labelled_money(read_lines(text), language))
    return (found.amount, found.currency) if found else None


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("£1,250.00", "1250.00", "GBP"),
        ("1.250,00 €", "1250.00", "EUR"),
        ("CHF 1'250.50", "1250.50", "CHF"),
        ("1 250,50 zł", "1250.50", "PLN"),
        ("₹12,34,567.89", "1234567.89", "INR"),
        ("1,23,456.00", "123456.00", None),
        ("USD 1234.567", "1234.567", "USD"),
        ("R$ 99,90", "99.90", "BRL"),
        ("450 грн", "450", "UAH"),
        ("1 234,50 euros", "1234.50", "EUR"),
        ("450,-", "450", None),
        ("1.234,-- EUR", "1234", "EUR"),
        ("500,- Kč", "500", "CZK"),
        ("−95.00 EUR", "-95.00", "EUR"),
        ("-£95.00", "-95.00", "GBP"),
        ("£-95.00", "-95.00", "GBP"),
        ("95,00- EUR", "-95.00", "EUR"),
        ("(95.00) EUR", "-95.00", "EUR"),
        ("(£95.00)", "-95.00", "GBP"),
        ("USD (95.00)", "-95.00", "USD"),
        ("Discount\t- 95.00", "-95.00", None),
        ("Rabatt\t–95,00 €", "-95.00", "EUR"),
        ("CA$1,250.00", "1250.00", "CAD"),
        ("HK$ 1,250.00", "1250.00", "HKD"),
        ("$1,250.00 MXN", "1250.00", "MXN"),
        ("$1,250.00 CAD", "1250.00", "CAD"),
        ("￥1,250", "1250", "JPY"),
        ("₩1,250,000", "1250000", "KRW"),
        ("1,250,000원", "1250000", "KRW"),
        ("1.250.000 ₫", "1250000", "VND"),
        ("Rp 1.250.000", "1250000", "IDR"),
        ("1,250.00 ر.س", "1250.00", "SAR"),
        ("KDV %20 292,00", "292.00", None),
        ("1.250,50 H", "1250.50", None),
    ],
)
def test_an_amount_is_read_as_it_is_printed_anywhere(text: str, amount: str, currency: str | None) -> None:
    assert [(one.amount, one.currency) for one in find_money(text, "en")] == [(amount, currency)]


@pytest.mark.parametrize(
    "text",
    [
        "15.06.2026",
        "03.06.26",
        "bis 15.06. bezahlen",
        "10/28/2026",
        "120.50 kg",
        "12.50 mm",
        "3,75 kN",
        "8.50% p.a.",
        "63,50 %",
        "version 1.2.30",
        "020.55.01.23",
        "£1.2m",
        "€ 2,5 Mio.",
        "£30k",
        "2,00 Stk",
        "8.00 days",
    ],
)
def test_a_date_or_a_measure_is_no_money(text: str) -> None:
    assert find_money(text, "en") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Amount due £99.00\nPlease pay by 15.06.2026", ("99.00", "GBP")),
        ("Rechnungsbetrag 99,00 €\nzahlbar bis 15.06.2026", ("99.00", "EUR")),
        ("TOTAL 15.53", ("15.53", None)),
        ("TOTAL 121,00 €", ("121.00", "EUR")),
        ("Imponibile 12,73\nIVA 2,80\nNETTO A PAGARE 15,53", ("15.53", None)),
        ("Total £120.00 (incl. VAT £20.00)", ("120.00", "GBP")),
        ("Gesamtbetrag 119,00 € inkl. 19,00 € MwSt.", ("119.00", "EUR")),
        ("Rechnungsbetrag 119,00 €, bei Zahlung in 7 Tagen mit Skonto 116,62 €", ("119.00", "EUR")),
        ("Subtotal £100.00 VAT £20.00 Total £120.00", ("120.00", "GBP")),
        ("Total\t100.00\t20.00\t120.00", ("120.00", None)),
        ("Total (EUR)\t1,234.50", ("1234.50", "EUR")),
        ("Total in USD: 1,234.50", ("1234.50", "USD")),
        ("Total £99.00\nLate payment charge 8.50% p.a.", ("99.00", "GBP")),
        ("Total £120.00\nDeposit paid £50.00\nBalance £70.00", ("70.00", "GBP")),
        ("Gesamt 120,00 €\nAnzahlung 50,00 €\nRestbetrag 70,00 €", ("70.00", "EUR")),
        ("Total due:\n€ 40.00", ("40.00", "EUR")),
        ("Total mass 120.50 kg", None),
    ],
)
def test_what_is_to_be_paid_is_behind_the_surest_label(text: str, expected: tuple[str, str | None] | None) -> None:
    assert total(text) == expected


@pytest.mark.parametrize(
    ("language", "text", "currency"),
    [("da", "kr. 2.437,50", "DKK"), ("no", "kr 2 437,50", "NOK"), ("zh", "¥12.00", "CNY"), ("ja", "¥1,200", "JPY")],
)
def test_a_sign_of_several_countries_is_told_by_the_language(language: str, text: str, currency: str) -> None:
    assert [one.currency for one in find_money(text, language)] == [currency]


def test_of_a_tax_the_amount_behind_its_base_counts() -> None:
    found = labelled_money(read_lines("MwSt. 19 % von 100,00 € = 19,00 €\nVAT 20% on £100.00 is £20.00"), "de")

    assert [(one.kind, one.money.amount) for one in found] == [("tax", "19.00"), ("tax", "20.00")]


@pytest.mark.parametrize("text", ["1 " * 50_000, "1," * 50_000, "(" * 100_000, "-€" * 50_000, "12,34," * 20_000])
def test_a_hostile_text_is_searched_at_once(text: str) -> None:
    with within(2.0):
        find_money(text, None)


def test_a_long_table_without_amounts_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []

    def counted(text: str, language: str | None) -> list[Money]:
        looked_at.append(text)
        return find_money(text, language)

    monkeypatch.setattr("pipeline.inference.offline.business.totals.find_money", counted)
    lines = read_lines("Net\tVAT\tGross\tPlace\tDay\n" + "alpha\tbeta\tgamma\tdelta\tepsilon\n" * 300)

    assert list(columned_money(lines, "en")) == []
    assert len(looked_at) <= 10 * len(lines)  # each cell once, and each line


def test_the_only_row_of_an_export_is_one_of_totals() -> None:
    text = "Customer\tNet\tVAT\tTotal\tDay\nAnker Ltd\t100.00\t20.00\t120.00\tMonday"

    assert [(one.kind, one.money.amount) for one in columned_money(read_lines(text), "en")] == [
        ("total", "120.00"), ("tax", "20.00"), ("net", "100.00"),
    ]  # fmt: skip
    assert list(columned_money(read_lines(f"{text}\nPaid on Monday: 50.00"), "en")) == []

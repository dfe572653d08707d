"""Partial dates: what people print, in many languages, and the months between."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from babel.dates import format_date
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schemas.dates import (
    MONTH_LANGUAGES,
    PrintedDate,
    experience_months,
    find_dates,
    is_present,
    month_comes_first,
    partial_date,
    present_words,
)
from pipeline.schemas.short_dates import find_short_dates

AS_OF = dt.date(2026, 11, 24)
Job = tuple[str | None, str | None, bool]

years = st.integers(1900, 2099)
months = st.builds("{:04d}-{:02d}".format, years, st.integers(1, 12))
days = st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)).map(dt.date.isoformat)
partial_dates = st.one_of(years.map(str), months, days)
intervals = st.lists(
    st.tuples(st.one_of(st.none(), partial_dates), st.one_of(st.none(), partial_dates), st.booleans()), max_size=8
)
pieces = st.sampled_from(
    ". - / – ' , 1 05 12 31 2019 1999 19 ٢٠ May maja Mai. 年 5月 1日 de present Sept. (0) +49".split(" ")
)
datelike = st.lists(st.one_of(pieces, st.just(" "), st.text(max_size=3)), max_size=20).map("".join)
law = settings(deadline=None, max_examples=80)


def isos(text: str) -> list[str]:
    return [date.iso for date in find_dates(text)]


# --- One date, as a whole ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2019", "2019"),
        ("  2019. ", "2019"),
        ("2019年", "2019"),
        ("05/2020", "2020-05"),
        ("5/2020", "2020-05"),
        ("05.2020", "2020-05"),
        ("5.2020", "2020-05"),
        ("05-2020", "2020-05"),
        ("05 / 2020", "2020-05"),
        ("2020-05", "2020-05"),
        ("2020/05", "2020-05"),
        ("2020.05", "2020-05"),
        ("2020年5月", "2020-05"),
        ("2020 年 5 月", "2020-05"),
        ("2020년 5월", "2020-05"),
        ("June 2020", "2020-06"),
        ("June, 2020", "2020-06"),
        ("JUNE 2020", "2020-06"),
        ("Jun. 2020", "2020-06"),
        ("Jun-2020", "2020-06"),
        ("Jun/2020", "2020-06"),
        ("2020 June", "2020-06"),
        ("Jun '20", "2020-06"),
        ("Jun ’99", "1999-06"),
        ("Sept 2021", "2021-09"),
        ("sept. 2021", "2021-09"),
        ("März 2019", "2019-03"),
        ("Maerz 2019", "2019-03"),
        ("Mär. 2019", "2019-03"),
        ("août 2020", "2020-08"),
        ("aout 2020", "2020-08"),
        ("mayo de 2020", "2020-05"),
        ("mrt 2020", "2020-03"),
        ("listopad 2019", "2019-11"),
        ("2020. május", "2020-05"),
        ("2020-05-01", "2020-05-01"),
        ("2020-1-5", "2020-01-05"),
        ("2020/5/1", "2020-05-01"),
        ("1.5.2020", "2020-05-01"),
        ("1. 5. 2020", "2020-05-01"),
        ("01/05/2020", "2020-05-01"),
        ("01-05-2020", "2020-05-01"),
        ("1. Mai 2020", "2020-05-01"),
        ("1er juin 2020", "2020-06-01"),
        ("1º de maio de 2020", "2020-05-01"),
        ("1 de mayo de 2020", "2020-05-01"),
        ("1st of June 2020", "2020-06-01"),
        ("Jun 1st, 2020", "2020-06-01"),
        ("12-Sep-2018", "2018-09-12"),
        ("2020. május 1.", "2020-05-01"),
        ("2020年5月1日", "2020-05-01"),
        ("2020년 5월 1일", "2020-05-01"),
        ("1. apríla 2020", "2020-04-01"),
        ("29.02.2020", "2020-02-29"),
        ("03.05.26", "2026-05-03"),
        ("31.12.99", "1999-12-31"),
        ("14/03/26", "2026-03-14"),
        ("3/14/26", "2026-03-14"),
        ("03-MAY-26", "2026-05-03"),
        ("9th day of April, 2026", "2026-04-09"),
        ("5. Jänner 2026", "2026-01-05"),
        ("1° settembre 2026", "2026-09-01"),
        ("2020-05-01T10:00:00Z", "2020-05-01"),
        ("2020-05-01T10:00:00+02:00", "2020-05-01"),
        ("2020-05-01 00:00:00", "2020-05-01"),
        ("2020-5", "2020-05"),
        ("2020-5-1", "2020-05-01"),
        ("2020-05-00", "2020-05"),
        ("2020-00-00", "2020"),
        ("2020-05-XX", "2020-05"),
        ("2020-??", "2020"),
        ("28 d’abril de 2020", "2020-04-28"),
        ("2020. gada aprīlis", "2020-04"),
        ("०५/०४/२०२०", "2020-04-05"),
    ],
)
def test_a_date_is_read_exactly_as_precise_as_it_is_printed(printed: str, iso: str) -> None:
    assert partial_date(printed) == iso


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "soon", "31.02.2020", "29.02.2021", "31 June 2020", "0 June 2020", "13/13/2019", "00/2020", "13/2020",
        "2020-13", "2020-00-10", "2018/19", "2018-19", "2018/2019", "2018 - 2019", "20200101", "abc2020", "1.2.20",
        "01/02/03", "1899", "2100", "12345", "Spring 2020", "03.13.26", "30.02.26", "06.12.34.56.78", "1.03.05.26", "03.05.26.1", "10.05.1", "Q3 2020", "from 2019", "2019 to date", "May", "5. May",
    ],
)  # fmt: skip
def test_what_is_not_one_whole_date_is_none(text: str) -> None:
    assert partial_date(text) is None


@pytest.mark.parametrize("language", [name for name in MONTH_LANGUAGES if name not in ("hr", "fa", "ga", "vi")])
def test_every_month_name_of_a_language_is_read(language: str) -> None:
    first_days = [dt.date(2019, month, 1) for month in range(1, 13)]
    printed = [format_date(day, "LLLL y", locale=language) for day in first_days]
    assert [partial_date(text) for text in printed] == [f"{day:%Y-%m}" for day in first_days]


def test_a_word_that_two_languages_use_for_two_months_is_the_first_language_s() -> None:
    assert partial_date("listopad 2019") == "2019-11"  # Polish and Czech; October in Croatian


def test_the_day_comes_before_the_month_where_both_could_be_meant() -> None:
    assert partial_date("03/04/2020") == "2020-04-03"


@pytest.mark.parametrize(
    ("text", "iso", "american"),
    [
        ("03/04/2020", "2020-04-03", "2020-03-04"),
        ("03-04-2020", "2020-04-03", "2020-03-04"),
        ("3/4/26", "2026-04-03", "2026-03-04"),
        ("03/04/20", "2020-04-03", "2020-03-04"),
        ("03.04.2020", "2020-04-03", None),
        ("04/04/2020", "2020-04-04", None),
        ("10/25/2019", "2019-10-25", None),
        ("2020-04-03", "2020-04-03", None),
        ("3 April 2020", "2020-04-03", None),
    ],
)
def test_the_american_reading_is_kept_where_there_is_another(text: str, iso: str | None, american: str | None) -> None:
    assert [(date.iso, date.american) for date in find_dates(text)] == ([(iso, american)] if iso else [])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("11/09/2026 and 10/28/2026", True),
        ("11/09/2026 and 10/28/26", True),
        ("11/09/2026 and 28/10/2026", False),
        ("10/28/2026 and 28/10/2026", False),
        ("11/09/2026", None),
        ("2026-10-28, 10.28.2026, page 1/13/2", None),
    ],
)
def test_dates_that_can_be_read_one_way_only_tell_the_order_of_the_others(text: str, told: bool | None) -> None:
    assert month_comes_first(text) is told


def test_a_second_number_over_twelve_is_the_day() -> None:
    assert partial_date("10/25/2019") == "2019-10-25"


@law
@given(days)
def test_a_day_is_the_same_in_every_numeric_form(iso: str) -> None:
    day = dt.date.fromisoformat(iso)
    printed = [f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%Y/%m/%d}", f"{day.day}. {day:%m. %Y}"]
    assert {partial_date(text) for text in printed} == {iso}


@law
@given(partial_dates)
def test_a_partial_date_reads_as_itself(iso: str) -> None:
    assert partial_date(iso) == iso


# --- Dates in a text --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("since March 2019", ["2019-03"]),
        ("03/2019 – present", ["2019-03"]),
        ("03/2019-02/2021", ["2019-03", "2021-02"]),
        ("03.2019-02.2021", ["2019-03", "2021-02"]),
        ("2019-03 - 2021-02", ["2019-03", "2021-02"]),
        ("03-2016 - 08-2019", ["2016-03", "2019-08"]),
        ("平成29年4月～令和2年3月", ["2017-04", "2020-03"]),
        ("昭和63年4月1日", ["1988-04-01"]),
        ("2018 – 2021", ["2018", "2021"]),
        ("2018-2021", ["2018", "2021"]),
        ("2018/2019", ["2018", "2019"]),
        ("2018/19", ["2018"]),
        ("2018-19", ["2018"]),
        ("April 2020 - May 2021", ["2020-04", "2021-05"]),
        ("01.04.2020 – 31.05.2021", ["2020-04-01", "2021-05-31"]),
        ("14.06.1992 in Halle (Saale)", ["1992-06-14"]),
        ("31.02.2020", ["2020"]),
        ("номер 12345 2020", ["2020"]),
        ("12019 20190 v2020", ["2020"]),
        ("no date at all", []),
        ("tel. +44 7700 900142", []),
    ],
)
def test_dates_are_found_in_order(text: str, found: list[str]) -> None:
    assert isos(text) == found


@law
@given(datelike)
def test_found_dates_are_apart_in_order_and_read_alike_on_their_own(text: str) -> None:
    found = find_dates(text)
    ends = [0, *(date.end for date in found)]
    assert all(end <= date.start < date.end <= len(text) for end, date in zip(ends, found, strict=False))
    assert all(partial_date(date.iso) == date.iso for date in found)


@law
@given(
    st.lists(st.tuples(days, st.sampled_from("en de fr pl es ru".split())), max_size=6),
    st.sampled_from(["\n", " – ", "; "]),
)
def test_dates_in_words_are_all_found_however_near_they_stand(printed: list[tuple[str, str]], between: str) -> None:
    whole = [format_date(dt.date.fromisoformat(day), "d MMMM y", locale=language) for day, language in printed]
    month = [format_date(dt.date.fromisoformat(day), "MMMM y", locale="en") for day, _ in printed]
    assert isos(between.join(whole)) == [day for day, _ in printed]
    assert isos(between.join(month)) == [day[:7] for day, _ in printed]


def test_a_found_date_knows_where_it_stands() -> None:
    assert find_dates("since May 2020.") == [PrintedDate(6, 14, "2020-05")]


# --- Until now --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        "present", "Present", "PRESENT", "(present)", " now. ", "to date", "ongoing", "heute", "bis heute", "aujourd'hui",
        "aujourd’hui", "en cours", "actualidad", "la actualidad", "heden", "obecnie", "do dziś", "oggi", "in corso", "atual",
        "současnost", "súčasnosť", "σήμερα", "настоящее время", "н.в.", "الآن", "حتى الآن", "היום", "至今", "现在", "現在", "현재",
        "nå", "nuvarande", "pågående", "nutid", "prezent", "jelenleg", "devam ediyor", "danas", "dabar",
    ],
)  # fmt: skip
def test_until_now_is_understood_in_many_languages(word: str) -> None:
    assert is_present(word)


@pytest.mark.parametrize("word", ["", "2019", "presented", "not now", "nowhere", "May 2020", "-"])
def test_other_words_are_not_until_now(word: str) -> None:
    assert not is_present(word)


def test_words_for_until_now_come_longest_first() -> None:
    lengths = [len(word) for word in present_words()]
    assert lengths == sorted(lengths, reverse=True)


# --- Months of experience ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "current", "count"),
    [
        ("2019-04", "2019-04", False, 1),
        ("2019-04", "2019-05", False, 2),
        ("2019-04-30", "2019-05-01", False, 2),
        ("2019", "2019", False, 12),
        ("2019", "2020-02", False, 14),
        ("2019-12", "2020", False, 13),
        ("2026-10", None, True, 2),
        ("2026-10", "2019", True, 2),
        ("2026", "2026", False, 11),  # what lies after the day of the run is not experience yet
        ("2027", "2028", False, 0),
        ("2020", "2019", False, 0),
        (None, "2019", False, 0),
        (None, None, True, 0),
        ("2019", None, False, 0),
        ("", "", False, 0),
    ],
)
def test_both_end_months_count_and_years_are_whole(
    start: str | None, end: str | None, current: bool, count: int
) -> None:
    assert experience_months([(start, end, current)], AS_OF) == count


def test_a_year_alone_starts_in_january_and_ends_in_december() -> None:
    assert experience_months([("2015", "2016", False)], AS_OF) == 24


def test_two_jobs_at_once_count_once() -> None:
    assert experience_months([("2019-01", "2019-12", False), ("2019-07", "2020-06", False)], AS_OF) == 18


def test_no_job_is_no_experience() -> None:
    assert experience_months([], AS_OF) == 0


@law
@given(intervals.flatmap(lambda jobs: st.tuples(st.just(jobs), st.permutations(jobs))))
def test_the_order_of_jobs_does_not_matter(pair: tuple[list[Job], list[Job]]) -> None:
    jobs, shuffled = pair
    assert experience_months(jobs, AS_OF) == experience_months(shuffled, AS_OF)


@law
@given(intervals, intervals)
def test_experience_is_the_size_of_a_union(some: list[Job], more: list[Job]) -> None:
    one, two, both = (experience_months(jobs, AS_OF) for jobs in (some, more, some + more))
    assert max(one, two) <= both <= one + two


@law
@given(intervals, st.integers(0, 5), st.integers(0, 5))
def test_a_job_within_another_adds_nothing(jobs: list[Job], later: int, earlier: int) -> None:
    outer, inner = ("2010-01", "2014-12", False), (f"{2010 + later % 3}-05", f"{2014 - earlier % 2}-06", False)
    assert experience_months([*jobs, outer, inner], AS_OF) == experience_months([*jobs, outer], AS_OF)


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("01.01.2019-31.12.2020", ["2019-01-01", "2020-12-31"]),
        ("1/1/2019-31/12/2020", ["2019-01-01", "2020-12-31"]),
        ("٢٠٢٠", ["2020"]),
        ("٠٥/٢٠٢٠", ["2020-05"]),
        ("2020. 5. 1.", ["2020-05-01"]),
        ("2020/5", ["2020-05"]),
        ("2020.5 - 2021.3", ["2020-05", "2021-03"]),
        ("Mrz. 2019", ["2019-03"]),
        ("Sep.2018", ["2018-09"]),
        ("12.Sep.2018", ["2018-09-12"]),
        ("tháng 5 2019", ["2019-05"]),
        ("14 בינואר 2019", ["2019-01-14"]),
    ],
)
def test_forms_in_daily_use_are_found(text: str, found: list[str]) -> None:
    assert isos(text) == found


def test_a_date_may_end_in_the_word_for_year() -> None:
    assert [partial_date("14 января 2019 г."), partial_date("14 січня 2019 р.")] == ["2019-01-14"] * 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "a" * 40_000,
            id="one long word",
        ),
        pytest.param(
            "2019 " * 5_000,
            id="many years",
        ),
        pytest.param("1 May " * 8_000, id="many months"),
        pytest.param("2019" + " " * 40_000, id="many blanks"),
    ],
)
def test_a_hostile_text_is_searched_quickly(text: str) -> None:
    began = time.process_time()
    find_dates(text)
    assert time.process_time() - began < 2


def test_the_columns_of_a_japanese_form_are_dates_for_who_looks_for_them() -> None:
    text = "2015\t4\t桜台大学 入学\n平成31\t10\t有限会社みなと 入社\n2016\t3\teggs"
    places = {iso: text[start:end] for iso, (start, end) in find_short_dates(text, find_dates(text)).items()}
    assert places == {"2015-04": "2015\t4\t", "2019-10": "平成31\t10\t"}


@given(st.text("İıiIvVxX 2019./-", max_size=30))
def test_roman_months_are_told_from_the_letters_of_turkey(text: str) -> None:
    assert all(iso[:2] in ("19", "20") for iso in find_short_dates(text, find_dates(text)))
    assert find_short_dates("İ 2019 ı 2019", find_dates("İ 2019 ı 2019")) == {}

"""The embedded engine on CVs in their writer's own ways: misspelt headings, dates in quarters, a CV in a forwarded mail.
All people and firms are invented."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_offline_engine import jobs, read

from pipeline.inference.offline.cv.forwarded import without_mail
from pipeline.inference.offline.cv.heads import comma_parts
from pipeline.inference.offline.heading_words import kind_of, misspelt_kind
from pipeline.inference.offline.lines import is_sentence, read_lines
from pipeline.inference.offline.ranges import find_span
from pipeline.inference.offline.scores import Scores
from pipeline.prompts import load

HEAD = "Ida Holt\nida@example.org\n\n"
MAIL = (
    "From: Ann Recruiter <ann@agency.example>\nTo: jobs@firm.example\nDate: 3 Aug 2026\nSubject: Fwd: CV\n\n"
    "Hi, what do you think?\nAnn Recruiter\n+44 20 7946 0018\n\n"
)
IN_MAIL = "From: Ida Holt <ida@example.org>\nSent: 2 Aug 2026\nTo: Ann\nSubject: CV\n\n"
CV = "Ida Holt\n07700 900461\n\nExperience\n\nCook, Old Mill Inn, 2019 – 2021\n"


# --- Mails ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["-------- Forwarded Message --------", "Begin forwarded message:"])
def test_who_forwarded_a_cv_is_not_the_person(mark: str) -> None:
    basics = read(f"{MAIL}{mark}\n\n{CV}ida@example.org\n")["basics"]
    assert (basics["name"], basics["email"], basics["phone"]) == ("Ida Holt", "ida@example.org", "07700 900461")


@pytest.mark.parametrize(("sender", "email"), [("Ida Holt", "ida@example.org"), ("Ann Recruiter", None)])
def test_the_sender_of_the_mail_within_is_the_person_only_by_name(sender: str, email: str | None) -> None:
    basics = read(MAIL + IN_MAIL.replace("Ida Holt", sender) + CV)["basics"]
    assert (basics["email"], basics["phone"]) == (email, "07700 900461")


@pytest.mark.parametrize("text", [CV, MAIL + CV, "From: 2019\nTo: 2021\nSubject: Physics\n"])
def test_without_a_mail_within_a_mail_nothing_is_left_out(text: str) -> None:
    assert without_mail(read_lines(text)) == read_lines(text)


# --- Headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Work Experiance", "work"), ("Educaton", "education"), ("Berufserfarung", "work"), ("Refernces", "references")],
)
def test_a_misspelt_heading_is_one(text: str, kind: str) -> None:
    assert misspelt_kind(text) == kind


@pytest.mark.parametrize("text", ["Communication", "Schulten", "Educator", "Skils", "Cook in the Work Experience"])
def test_a_word_of_its_own_is_no_misspelt_heading(text: str) -> None:
    assert misspelt_kind(text) is None


def test_a_position_that_is_spelt_nearly_like_a_heading_is_none() -> None:
    text = f"{HEAD}Berufserfahrung\n\nReferent\nStadt Ulm\n2019 – 2021\n"
    assert jobs(text) == [("Stadt Ulm", "Referent", "2019", "2021")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("My skills", "skills"), ("Mes langues", "languages"), ("Le mie esperienze", "work"), ("Mijn banen", "work")],
)
def test_whose_they_are_says_nothing_in_a_heading(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_what_a_cv_calls_itself_on_its_first_line_is_no_heading() -> None:
    assert read(f"Resume\n127 Mill Avenue\nDundee DD1 5FN\n{HEAD}{CV}")["basics"]["location"]["city"] == "Dundee"


def test_headings_of_ones_own_lead_to_the_prompt_for_cvs() -> None:
    prompts = load(Path(__file__).parent.parent / "prompts", "document", 4000)
    assert prompts.route("", "scan.pdf", "Waar ik gewerkt heb\n...\nWat ik geleerd heb\n...\n").name == "cv"


# --- Entries ----------------------------------------------------------------------------------------------------------


def test_blank_lines_tell_what_heads_the_dates() -> None:
    text = (
        f"{HEAD}Experience\nFreelance Translator\n2024 – now\n\nCook\nOld Mill Inn\n2019 – 2021\n\n"
        "Waiter\nNew Mill Inn\n2016 – 2018\n"
    )
    assert [job[:2] for job in jobs(text)] == [
        (None, "Freelance Translator"),
        ("Old Mill Inn", "Cook"),
        ("New Mill Inn", "Waiter"),
    ]


def test_dates_alone_below_each_position_are_read_under_one_employer() -> None:
    text = (
        f"{HEAD}Experience\n\n2022 – now\nHead Chef\nThe Swan Hotel\n\nOld Mill Inn\nSous Chef\n2019 – 2021\n"
        "• Planned menus\nCommis Chef\n2016 – 2018\n"
    )
    assert jobs(text)[1:] == [
        ("Old Mill Inn", "Sous Chef", "2019", "2021"),
        ("Old Mill Inn", "Commis Chef", "2016", "2018"),
    ]


def test_a_name_whose_dates_are_those_of_the_positions_below_is_their_employer() -> None:
    text = f"{HEAD}Experience\nTavira\t2016 – 2021\nSenior Cook\t2019 – 2021\nJunior Cook\t2016 – 2019\n"
    assert jobs(text) == [("Tavira", "Senior Cook", "2019", "2021"), ("Tavira", "Junior Cook", "2016", "2019")]


def test_a_job_with_an_employer_of_its_own_takes_none_from_above() -> None:
    text = f"{HEAD}Experience\n2019 – 2021: Cook, Old Mill Inn\n2016 – 2018: Cook, Hotel Mayor, Hull\n"
    assert jobs(text)[1][0] != "Old Mill Inn"


def test_the_town_under_the_name_is_no_position() -> None:
    text = "Ida Holt\nJaipur\n07700 900461\n\nExperience\n\nUS Army, Jaipur\nSquad Leader\n2019 – 2021\n"
    assert jobs(text) == [("US Army", "Squad Leader", "2019", "2021")]


def test_the_hollow_bullets_of_a_copy_are_bullets() -> None:
    text = f"{HEAD}Experience\n2019 – 2021\nCook\nOld Mill Inn\no Planned menus\no Trained two cooks\n"
    assert jobs(text) == [("Old Mill Inn", "Cook", "2019", "2021")]
    assert read(text)["work"][0]["highlights"] == ["Planned menus", "Trained two cooks"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Cook, Hale, Osei and Brandt, Hull", ["Cook", "Hale, Osei and Brandt", "Hull"]),
        ("Lettiere, Barese e Sanguineti s.r.l.", ["Lettiere, Barese e Sanguineti s.r.l."]),
        ("Chef, Fox and Hounds", ["Chef", "Fox and Hounds"]),
        ("Nexus, Tyne and Wear", ["Nexus", "Tyne and Wear"]),
        ("Acme, Bosnia and Herzegovina", ["Acme", "Bosnia and Herzegovina"]),
    ],
)
def test_the_partners_of_a_firm_are_one_name(text: str, parts: list[str]) -> None:
    assert comma_parts(text) == parts


@pytest.mark.parametrize(
    ("line", "employer", "position"),
    [
        ("Recepcionista en Hotel Miramar (2019 – 2021)", "Hotel Miramar", "Recepcionista"),
        ("Auxiliar en geriatría (2019 – 2021)", None, "Auxiliar en geriatría"),
    ],
)
def test_in_parts_a_position_from_what_is_surely_an_employer(line: str, employer: str | None, position: str) -> None:
    assert jobs(f"Experiencia laboral\n{line}")[0][:2] == (employer, position)


def test_for_whom_somebody_works_at_present_is_told_without_the_sentence_around() -> None:
    text = f"{HEAD}Work Experience\n• Presently working with M/s Gupta & Associates as Accountant since July 2019.\n"
    assert jobs(text) == [("M/s Gupta & Associates", "Accountant", "2019-07", "now")]


def test_a_german_list_of_two_professions_is_no_firm_with_a_partner() -> None:
    assert Scores("de").leaning("Gesundheits- und Krankenpflegerin") >= 2


# --- Dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Q3/2022 - Q1/2023", "2022", "2023"),
        ("Q2 2022-Q3 2022", "2022", "2022"),
        ("2. Quartal 2021 – 4. Quartal 2022", "2021", "2022"),
        ("1er trimestre 2020 - 2e trimestre 2021", "2020", "2021"),
        ("estate 2014 — autunno 2018", "2014", "2018"),
        ("02/23-04/25", "2023-02", "2025-04"),
        ("Sept. 2024 → fév. 2025", "2024-09", "2025-02"),
    ],
)
def test_quarters_seasons_and_tight_dates_are_ranges(text: str, start: str, end: str) -> None:
    span = find_span(text)
    assert span
    assert (span.start, span.end, span.before, span.after) == (start, end, "", "")


def test_a_season_is_part_of_the_date_only_where_it_stands_apart() -> None:
    apart, within = find_span("Cook\testate 2014 – estate 2015"), find_span("Real Estate 2014 – 2018")
    assert apart
    assert within
    assert (apart.before, within.before) == ("Cook", "Real Estate")


# --- Languages, skills, certificates, names ---------------------------------------------------------------------------


def listed(kind: str, lines: str) -> list[tuple[str | None, ...]]:
    found = read(f"{HEAD}Experience\nCook, Old Mill Inn, 2019 – 2021\n\n{kind}\n{lines}\n")
    return [tuple(one.values()) for one in found[kind.casefold()]]


def test_a_driving_licence_is_neither_a_language_nor_a_skill() -> None:
    assert listed("Languages", "Full clean UK driving licence") == []
    assert listed("Skills", "Baking; Grilling\nFull clean UK driving licence") == [("Baking",), ("Grilling",)]


def test_three_languages_in_a_sentence_are_three_with_their_levels() -> None:
    text = "I am a native English speaker and speak Hindi at B2 level and basic Punjabi."
    assert listed("Languages", text) == [
        ("English", "native", None),
        ("Hindi", "B2", "B2"),
        ("Punjabi", "basic", None),
    ]


def test_a_word_for_and_in_another_language_parts_no_skill() -> None:
    text = (
        "Ida Holt\nida@example.org\nExperiencia laboral\nCocinera, Hotel Miramar, 2019 – 2021\nHe trabajado en la cocina\n"
        "Habilidades\nDominio de Trabajo en equipo y Excel.\n"
    )
    assert [skill["name"] for skill in read(text)["skills"]] == ["Trabajo en equipo", "Excel"]


def test_certificates_on_one_line_with_a_date_each_are_several() -> None:
    assert listed("Certificates", "First Aid 2023, Forklift 2020") == [
        ("First Aid", None, "2023"),
        ("Forklift", None, "2020"),
    ]


def test_the_address_of_ones_page_on_a_network_speaks_for_a_name() -> None:
    head = "St. Louis, MO\n(314) 555-0143\nbigtruck@example.org\nlinkedin.com/in/ida-holt-98\n\nIda Holt\n\n"
    assert read(f"{head}Experience\nCook, Old Mill Inn, 2019 – 2021\n")["basics"]["name"] == "Ida Holt"


@pytest.mark.parametrize("head", ["CV\nFlat 171, Shanti Nagar\nPune - 411001", "CV\n(91) 79392 46376"])
def test_a_part_of_an_address_and_an_item_of_a_list_are_no_names(head: str) -> None:
    text = (
        f"{head}\ncs6@example.org\n\nExperience\nCook, Old Mill Inn, 2019 – 2021\n• Menu Planning\n• Guest Relations\n\n"
        "Education\nBSc Biology, University of Hull, 2018\n"
    )
    assert read(text)["basics"]["name"] is None


def test_the_name_on_the_line_of_the_title_is_no_town() -> None:
    text = "CV Ida Holt\n07700 900461 | ida@example.org\n\nExperience\nCook, Old Mill Inn, 2019 – 2021\n"
    assert read(text)["basics"]["location"]["city"] is None


def test_a_long_line_with_all_details_still_tells_the_town() -> None:
    pages = "linkedin.com/in/ida-holt-4711 | www.idaholt.example | github.com/idaholt | xing.com/profile/Ida_Holt"
    head = f"Ida Holt | Hauptstraße 46, 66058 Bad Homburg, Germany | 0175 39595264 | ida@example.org | {pages}"
    assert len(head) > 160
    assert read(f"{head}\n{CV}")["basics"]["location"]["city"] == "Bad Homburg"


def test_awards_before_a_colon_are_no_course() -> None:
    text = f"{HEAD}EDUCATION\nBSc Biology, University of Hull, 2018\n\nAWARDS: Bronze Medal (2007), Army Medal\n"
    assert [course["institution"] for course in read(text)["education"]] == ["University of Hull"]


def test_where_somebody_was_born_is_no_town_beside_a_number() -> None:
    text = f"Ida Holt\nNata a Bari il 12/02/1985, residente in via Capruzzi 112, 70124 Bari\nida@example.org\n{CV}"
    assert read(text)["basics"]["location"]["city"] in (None, "Bari")


def test_a_line_of_trainings_with_a_date_each_is_no_job() -> None:
    text = f"{HEAD}Experience\nCook, Old Mill Inn, 2014 – 2017\n\nDrills: Fire (2025), Evacuation (2024)\n"
    assert jobs(text) == [("Old Mill Inn", "Cook", "2014", "2017")]


def test_further_years_behind_a_season_are_part_of_the_date() -> None:
    text = f"{HEAD}Experience\n2019 – 2021\nCook, Old Mill Inn\nSummers 2008, 2009, 2010\nWaiter, Lido Azzurro\n"
    assert [job[:2] for job in jobs(text)] == [("Old Mill Inn", "Cook"), ("Lido Azzurro", "Waiter")]


def test_computer_skills_before_a_colon_are_no_school() -> None:
    text = f"Lebenslauf\n{HEAD}Schule\n1978 – 1990 POS Goethe Gera, Abitur 1,6\n\nEDV: SAP R/3, DATEV\n"
    assert all("EDV" not in str(course) for course in read(text)["education"])


# --- Where somebody worked --------------------------------------------------------------------------------------------


def test_the_town_and_its_state_behind_an_employer_are_one_place() -> None:
    cv = read(
        f"{HEAD}Work history\nRN, Emergency Department, Mercy Hospital, Des Moines, Iowa\nAugust 2009 to April 2016\n"
    )
    assert [(job["name"], job["location"]) for job in cv["work"]] == [("Mercy Hospital", "Des Moines, Iowa")]


def test_a_ward_below_jobs_at_a_hospital_is_no_employer() -> None:
    heads = "Ward Manager, Surgical Unit\tFeb 2021 - present\n- Leads a team\nStaff Nurse, Elderly Care\tMay 2016 - Feb 2021\n"
    cv = read(f"{HEAD}Experience\nSt Brendan's University Hospital, Galway\n{heads}")
    assert [job["name"] for job in cv["work"]] == ["St Brendan's University Hospital"] * 2
    assert cv["work"][1]["position"] == "Staff Nurse, Elderly Care"


def test_a_form_may_leave_the_address_out_of_its_labels() -> None:
    cv = read(
        f"{HEAD}Esperienza lavorativa\n• Date (da – a)\tMarzo 2017 – Agosto 2019\n• Nome del datore di lavoro\tAnalisi Ducale\n"
        "• Tipo di impiego\tTecnico di laboratorio\n"
    )
    assert [(job["name"], job["position"]) for job in cv["work"]] == [("Analisi Ducale", "Tecnico di laboratorio")]


@pytest.mark.parametrize(
    "line", ["Mr Gareth Llewellyn BEd (Hons), NPQH", "Bewerber: Gareth Llewellyn", "Applicant: Gareth Llewellyn"]
)
def test_what_stands_around_a_name_is_left_out(line: str) -> None:
    assert read(f"{line}\ngareth@example.org\n")["basics"]["name"] == "Gareth Llewellyn"


def test_stars_part_what_stands_in_the_head() -> None:
    basics = read("Marisol Vega\n(786) 555-0121 * Miami, Florida * marisol@example.org\n")["basics"]
    assert (basics["location"]["city"], basics["location"]["region"]) == ("Miami", "Florida")


@pytest.mark.parametrize("result", ["110/110 e lode", "first class honours", "Note 1,2", "91.2%"])
def test_a_result_behind_the_year_does_not_hide_a_course(result: str) -> None:
    cv = read(
        f"{HEAD}Education\nMSc Physics, University of Bath, 2013\nBSc Physics, University of Leeds, 2011, {result}\n"
    )
    assert [course["endDate"] for course in cv["education"]][:2] == ["2013", "2011"]


def test_a_ward_is_no_town() -> None:
    cv = read(f"{HEAD}Experience\nSTAFF NURSE\nEmergency Department\nCavite Medical Center\nMarch 2019 – Present\n")
    assert [(job["name"], job["location"]) for job in cv["work"]] == [("Cavite Medical Center", None)]


def test_what_stands_behind_names_is_no_abbreviation_at_the_end_of_a_sentence() -> None:
    assert is_sentence("Each set of accounts was signed by an FCA.")

"""Prompt files: what is wrong with one is said with file, line and key; what is right decides, fences and is hashed."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import within
from pipeline.matching import MatchRules, _found, _squeezed, _squeezed_lines
from pipeline.prompts import PromptError, Prompts, Template, fence_mark, load, parse
from pipeline.records import Extraction

PROJECT = Path(__file__).resolve().parent.parent
law = settings(deadline=None, max_examples=60)

FRONT: dict[str, Any] = {
    "title": "Receipt",
    "schema": {
        "type": "object",
        "properties": {"shop": {"type": "string"}, "lines": {"type": "array", "items": {"type": "string"}}},
    },
    "match": {"words": ["total"], "name": ["*receipt*"]},
    "max_output_tokens": 500,
}
BODY = "Read one receipt.\n\nRules\n- Guess nothing.\n"


def written(front: Any, body: str = BODY) -> str:
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n{body}"


def turned(node: Any) -> Any:
    """Return the same mapping with its keys the other way round, but for the names of properties."""
    if not isinstance(node, dict):
        return node
    keys = list(node) if "shop" in node else list(node)[::-1]
    return {key: turned(node[key]) for key in keys}


def read(text: str | bytes, name: str = "receipt") -> Template:
    return parse(Path(f"prompts/{name}.md"), text.encode() if isinstance(text, str) else text, 4000)


def refusal(text: str | bytes, name: str = "receipt") -> PromptError:
    with pytest.raises(PromptError) as caught:
        read(text, name)
    return caught.value


def extraction(text: str, *links: str) -> Extraction:
    return Extraction(text, (0,), "text/plain", "test", links)


# --- A right file -----------------------------------------------------------------------------------------------------


def test_a_prompt_is_named_after_its_file() -> None:
    template = read(written(FRONT))
    assert (template.name, template.title, template.system) == ("receipt", "Receipt", BODY.strip())
    assert (template.schema.name, template.max_output_tokens, template.model) == ("custom", 500, None)
    assert template.match.words == ("total",)


def test_a_prompt_may_name_a_built_in_schema_and_a_model() -> None:
    template = read("---\ntitle: CV\nschema: cv\nmodel: gpt-5-mini\n---\nRead.")
    assert (template.schema.name, template.model, template.max_output_tokens) == ("cv", "gpt-5-mini", 4000)


def test_a_rule_of_dashes_in_the_body_belongs_to_the_body() -> None:
    assert read("---\ntitle: T\nschema: cv\n---\nabove\n---\nbelow").system == "above\n---\nbelow"


@pytest.mark.parametrize("name", ["a", "cv", "cover-letter", "2026_forms", "x" * 41])
def test_a_name_of_small_letters_digits_and_dashes_is_right(name: str) -> None:
    assert read(written(FRONT), name).name == name


def test_the_prompts_of_the_project_are_right() -> None:
    prompts = load(PROJECT / "prompts", "document", 4000)
    assert set(prompts.by_name) >= {"cv", "document", "invoice"}


# --- A broken file ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "line 1: no front matter", "two lines of ---"),
        ("Read one CV.", "line 1: no front matter", "two lines of ---"),
        ("---\ntitle: T\nschema: cv\n", "line 1: no front matter, as its second --- is missing", "two lines of ---"),
        ("---\ntitle: T\nshema: cv\n---\nb", "line 3: shema is no key of a prompt", "did you mean schema?"),
        ("---\nTitle: T\nSchema: cv\n---\nb", "line 2: Title is no key of a prompt", "did you mean title?"),
        ("\n---\ntitle: T\nschema: cv\n---\nb", "line 1: no front matter", "two lines of ---"),
        ("---\ntitle: T\nschema: cv\n---\n", "there is no instruction", "say what the model is to do"),
        ("---\ntitle: T\nschema: cv\n---\n \n\n", "there is no instruction", "say what the model is to do"),
        ("---\n---\nb", "title: Field required", "title, match, schema"),
        ("---\nschema: cv\n---\nb", "title: Field required", "title, match, schema"),
        ("---\ntitle: T\n---\nb", "schema: Field required", "title, match, schema"),
        ("---\ntitle: T\nschmea: cv\nschema: cv\n---\nb", "line 3: schmea is no key of a prompt", "did you mean schema?"),
        ("---\ntitle: T\nschema: cv\nmodle: x\n---\nb", "line 4: modle is no key of a prompt", "did you mean model?"),
        ("---\ntitle: T\nschema: cv\nmax_tokens: 5\n---\nb", "line 4: max_tokens is no key of a prompt", "did you mean max_output_tokens?"),
        ("---\ntitle: T\nschema: cv\nzzz: 5\n---\nb", "line 4: zzz is no key of a prompt", "known are: title, match"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  nmae: [a]\n---\nb", "line 5: match.nmae is no key of a prompt", "did you mean name?"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  zzz: [a]\n---\nb", "line 5: match.zzz is no key", "known are: name, headings"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  name: cv\n---\nb", "line 5: match.name: ", "name, headings, words"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  words: [a, 5]\n---\nb", "line 5: match.words.1: ", "name, headings, words"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  points: 0\n---\nb", "line 5: match.points: ", "name, headings, words"),
        ("---\ntitle: T\nschema: cv\nmatch: invoice\n---\nb", "line 4: match: ", "title, match, schema"),
        ("---\ntitle: 5\nschema: cv\n---\nb", "line 2: title: ", "title, match, schema"),
        ("---\ntitle: T\nschema: cv\nmodel: 5\n---\nb", "line 4: model: ", "title, match, schema"),
        ("---\ntitle: T\nschema: cv\nmax_output_tokens: many\n---\nb", "line 4: max_output_tokens: ", "title, match"),
        ("---\ntitle: T\nschema: cv\nmax_output_tokens: 0\n---\nb", "line 4: max_output_tokens: ", "title, match"),
        ("---\ntitle: T\nschema: cv\nmax_output_tokens: 9999999999\n---\nb", "line 4: max_output_tokens: ", "title, match"),
        ("---\ntitle: T\nschema: CV\n---\nb", "line 3: schema: there is no built-in schema 'CV'", "built in are cv, document"),
        ("---\ntitle: [T\nschema: cv\n---\nb", "line 3: ", "YAML"),
        ("---\ntitle: T: U\nschema: cv\n---\nb", "line 2: ", "YAML"),
        ("---\n\ttitle: T\n---\nb", "line 2: ", "YAML"),
        ("---\ntitle: T\nschema: *nowhere\n---\nb", "line 3: ", "YAML"),
        ("---\ntitle: T\nschema:\n\ttype: object\n---\nb", "line 4: ", "not with a tab"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  name: [*cv*]\n---\nb", "line 5: ", "stands in quotes"),
        ('---\ntitle: T\nschema: cv\nmatch:\n  words: ["\\d"]\n---\nb', "line 5: ", "single quotes"),
        ("---\ntitle: T\nschema: {type: object, properties: {a: {type:string}}}\n---\nb", "line 3: `type:string` is", "blank"),
        ("---\ntitle: T\nschema:\n  type: object\n  properties:\n    a:{type: string}\n---\nb", "line 6: `a:{type` is", "blank"),
        ("---\ntitle: T\n\u00a0schema: cv\n---\nb", "line 3: `schema` is read as one key", "blank"),
        ("---\ntitle: 2026-02-30\nschema: cv\n---\nb", "line 2: 2026-02-30 is a date", "quotes"),
        ("---\ntitle: T\nschema: {type: object, properties: {a: {enum: [012]}}}\n---\nb", "line 3: 012 is a number", "quotes"),
        ("---\ntitle: T\nschema: cv\nmax_output_tokens: true\n---\nb", "line 4: max_output_tokens: ", "title, match"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  words: ['']\n---\nb", "line 5: match.words: '' holds nothing", "name"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  headings: [--]\n---\nb", "line 5: match.headings: '--' holds", "name"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  words: [“total”]\n---\nb", "line 5: match.words: “total” has printed", "name"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  words: ['\\d+ EUR']\n---\nb", "line 5: match.words: \\d+ EUR is a regular", "name"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  name: [.*cv.*]\n---\nb", "line 5: match.name: .*cv.* is a regular", "name"),
        ("---\ntitle: T\nschema: cv\nmatch:\n  name: [cv]\n---\nb", "line 5: match.name: 'cv' is no file's whole", "name"),
        ("---\ntitle: T\nmodel: \0\n---\nb", "line 3: ", "take it out"),
        ("---\ntitle: !!python/object:os.system T\nschema: cv\n---\nb", "line 2: ", "YAML"),
        ("---\ntitle: T\nschema: {type: array}\n---\nb", "line 3: schema.type: ", "prompts/invoice.md"),
        (
            "---\ntitle: T\nschema:\n  type: object\n  properties:\n    a: {type: strng}\n---\nb",
            "line 6: schema.properties.a.type: `type` is one of object, array",
            "prompts/invoice.md",
        ),
        (
            "---\ntitle: T\nschema:\n  type: object\n  properties:\n    a:\n      type: array\n      items:\n        type: string\n        pattern: x\n---\nb",
            "line 10: schema.properties.a.items.pattern: `pattern` is not supported",
            "prompts/invoice.md",
        ),
        (
            "---\ntitle: T\nschema:\n  type: object\n  properties:\n    a:\n      type: array\n---\nb",
            "line 6: schema.properties.a.items: ",  # the key is missing, so the line is that of what lacks it
            "prompts/invoice.md",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_line_key_and_remedy(text: str, message: str, hint: str) -> None:
    error = refusal(text)
    assert error.message.startswith(f"prompts/receipt.md: {message}")
    assert hint in error.hint


@pytest.mark.parametrize("name", ["CV", "cover letter", "übung", "a.b", "-a", "", "x" * 42, "../cv"])
def test_a_file_name_that_makes_no_folder_is_refused(name: str) -> None:
    with pytest.raises(PromptError, match="becomes a folder"):
        parse(Path("prompts") / f"{name.replace('/', '_')}.md", written(FRONT).encode(), 4000)


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    assert "line 2: not UTF-8 (byte 11)" in refusal("---\ntitle: ü".encode("latin-1")).message


def test_lines_are_counted_alike_in_files_from_windows() -> None:
    unix = "---\ntitle: T\nschema: cv\nmodle: x\n---\nb"
    assert (
        refusal(unix).message
        == refusal(unix.replace("\n", "\r\n")).message
        == refusal(unix.replace("\n", "\r")).message
    )


def test_no_prompts_folder_and_no_default_are_said(tmp_path: Path) -> None:
    with pytest.raises(PromptError, match="no folder prompts/"):
        load(None, "document", 4000)
    (tmp_path / "cv.md").write_text("---\ntitle: CV\nschema: cv\n---\nRead.", encoding="utf-8")
    with pytest.raises(PromptError, match=r"default_prompt: there is no .*/documnt\.md") as caught:
        load(tmp_path, "documnt", 4000)
    assert caught.value.hint == "there are: cv"


# --- The hash ---------------------------------------------------------------------------------------------------------


def same(text: str | bytes, name: str = "receipt") -> bool:
    return read(text, name).hash == read(written(FRONT)).hash


def test_the_hash_is_stable_from_day_to_day() -> None:
    assert read(written(FRONT)).hash == "p1-e962d14b76d61247"  # another recipe makes all summaries anew: mean it


def test_the_hash_is_the_same_for_the_same_prompt_written_otherwise() -> None:
    text = written(FRONT)
    assert same(written(turned(FRONT)))
    assert same(text.replace("\n", "\r\n"))
    assert same("\ufeff" + text)
    assert same(text + "\n\n")
    assert same(written(FRONT | {"title": "Another title", "match": {"words": ["sum"]}, "model": "another-model"}))
    assert same(text, "another-name")


@pytest.mark.parametrize(
    ("front", "body"),
    [
        ({}, BODY + "- One rule more."),
        ({}, BODY.replace("one", "One")),
        ({"max_output_tokens": 501}, BODY),
        ({"schema": "cv"}, BODY),
        ({"schema": {"type": "object", "properties": {"shop": {"type": "string"}}}}, BODY),
        (
            {"schema": {"type": "object", "properties": dict(reversed(FRONT["schema"]["properties"].items()))}},
            BODY,
        ),
        ({"schema": {"type": "object", "properties": {"shop": {"type": "string", "description": "name"}}}}, BODY),
    ],
    ids=["body longer", "body changed", "tokens", "built in", "fewer fields", "order of fields", "description"],
)
def test_the_hash_changes_with_all_that_decides_a_reply(front: dict[str, Any], body: str) -> None:
    assert not same(written(FRONT | front, body))


def test_the_default_of_max_output_tokens_is_part_of_the_hash() -> None:
    data = b"---\ntitle: T\nschema: cv\n---\nRead."
    assert parse(Path("p/a.md"), data, 100).hash != parse(Path("p/a.md"), data, 200).hash


@law
@given(st.text("abc äöü\n", min_size=1).filter(str.strip), st.text("abc äöü\n", min_size=1).filter(str.strip))
def test_two_bodies_have_two_hashes(one: str, other: str) -> None:
    hashes = {read(written(FRONT, body)).hash for body in (one, other)}
    assert len(hashes) == len({one.strip(), other.strip()})


# --- Rendering --------------------------------------------------------------------------------------------------------

TEMPLATE = read(written(FRONT))
hostile = st.one_of(
    st.text(),
    st.lists(
        st.sampled_from(["</document>", "<document ", "{text}", "{0}", "%s", "$text", "\\1", "\n", "</document 0123>", "---\n"])
    ).map("".join),
)  # fmt: skip


@law
@given(hostile)
def test_the_document_stands_in_the_prompt_whole_and_unchanged(text: str) -> None:
    prompt = TEMPLATE.render(extraction(text))
    first, _, rest = prompt.user.partition("\n")
    inner, _, last = rest.rpartition("\n")
    assert inner == text
    assert (first.replace("<", "</", 1), prompt.system) == (last, TEMPLATE.system)


@law
@given(hostile)
def test_no_document_can_close_its_fence(text: str) -> None:
    user = TEMPLATE.render(extraction(text)).user
    end = user.rsplit("\n", 1)[-1]
    assert user.count(end) == 1


def test_a_document_that_holds_the_fence_of_another_does_not_close_its_own() -> None:
    other = TEMPLATE.render(extraction("words")).user
    user = TEMPLATE.render(extraction(other)).user
    assert user.count(user.rsplit("\n", 1)[-1]) == 1


@law
@given(st.text("0123456789abcdef", max_size=300))
def test_a_document_never_holds_the_mark_of_its_fence(text: str) -> None:
    assert fence_mark(text, 1) not in text


def test_a_mark_that_a_document_happens_to_hold_is_made_longer() -> None:
    text = "0123456789abcdef" * 40
    assert len(fence_mark(text, 1)) > 1
    assert len(fence_mark(text)) == 16


def test_the_fence_is_the_same_for_the_same_document() -> None:
    mark = hashlib.sha256(b"words").hexdigest()[:16]
    assert TEMPLATE.render(extraction("words")).user == f"<document {mark}>\nwords\n</document {mark}>"


def test_links_that_do_not_stand_in_the_text_follow_it() -> None:
    user = TEMPLATE.render(
        extraction(
            "ada.example.org, ada@example.org",
            "https://www.ada.example.org/",
            "mailto:ada@example.org",
            "https://x.example.org/a",
        )
    ).user
    assert user.count("Links in the document:\nhttps://x.example.org/a\n</document") == 1
    assert "mailto:" not in user


def test_a_prompt_carries_what_the_request_needs() -> None:
    prompt = read("---\ntitle: T\nschema: cv\nmodel: m\n---\nRead.").render(extraction("words"))
    assert (prompt.name, prompt.model, prompt.max_output_tokens, prompt.schema["type"]) == (
        "receipt",
        "m",
        4000,
        "object",
    )


# --- Routing ----------------------------------------------------------------------------------------------------------


def house(**kinds: dict[str, Any]) -> Prompts:
    """Return prompts with these match rules, and "other" as the default."""
    rules: dict[str, Any] = {**kinds, "other": {}}
    return Prompts({name: read(written(FRONT | {"match": match}), name) for name, match in rules.items()}, "other")


PROMPTS = house(
    cv={"headings": ["work experience", "skills", "fähigkeiten"], "name": ["*cv*"], "unless": ["we offer", "offers"]},
    invoice={"headings": ["invoice"], "words": ["total", "amount due", "€"], "name": ["*invoice*"]},
)
CV = "Work Experience\ncook\nSKILLS\nsoup"


def routed(text: str = "", name: str = "a.txt", folder: str = "") -> str:
    return PROMPTS.route(folder, name, text).name


@pytest.mark.parametrize(
    ("folder", "prompt"),
    [
        ("cv", "cv"), ("CV", "cv"), ("Cv", "cv"), ("acme/cv", "cv"), ("cv/july", "cv"), ("invoice/cv", "cv"),
        ("cv/invoice", "invoice"), ("", "other"), ("acme", "other"), ("cv2", "other"), ("other", "other"),
    ],
)  # fmt: skip
def test_the_nearest_folder_named_like_a_prompt_decides(folder: str, prompt: str) -> None:
    assert routed(folder=folder) == prompt


def test_what_speaks_against_a_prompt_takes_two_points_off() -> None:
    five_points, six_points = f"{CV}\nFähigkeiten und mehr", f"{CV}\nFähigkeiten"

    assert routed(five_points) == "cv"
    assert routed(f"{five_points}\nWe offer") == "other"
    assert routed(f"{six_points}\nWe offer") == "cv"


def test_a_folder_beats_the_match_rules() -> None:
    assert routed(CV) == "cv"
    assert routed(CV, folder="invoice") == "invoice"


@pytest.mark.parametrize(
    ("text", "name", "prompt"),
    [
        (CV, "a.txt", "cv"),
        ("W O R K  E X P E R I E N C E\nS k i l l s :\n", "a.txt", "cv"),
        ("Work experience: cook\nSkills: soup", "a.txt", "cv"),
        ("Skills\nFÄHIGKEITEN", "a.txt", "cv"),
        ("Skills", "My CV.pdf", "cv"),
        ("Skills", "a.pdf", "other"),
        ("Skills\nSkills\nSkills", "a.pdf", "other"),
        ("my skills are many\nhis work experience too", "a.pdf", "other"),
        ("skills like mine are rare\nwork experience in a kitchen", "My CV.pdf", "cv"),
        ("Skills\nWork experience\nWe offer", "a.pdf", "other"),
        ("Skills\nWork experience\nand we offer soup", "a.pdf", "cv"),
        ("Skills\nWork experience\nFähigkeiten\nWe offer", "a.pdf", "cv"),
        ("\nWe offer:\nSkills\nWork experience\nFähigkeiten", "a.pdf", "other"),
        ("Acme\nWe offer\nSkills\nWork experience\nFähigkeiten", "a.pdf", "other"),
        ("Skills\nOffers: many\nWork experience", "a.pdf", "cv"),
        ("Skills\nOffers 2026\nWork experience", "a.pdf", "other"),
        ("Invoice\nTotal 5 €", "a.pdf", "invoice"),
        ("Invoice no. 5\namount due: 5\ntotals", "a.pdf", "other"),
        ("Invoice 5\nAmount due, total", "a.pdf", "invoice"),
        ("nothing of the kind", "invoice cv.pdf", "other"),
        ("1. Skills\n2) Work experience", "a.pdf", "cv"),
        ("", "", "other"),
    ],
    ids=range(22),
)
def test_match_rules_claim_by_points(text: str, name: str, prompt: str) -> None:
    assert routed(text, name) == prompt


@pytest.mark.parametrize("sign", ["-", ".", "{", "_", "1"])
def test_a_long_row_of_signs_is_routed_at_once(sign: str) -> None:
    prompts = load(PROJECT / "prompts", "document", 4000)
    with within(1.0):
        prompts.route("", "a.txt", sign * 20_000)


def test_the_strongest_claim_wins() -> None:
    assert routed(CV + "\nFähigkeiten\nInvoice\ntotal\n€") == "cv"
    assert routed(CV + "\nInvoice\ntotal\n€\namount due", "invoice.pdf") == "invoice"


def test_points_needed_may_be_changed() -> None:
    eager = house(memo={"words": ["memo"], "points": 1})
    assert eager.route("", "a", "a memo").name == "memo"


def test_the_most_points_are_those_of_a_document_that_has_all() -> None:
    rules = MatchRules(name=("*a*", "*b*"), headings=("Hours", "hours:", "week"), words=("x", "y"))
    assert rules.most_points == 2 + 2 * 2 + 2


def test_only_the_beginning_of_a_long_document_is_looked_at() -> None:
    assert routed("x \n" * 10_000 + CV) == "other"


def test_several_patterns_of_a_name_count_together_once() -> None:
    assert house(cv={"name": ["*cv*", "*my*", "*.pdf"]}).route("", "my cv.pdf", "").name == "other"


def test_patterns_of_names_ignore_case_and_may_hold_any_letter() -> None:
    accented = house(cv={"name": ["*Życiorys*"], "words": ["a", "b"]})
    assert accented.route("", "ŻYCIORYS Ada.pdf", "a b").name == "cv"


@law
@given(st.sets(st.text("ab _", min_size=1, max_size=4)), st.text("ab _.\n", max_size=20))
def test_words_are_found_as_by_one_pattern_of_all_of_them(words: set[str], text: str) -> None:
    longest_first = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    expected = set(re.findall(rf"(?<!\w)(?:{longest_first})(?!\w)", text)) if words else set()
    assert _found(words, text) == expected


@law
@given(st.lists(st.text("aB_ß1Ä-·\t ", max_size=8)))
def test_phrases_are_squeezed_together_as_each_for_itself(phrases: list[str]) -> None:
    folded = [phrase.casefold() for phrase in phrases]
    assert _squeezed_lines(folded) == {_squeezed(phrase) for phrase in phrases} - {""}


@law
@given(st.text(), st.text(), st.text())
def test_every_document_finds_a_prompt(folder: str, name: str, text: str) -> None:
    assert PROMPTS.route(folder, name, text).name in PROMPTS.by_name


@pytest.mark.parametrize(
    ("folder", "name", "text", "prompt"),
    [
        ("", "Lebenslauf.pdf", "Berufserfahrung\nAusbildung\nSprachen", "cv"),
        ("", "a.pdf", "Doświadczenie zawodowe\nWykształcenie\nJęzyki", "cv"),
        ("", "a.pdf", "Rechnung\nRechnungsnummer 5\nUSt 19 %\nIBAN DE00", "invoice"),
        ("", "a.pdf", "Job offer\nYour tasks\nYour profile\nSkills\nWhat we offer", "document"),
        ("", "a.pdf", "Dear Ms Bouzidi,\nI apply for the position. My skills are known.", "document"),
        ("Invoice", "cv.pdf", "Education\nSkills\nLanguages", "invoice"),
        (
            "",
            "scan0042.pdf",
            "Tom Okafor\nBus driver\nWORK\n2017 - now Avonbridge Buses\nLICENCES\nB, C, D\nLANGUAGES",
            "cv",
        ),
        ("", "a.pdf", "Nele Sander\nBerufliche Laufbahn\n2019 Werk Nord\nSchulische Laufbahn\n2012 Abitur", "cv"),
        ("", "a.pdf", "Ines Prado\nHistoria laboral\n2019 Talleres Sur\nHistorial académico\n2012 Grado", "cv"),
        ("", "a.pdf", "Certificate of attendance\nSchool: Lindenhof\nLanguage: German\nDate: 5 May 2026", "document"),
        ("", "a.pdf", "Alfold Plumbing\nWork: 555 0142\nLicence: 4711\nDear Ms Brandt, here is our offer.", "document"),
    ],
)
def test_the_project_s_own_prompts_claim_what_they_should(folder: str, name: str, text: str, prompt: str) -> None:
    assert load(PROJECT / "prompts", "document", 4000).route(folder, name, text).name == prompt


# --- Found the hard way ----------------------------------------------------------------------------------------------


BROKEN = {
    "a list": ("- title\n- schema", ""),
    "a text": ("title", ""),
    "control character": ("title: \x01\nschema: cv", ""),
    "no such day": ("title: T\nschema: {type: object, properties: {2019-02-31: {}}}", ""),
    "itself within itself": ("title: T\nschema: &s {type: object, properties: {a: *s}}", ""),
    "deep brackets": ("[" * 2_000, ""),
    "date as description": (
        "title: T\nschema: {type: object, properties: {a: {type: string, description: 2019-01-01}}}",
        "line 3",
    ),
    "schema_": ("title: T\nschema_: cv", ""),
    "a key twice": ("title: T\ntitle: U\nschema: cv", "line 3"),
}


@pytest.mark.parametrize(("front", "line"), BROKEN.values(), ids=BROKEN.keys())
def test_every_broken_front_matter_is_refused(front: str, line: str) -> None:
    assert line in refusal(f"---\n{front}\n---\nRead.").message


def test_a_schema_of_another_kind_is_called_schema() -> None:
    assert "line 3: schema: " in refusal("---\ntitle: T\nschema: [cv]\n---\nb").message


def test_what_an_editor_or_a_mac_leaves_beside_a_prompt_is_none(tmp_path: Path) -> None:
    (tmp_path / "cv.md").write_text(written(FRONT))
    (tmp_path / ".#cv.md").symlink_to("somebody@desk.4711")
    (tmp_path / "._cv.md").write_bytes(b"\x00\x05\x16\x07")
    assert list(load(tmp_path, "cv", 4000).by_name) == ["cv"]


@pytest.mark.parametrize("name", ["order.md.txt", "order.MD", "order.markdown"])
def test_a_prompt_whose_ending_would_hide_it_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(written(FRONT))
    with pytest.raises(PromptError, match=r"the name of a prompt ends in \.md"):
        load(tmp_path, "cv", 4000)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_prompt_that_is_no_file_is_named_and_not_waited_for(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "cv.md")
    with pytest.raises(PromptError, match=r"cv\.md: cannot be read: it is no file"):
        load(tmp_path, "cv", 4000)

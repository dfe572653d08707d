"""Who a business document is between.

Promise: names as printed, behind the words or in the place where such documents print them; addresses are cut off.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from pipeline.inference.offline.address import ends_in_town, is_street
from pipeline.inference.offline.business.contracts import contract_parties, is_party
from pipeline.inference.offline.business.labels import is_labelled, labelled
from pipeline.inference.offline.business.mailing import (
    above_in_address,
    addressed_names,
    honoured_names,
    is_department,
    is_head,
    sender_lines,
    signature,
    signed_names,
)
from pipeline.inference.offline.business.money import find_money
from pipeline.inference.offline.business.naming import NUMBERING, tidy_name
from pipeline.inference.offline.business.titles import offers_job
from pipeline.inference.offline.kinds import begins_like_title, title_line
from pipeline.inference.offline.lines import Line, is_sentence
from pipeline.inference.offline.person import looks_like_name
from pipeline.inference.offline.scores import Scores, has_legal_form, is_legal_form, school
from pipeline.inference.offline.words import any_of, phrases, split_words, word_list

_HEAD_LINES = 14
_SIDES = ("party.landlord", "party.tenant", "party.other")
"""Of an invoice: whose account it is paid to, its foot says, be it a person at a firm."""
_LONGEST_SMALL = 3
_MOST_WORDS = 4
"""Of what a side of a contract is called."""
_MOST_WORDS_OF_HIRING = 6
_CAPITALS = re.compile(
    rf"[^\W\d_a-zß-öø-ÿ][\w'’.-]*(?: (?:(?:{any_of('labels', 'joining_particles')}) )*[^\W\d_a-zß-öø-ÿ][\w'’-]*)+"
)
_FEWEST_IN_SENTENCE = 6
"""Words of a line of running text, which may end anywhere."""
_COPYRIGHT = re.compile(r"©|\(c\)|copyright\b", re.IGNORECASE)
"""In front of who made the form, not of who sends it."""
_HOUSE_NUMBER = re.compile(r"[^\W\d_]\.?\s\d{1,4}[a-z]?$")
_BETWEEN_PEOPLE = re.compile(rf"[,;]\s*|\s(?:{any_of('skills', 'and')})\s")


def find_parties(kind: str, lines: list[Line], scores: Scores, person: str | None) -> list[str]:
    """Return the names of the parties of a document of this kind. `person` is a name found by its e-mail address."""
    readers = {
        "invoice": _of_invoice,
        "contract": _of_contract,
        "cover_letter": _of_letter,
        "job_ad": _of_job_ad,
        "certificate": _of_certificate,
    }
    reader = readers.get(kind, _of_any)
    names = itertools.chain.from_iterable(map(_each_person, reader(lines, scores, person)))
    found: list[str] = []
    for name in map(tidy_name, names):
        is_other = kind == "contract" and name and not is_party(name)
        if name and not is_other and name.casefold() not in {one.casefold() for one in found}:
            found.append(name)
    return found


def _each_person(text: str) -> Iterator[str]:
    """Yield the names of a text that addresses two persons: "Miss Ingrid Solheim and Mr Tomas Reyes", not "Mr and Mrs Hall"."""
    forms = phrases("business", "address_forms")
    start = 0
    for word in split_words(text):
        before = NUMBERING.sub("", text[start : word.start])
        if (
            word.key in phrases("skills", "and")
            and forms.prefix(text[word.end :].lstrip())
            and 0 < forms.prefix(before) < len(before.rstrip(" ."))
        ):
            yield before
            start = word.end
    yield text[start:]


def _of_invoice(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    buyers = _first(labelled(lines, "buyer")) or _first(labelled(lines, "memo.to")) or _first(honoured_names(lines))
    sellers = _first(labelled(lines, "seller"))
    delivered = _first(labelled(lines, "delivery"))
    if sellers or buyers or delivered:
        others = [*buyers, *delivered]
        sellers = sellers or _senders(lines, scores, others) or _first_plain(lines) or _addressees(lines, others)
        yield from [*sellers, *(buyers or _addressees(lines, sellers) or delivered)]
    else:
        sides = list(labelled(lines, *_SIDES))[:2]  # of a receipt for rent
        both = _unlabelled(lines, scores)
        yield from both if len(both) > len(sides) else sides


def _first(names: Iterator[str]) -> list[str]:
    """Return the first that is a name: "4711" behind "Customer" is none."""
    return list(itertools.islice(filter(tidy_name, names), 1))


def _unlabelled(lines: list[Line], scores: Scores) -> list[str]:
    """Return who sends an invoice and to whom; of two with an address the first sends it, be it a person to a firm."""
    senders = _senders(lines, scores, []) or _first_plain(lines)
    if any(sender_lines(lines)):
        return [*senders, *_addressees(lines, senders)]
    both = [*senders, *_addressees(lines, senders, most=2 - len(senders))]
    addressed = list(addressed_names(lines))
    return sorted(both, key=addressed.index) if all(name in addressed for name in both) else both


def _senders(lines: list[Line], scores: Scores, others: list[str]) -> list[str]:
    """Return the organisation that a document begins with, as long as it is none of the others."""
    known = set(map(tidy_name, others))
    head = [line for line in lines[:_HEAD_LINES] if not find_money(line.text, scores.language)]
    cells = [Line(cell) for line in head for cell in line.text.split("\t")]
    organisations = [above_in_address(lines, name) or name for name in _organisations(cells, scores)]
    in_window = (next((one for one in organisations if one.startswith(name)), name) for name in sender_lines(lines))
    names = itertools.chain(in_window, organisations)
    return list(itertools.islice((name for name in names if tidy_name(name) not in known), 1))


def _addressees(lines: list[Line], senders: list[str], most: int = 1) -> list[str]:
    """Return the first names above a postal address that are not the sender's."""
    known = set(map(tidy_name, senders))
    return [name for name in addressed_names(lines) if tidy_name(name) not in known][:most]


def _first_plain(lines: list[Line]) -> list[str]:
    """Return the first line when it may be a letterhead: a name, no title, no sentence and not what leads to a name."""
    first = lines[0].text if lines else ""
    is_other = (
        is_sentence(first) or begins_like_title(first) or first.strip(" :") in phrases("business", "address_forms")
    )
    return [first] if first and not is_other else []


def _of_contract(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    known = list(labelled(lines, "party", "seller", "buyer", "delivery"))[:2]
    yield from (
        list(contract_parties(lines, scores.language))
        or (known if len(known) > 1 else _one_in_role(lines, scores, known))
        or list(filter(has_legal_form, _organisations(lines[:_HEAD_LINES], scores)))[:1]
    )


def _one_in_role(lines: list[Line], scores: Scores, known: list[str]) -> list[str]:
    """Return the sides that are called something else than labels we know, with the one behind such a label."""
    roles = [name for name in _in_roles(lines, scores) if name not in known][: 2 - len(known)]
    text = "\n".join(line.text for line in lines[:_HEAD_LINES])
    return sorted([*known, *roles], key=text.find)


def _in_roles(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield the names behind what each side is in the contract, whatever that is called: "Licence giver: Anker Ltd"."""
    for at, line in enumerate(lines[:_HEAD_LINES]):
        role, name = _role(line.text)
        is_other = not role or is_labelled(f"{role}:") or len(role.split()) > _MOST_WORDS or is_sentence(line.text)
        if is_other or not name or any(sign.isdigit() for sign in name):
            continue
        below = itertools.takewhile(lambda text: ":" not in text, (near.text for near in lines[at + 1 : at + 3]))
        is_addressed = any(map(ends_in_town, below))
        if has_legal_form(name) or looks_like_name(name, scores) or _names_organisation(name, scores) or is_addressed:
            yield name


def _role(text: str) -> tuple[str, str]:
    """Return what stands before a colon or a tab, and what stands behind it."""
    label, parting, value = text.partition(":") if ":" in text else text.partition("\t")
    return (label.strip(), value.strip(" :\t")) if parting and label[:1].isupper() else ("", "")


def _of_letter(lines: list[Line], scores: Scores, person: str | None) -> Iterator[str]:
    person = next((name for name in signed_names(lines) if looks_like_name(name, scores)), person)
    if person:
        yield person
    yield from itertools.islice(
        itertools.chain(_employers(lines, scores, person), _addressees(lines, [person or ""])), 1
    )


def _employers(lines: list[Line], scores: Scores, person: str | None) -> Iterator[str]:
    """Yield the first organisation above the salutation."""
    for line in lines[:_HEAD_LINES]:
        if phrases("business", "cues", "cover_letter").prefix(line.text) or phrases(
            "business", "titles", "cover_letter"
        ).prefix(line.text):
            return
        is_house = _HOUSE_NUMBER.search(line.text) or is_street(line.text)
        if line.text != person and not is_house and _names_organisation(line.text, scores):
            yield line.text


def _of_job_ad(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    unlisted = [line for line in lines if not line.bullet]
    named = list(labelled(lines, "party"))[:1] or list(_organisations(unlisted, scores))[:1] or list(_hiring(lines))[:1]
    named = named or _addressees(lines, []) or [text for text in _first_plain(lines) if not offers_job(text)]
    yield from map(_without_offer, named)


def _hiring(lines: list[Line]) -> Iterator[str]:
    """Yield the firm that a sentence begins with which says that it looks for somebody: "Cobalt is hiring drivers."."""
    for line in lines:
        words = split_words(line.text)
        first = next(phrases("business", "hiring").find(words), (0, 0))[0]
        if 0 < first <= _MOST_WORDS_OF_HIRING and words[0].key not in phrases("business", "ours"):
            name = line.text[: words[first].start].strip()
            article, _, rest = name.partition(" ")
            is_thing = article.casefold() in word_list("business")["label_articles"] and " " not in rest  # "Das Team"
            name = _without_town(name, lines)
            is_named = all(
                word[0].isupper() or len(word) <= _LONGEST_SMALL or is_legal_form(word) for word in name.split()
            )
            if is_named and not is_thing and not any(sign.isdigit() for sign in name):
                yield name


def _without_town(name: str, lines: list[Line]) -> str:
    """Return a firm without its town, where an address tells that it is one: "Drukkerij Hoogkamp in Amersfoort"."""
    for word in split_words(name)[1:-1]:
        town = name[word.end :].strip()
        is_small = word.end - word.start <= _LONGEST_SMALL and name[word.start : word.end].islower()
        if is_small and any(line.text.endswith(f" {town}") and ends_in_town(line.text) for line in lines):
            return name[: word.start].rstrip()
    return name


def _without_offer(text: str) -> str:
    """Return the firm in "Boulangerie Martin recrute"."""
    words = split_words(text)
    first = next(phrases("business", "cues", "job_ad").find(words), (0, 0))[0]
    return text[: words[first].start] if first else text


def _of_certificate(lines: list[Line], scores: Scores, person: str | None) -> Iterator[str]:
    named = itertools.chain(_certified(lines, scores), _addressed(lines, scores), _below_colon(lines, scores))
    holder = next(named, None) or next(_first_named(lines, scores), None) or person
    if holder:
        yield holder
    issuers = (
        list(labelled(lines, "seller", "issuer"))[:1]
        or [name for name in _organisations(lines, scores) if name != holder][:1]
    )
    yield from issuers or [
        name
        for name in _first_plain(lines)
        if name != holder and not phrases("business", "titles", "certificate").prefix(name)
    ]


def _certified(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield the name behind "this is to certify that"."""
    for line, below in itertools.zip_longest(lines, lines[1:], fillvalue=Line("")):
        text = f"{line.text} {below.text}"
        words = split_words(text)
        for first, count in phrases("business", "labels", "certified").find(words):
            end = words[first + count - 1].end
            same, other = line.text[end:].strip(" ,:"), below.text[max(0, end - len(line.text) - 1) :].strip(" ,:")
            name = _leading_name(same or other, scores) if words[first].start < len(line.text) else None
            if name:
                yield name


def _addressed(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield the person that a sentence begins with: "Herr Sönke Petersen, geboren am ..., war ..."."""
    for line in lines:
        end = phrases("business", "address_forms").prefix(line.text)
        name = _leading_name(line.text[end:].lstrip(" ."), scores) if end else None
        if name:
            yield name


def _below_colon(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield names on a line of their own below a line that ends in a colon: "war bei uns beschäftigt:"."""
    return (
        below.text
        for line, below in itertools.pairwise(lines)
        if line.text.endswith(":") and looks_like_name(below.text, scores)
    )


def _first_named(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield the persons below the title, on lines of their own or within sentences, whatever the words beside them say."""
    titled = title_line("certificate", lines)
    start = next((at + 1 for at, line in enumerate(lines) if titled and line.text.endswith(titled)), len(lines))
    for at, line in enumerate(lines[start:], start):
        is_address = any(is_street(near.text) or ends_in_town(near.text) for near in lines[at + 1 : at + 2])
        if looks_like_name(line.text, scores) and not is_address:
            yield line.text
        elif len(line.text.split()) >= _FEWEST_IN_SENTENCE:
            yield from names_within(line.text, scores)


def names_within(text: str, scores: Scores) -> Iterator[str]:
    """Yield the persons named in a sentence: what stands in a row with capitals there."""
    for run in _CAPITALS.findall(text):
        words = run[phrases("business", "address_forms").prefix(run) :].split()
        for first in range(len(words) - 1):
            name = " ".join(words[first:])
            if looks_like_name(name, scores) and not phrases("business", "titles").prefix(name):
                yield name
                break


def _leading_name(text: str, scores: Scores) -> str | None:
    """Return the longest beginning of a text that reads like a person's name."""
    words = [word for word in text.split()[:6] if word]
    while words and words[0] in phrases("labels", "titles"):
        words = words[1:]
    for count in range(len(words), 1, -1):
        name = " ".join(words[:count]).strip(" ,.")
        if looks_like_name(name, scores):
            return name
    return None


def _of_any(lines: list[Line], scores: Scores, _person: str | None) -> Iterator[str]:
    roles = ("memo", "party", "seller", "buyer", "author")
    named = list(dict.fromkeys(filter(tidy_name, labelled(lines, *roles)))) or _first(labelled(lines, "delivery"))
    named = named or _authorised(lines, scores)
    senders = _senders(lines, scores, named)
    if len(named) == 1 and not senders:
        senders = _addressees(lines, named)
    if len(named) == 1 and not senders and title_line("other", lines[1:]):
        senders = _first_plain(lines)
    found = [*named, *senders] if len(named) != 1 else [*senders, *named]
    if not named:
        found = list(dict.fromkeys([*signature(lines), *found]))
        found += _addressees(lines, found, most=max(0, 2 - len(found)))
    yield from found or _attending(lines, scores)


def _attending(lines: list[Line], scores: Scores) -> Iterator[str]:
    """Yield who was at a meeting, where the minutes do not say whose meeting it was."""
    for at, line in enumerate(lines):
        end = phrases("business", "labels", "people").prefix(line.text)
        if end and line.text[end:].strip()[:1] in ("", ":"):
            below = itertools.takewhile(
                lambda text: looks_like_name(tidy_name(text) or "", scores), (other.text for other in lines[at + 1 :])
            )
            for text in (line.text[end:].strip(" :\t"), *below):
                yield from _BETWEEN_PEOPLE.split(text)


def _authorised(lines: list[Line], scores: Scores) -> list[str]:
    """Return who gives a power of attorney and who gets it: the first two persons that its sentences name."""
    titled = next((at for at, line in enumerate(lines[:_HEAD_LINES]) if _authorises(line.text)), None)
    below = lines[titled + 1 :] if titled is not None else []
    return list(dict.fromkeys(name for line in below for name in names_within(line.text, scores)))[:2]


def _authorises(text: str) -> bool:
    return phrases("business", "authorising").prefix(text) > 0 and not is_sentence(text)


def _organisations(lines: list[Line], scores: Scores) -> Iterator[str]:
    for line in lines:
        if not is_sentence(line.text) and _names_organisation(line.text, scores):
            yield line.text


def _names_organisation(text: str, scores: Scores) -> bool:
    name = tidy_name(text)
    if (
        not name
        or _COPYRIGHT.match(text)
        or ":" in text[: len(name) + 2]
        or begins_like_title(name)
        or is_department(name)
        or is_head(name)
    ):
        return False
    if has_legal_form(name):
        return True
    if is_street(f"{name.split()[-1]} 1"):  # "Foundry Road, Walsall WS1 3AA": a house without a number
        return False
    has_word = scores.organisation(name) >= 2 or school(name) > 0
    if scores.language == "en" and any(len(word) > _LONGEST_SMALL and word.islower() for word in name.split()):
        return False  # "Technical data": English names have capitals throughout
    return has_word and scores.leaning(name) < 0 and name[0].isupper() == name[0].isalpha() and len(name.split()) <= 7

"""Which parts of a DOCX hold what: by the names that Word gives them, and by what their relations say."""

from __future__ import annotations

import contextlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.errors import DamagedError
from pipeline.extract.office.archive import Archive

_REL = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_ORDER = ("header", "document", "footnotes", "endnotes", "footer")
"""The kinds of parts that hold text, as they are read."""
_NAME = re.compile(r"word/(header|footer|footnotes|endnotes|document)\d*\.xml")
_MAIN_KIND = rb"partname=['\"]/%s['\"][^<>]*wordprocessingml|wordprocessingml[^<>]*partname=['\"]/%s['\"]"
"""What the list of a zip's parts says of the main one of a DOCX, in small letters."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a DOCX, by their names in small letters."""

    kinds: Mapping[str, str]
    """Those that hold text, in reading order, each with its kind."""
    main: str
    """The one with which the document begins; empty: there is none."""
    sides: Mapping[str, str]
    """What the main part leads to, by kind."""

    @classmethod
    def of(cls, archive: Archive) -> Plan:
        """Look at the names and relations of an archive's parts."""
        kinds = {name: found[1] for name in archive.names if (found := _NAME.fullmatch(name))}
        main = _main_part(archive)
        sides = {kind: target for _, kind, target in _relations(archive, main)}
        if main in archive.names:
            kinds[main] = "document"
            said = {target: kind for _, kind, target in _relations(archive, main) if kind in _ORDER}
            kinds |= {name: kind for name, kind in said.items() if name in archive.names}
        else:
            main = next((name for name in targets(archive, "").values() if name in kinds), min(kinds, default=""))
        return cls(dict(sorted(kinds.items(), key=lambda part: (_ORDER.index(part[1]), part[0]))), main, sides)

    def side(self, kind: str) -> str:
        """Return the name of the part that says something of the whole document: its "styles", "numbering", "settings"."""
        return self.sides.get(kind, f"word/{kind}.xml")


def relation_entries(archive: Archive, part: str) -> list[etree._Element]:
    """Return the relations of a part ("": of the document); none where these are damaged."""
    folder, file = posixpath.split(part)
    with contextlib.suppress(DamagedError):
        return list(archive.xml(posixpath.join(folder, f"_rels/{file}.rels")).iter(f"{_REL}Relationship"))
    return []


def targets(archive: Archive, part: str) -> dict[str | None, str]:
    """Return the names of the parts that the relations of another one lead to."""
    return {name: target for name, _, target in _relations(archive, part)}


def _main_part(archive: Archive) -> str:
    """Return the name of the part with which a document begins, if that is one of Word's; empty: it is not known."""
    main = next((target for _, kind, target in _relations(archive, "") if kind == "officedocument"), "")
    kinds = archive.read("[content_types].xml", missing=b"").lower()
    name = re.escape(main.encode())
    return main if re.search(_MAIN_KIND % (name, name), kinds) else ""


def _relations(archive: Archive, part: str) -> Iterator[tuple[str | None, str, str]]:
    """Yield the relations of a part: name, kind ("header") and the part that it leads to, the latter in small letters."""
    folder = posixpath.dirname(part)
    for entry in relation_entries(archive, part):
        path = posixpath.normpath(posixpath.join("/", folder, entry.get("Target", "").replace("\\", "/")))
        yield entry.get("Id"), entry.get("Type", "").rpartition("/")[2].lower(), path.lstrip("/").lower()

"""Optical character recognition by tesseract, a program of its own that may or may not be there.

It is shown pictures that we drew, in the simplest of formats: nothing of a stranger's file reaches it. A page is
read as it lies, in one language; if that tells that it is in another, in that one. Where it is unevenly lit it is read in
two ways. Only where it gives little, its specks are taken off, and its script and the way it is turned are asked for, which
takes longer than reading it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import resource
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.errors import SHORT_OF, LimitError, NoTextError, SettingsError, WorkerError
from pipeline.extract.language import language_of
from pipeline.extract.layout.tsv import Page, Recognised
from pipeline.extract.workers.ceiling import ceiling
from pipeline.extract.workers.lifeline import end_with

if TYPE_CHECKING:
    from pipeline.extract.ocr.raster import Raster  # Pillow and pdfium are loaded where there is a scan

_TABLE = tomllib.loads(resources.files(__package__).joinpath("ocr.toml").read_text(encoding="utf-8"))
_SCRIPTS: Mapping[str, Mapping[str, Any]] = _TABLE["scripts"]
_LANGUAGES: Mapping[str, str] = _TABLE["languages"]
_USUAL_SCRIPT, _BESIDE = "Latin", "eng"
"""What is asked for first; what stands in documents of any language."""
_OSD = "osd"
"""The model that tells script and orientation."""
_SURE, _USABLE = 75.0, 45.0
"""Percent. Upright pages in the right script were read with 86 and more, others with 43 to 63."""
_SURE_OF_SCRIPT = 1.0
"""tesseract's own measure; what it guesses of a page that lies sideways is below."""
_LOCAL_THRESHOLD = ("-c", "thresholding_method=2")
"""Sauvola's: with one threshold for all of a page, what lies in the shade is lost, and tesseract is sure of the rest."""
_PASSING = (*SHORT_OF, errno.EIO, errno.ESTALE)
"""What the system says where a program may start a moment later: no document is to blame."""
_ASK_SECONDS = 20.0
_FROM_OUTSIDE = ("PATH", "TESSDATA_PREFIX")
"""All that tesseract sees of the environment."""
_INSTALL = "Debian, Ubuntu: apt install"
_DO_WITHOUT = 'run again when the machine is less busy; to do without it: ocr = "off" under [extract] in pipeline.toml'


class _Reading(NamedTuple):
    """What tesseract made of a page in some languages."""

    page: Raster
    languages: Sequence[str]
    seen: Page
    how: Sequence[str] = ()
    """What was asked for besides."""


class _Turn(NamedTuple):
    """How a page lies."""

    degrees: int
    """Clockwise, until it is upright."""
    script: str
    """Empty: not told."""


@dataclass(frozen=True, slots=True)
class Ocr:
    """tesseract as it is installed, and what a page may cost."""

    program: str
    version: str
    """Such as "tesseract 5.3.0"."""
    installed: tuple[str, ...]
    languages: tuple[str, ...] = ()
    """Those that the settings name; empty: by the script of the page."""
    timeout: float = 60
    """Seconds for each time it is asked: once a page, up to six times where it is not sure."""
    memory: int = 2048
    """MiB of address space."""
    environ: tuple[tuple[str, str], ...] = ()

    def recognise(self, page: Raster) -> Recognised:
        """Return the text of a page. Raises NoTextError where there is none to be made out, LimitError, WorkerError."""
        found = self._as_it_lies(page)
        if found.seen.is_sideways and found.seen.confidence >= _SURE:
            found = _surer(found, self._read(found.page.turned(270), self._usual(), found.how))
        elif found.seen.confidence < _SURE and _OSD in self.installed:
            found = self._looked_at_again(found)
        if not found.seen.words or found.seen.confidence < _USABLE:
            raise NoTextError(
                "nothing on it can be made out by OCR",
                "if a person can read it, scan it anew: 300 dpi, not a photograph",
            )
        return self._in_its_language(found)

    def _in_its_language(self, found: _Reading) -> Recognised:
        """Return the text; read again where the page turns out to be in a language that was not asked for."""
        text = found.seen.text()
        language = _LANGUAGES.get(language_of(text) or "", "")
        if self.languages or not language or language in found.languages or _know_a_script(found.languages):
            return Recognised(text, found.seen.confidence)
        if language not in self.installed:
            return Recognised(text, found.seen.confidence, language)
        languages = [language, _BESIDE] if _BESIDE in self.installed else [language]
        best = _surer(found, self._read(found.page, languages, found.how)).seen
        return Recognised(best.text(), best.confidence)

    def said(self) -> str:
        """Return what is installed, for a person."""
        return f"{self.version}: {'+'.join(self.languages or (name for name in self.installed if name != _OSD))}"

    def _usual(self) -> Sequence[str]:
        """Return what a page is read in at first: one language, quick, and enough to tell in which one it is."""
        return (
            self.languages or (self._of_script(_USUAL_SCRIPT) or [name for name in self.installed if name != _OSD])[:1]
        )

    def _of_script(self, script: str) -> Sequence[str]:
        known = _SCRIPTS.get(script, {})
        for whole in (f"script/{script}", script):
            if whole in self.installed:
                return [whole]
        found = [name for name in known.get("languages", ()) if name in self.installed]
        return [] if found == [_BESIDE] and script != _USUAL_SCRIPT else found[: _TABLE["most"]]

    def _looked_at_again(self, first: _Reading) -> _Reading:
        """Return the better of two readings: as it lies, and turned upright in the languages of its script."""
        turn = self._turn(first.page)
        languages = self._usual()
        if turn.script not in ("", _USUAL_SCRIPT) and not self.languages:
            languages = self._of_script(turn.script)
            if not languages and turn.degrees == 0:
                raise _missing(turn.script)
        if not languages or (turn.degrees == 0 and languages == self._usual()):
            return first
        return _surer(first, self._read(first.page.turned(turn.degrees), languages, first.how))

    def _as_it_lies(self, page: Raster) -> _Reading:
        """Return the best reading of a page that is not turned: what lies in the shade, and behind specks, is tried for."""
        languages = self._usual()
        found = self._read(page, languages)
        if page.is_uneven():  # a shadow, or a dark bar that is meant to be there
            found = _surer(found, self._read(page, languages, _LOCAL_THRESHOLD))
        if found.seen.confidence < _SURE and (cleaned := page.without_specks()):
            found = _surer(found, self._read(cleaned, languages, found.how))
        return found

    def _read(self, page: Raster, languages: Sequence[str], how: Sequence[str] = ()) -> _Reading:
        table = self._ask(page, "-l", "+".join(languages), "--psm", "3", *how, "tsv")
        return _Reading(page, languages, Page.of(table), how)

    def _turn(self, page: Raster) -> _Turn:
        said = self._ask(page, "-l", _OSD, "--psm", "0")
        facts = dict(re.findall(r"^([A-Z][\w ]*): (\S+)", said, re.MULTILINE))
        is_sure = float(facts.get("Script confidence", 0)) >= _SURE_OF_SCRIPT
        return _Turn(int(facts.get("Rotate", 0)), facts.get("Script", "") if is_sure else "")

    def _ask(self, page: Raster, *arguments: str) -> str:
        """Return what tesseract says, or nothing. Where it was killed, by people or for want of memory, it is asked once more."""
        code, said = self._asked(page, *arguments)
        if code == -signal.SIGKILL:
            code, said = self._asked(page, *arguments)
        return said if code == 0 else ""

    def _asked(self, page: Raster, *arguments: str) -> tuple[int, str]:
        command = [self.program, "stdin", "stdout", "--dpi", str(page.dpi), *arguments]
        try:
            # A session of its own: Ctrl-C ends the run in order, and must not end what is in hand.
            with (
                _pipe() as lifeline,
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=dict(self.environ),
                    start_new_session=True,
                    pass_fds=(lifeline,),
                ) as process,
            ):
                end_with(lifeline, process.pid)
                _hold(process.pid, self.memory)
                try:
                    out, _ = process.communicate(page.pgm(), self.timeout)
                except subprocess.TimeoutExpired:
                    process.kill()
                    raise LimitError(
                        f"OCR of a page took longer than {self.timeout:g} seconds",
                        "raise [extract] ocr_timeout in pipeline.toml, then: pipeline retry",
                    ) from None
        except OSError as error:
            if error.errno in _PASSING:
                raise _not_started(self.program, error) from None
            raise NoTextError(f"{self.program} cannot be started: {error.strerror}") from None
        return process.returncode, out.decode("utf-8", "replace")


def find(asked: str, environ: Mapping[str, str], timeout: float, memory: int) -> Ocr | None:
    """Look for tesseract and its languages. `asked`: "auto", "off" or languages such as "eng+deu".

    None: it is off, or not installed. Raises SettingsError where languages are asked for that are not there, WorkerError
    where it gives no answer for the moment.
    """
    if asked == "off":
        return None
    names = () if asked == "auto" else tuple(asked.split("+"))
    program = shutil.which("tesseract", path=environ.get("PATH", ""))
    if program is None:
        if names:
            raise SettingsError(
                f"[extract] ocr = {asked!r}, but tesseract is not installed", f"{_INSTALL} {' '.join(_packages(names))}"
            )
        return None
    seen = {name: environ[name] for name in _FROM_OUTSIDE if name in environ} | {"OMP_THREAD_LIMIT": "1"}
    installed = _lines(program, "--list-langs", seen)[1:]
    missing = [name for name in names if name not in installed]
    if missing:
        raise SettingsError(
            f"[extract] ocr = {asked!r}, but tesseract has no {', '.join(missing)}; it has {', '.join(installed)}",
            f"{_INSTALL} {' '.join(_packages(missing))}",
        )
    version = next(iter(_lines(program, "--version", seen)), "tesseract")
    return Ocr(program, version, tuple(installed), names, timeout, memory, tuple(seen.items()))


def _lines(program: str, question: str, environ: Mapping[str, str]) -> list[str]:
    """Return what tesseract says of itself; nothing where it cannot.

    Raises WorkerError where the machine has no room for it at the moment: as long as a watch goes on, no scan could be read.
    """
    try:
        done = subprocess.run([program, question], env=environ, capture_output=True, timeout=_ASK_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise WorkerError(
            f"{program} does not answer within {_ASK_SECONDS:g} seconds",
            _DO_WITHOUT,
        ) from None
    except OSError as error:
        if error.errno in _PASSING:
            raise _not_started(program, error) from None
        return []
    if done.returncode and not done.stdout:
        raise WorkerError(f"{program} ended with code {done.returncode} and said nothing", _DO_WITHOUT)
    return done.stdout.decode("utf-8", "replace").split("\n")[:-1]


def _not_started(program: str, error: OSError) -> WorkerError:
    return WorkerError(f"{program} cannot be started: {error.strerror}")


def _packages(languages: Sequence[str]) -> list[str]:
    return ["tesseract-ocr", *(f"tesseract-ocr-{name.replace('_', '-')}" for name in languages)]


def _missing(script: str) -> NoTextError:
    package = _SCRIPTS.get(script, {}).get("package", "tesseract-ocr-all")
    return NoTextError(
        f"it is a scan in {script} script, and tesseract has no language for that",
        f"install one ({_INSTALL} {package}), then: pipeline retry",
    )


def _surer(one: _Reading, other: _Reading) -> _Reading:
    return max(one, other, key=lambda reading: reading.seen.weight * (not reading.seen.is_sideways))


def _know_a_script(languages: Sequence[str]) -> bool:
    """Tell whether one of these is the model of a whole script: it knows all languages of it."""
    return any("/" in name or name[0].isupper() for name in languages)


@contextlib.contextmanager
def _pipe() -> Iterator[int]:
    """Hold a pipe until the block ends; yield its reading end."""
    reader, writer = os.pipe()
    try:
        yield reader
    finally:
        os.close(reader)
        os.close(writer)


def _hold(process: int, memory: int) -> None:
    """Put a ceiling on the memory of a program that has just begun; it may be gone already."""
    try:
        resource.prlimit(process, resource.RLIMIT_AS, ceiling(memory))
    except (ProcessLookupError, PermissionError):
        return

"""Nights by a real cron daemon: what README.md's line has it mail, and what not.

    make cron

One crontab, four folders, one minute: a night on which all goes well, one with a document that cannot be
read, one while `pipeline watch` is running, one with a misspelt setting. It needs root, cron and unshare: the
daemon has a crontab, a mail program and a /run of its own, in a mount namespace that ends with it, so the
machine's own are neither used nor changed.
"""

# ruff: noqa: T201  # it prints what was mailed

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from test_docs import blocks

from conftest import PROJECT
from pipeline.clock import SystemClock
from test_line import CV

MAILER = Path("/usr/sbin/sendmail")
NAME = "Lebenslauf Müller – Zürich"
NIGHTS = {
    "clean": None,
    "broken": f"quarantined {NAME}.pdf",
    "busy": "another run is going on",
    "misspelt": "[inference] modle",
}
"""What the mail of each night has to say; None: there is no mail."""
LATEST = 150.0
"""Seconds until all have run: cron begins with the next minute."""
SCRIPT = """set -e
mount --bind {crontabs} /var/spool/cron/crontabs
mount --bind {nothing} /etc/cron.d
mount --bind {crontabs}/none /etc/crontab
mount --bind {sendmail} {mailer}
mount -t tmpfs none /run
exec cron -f -L 0
"""
SENDMAIL = """#!/bin/sh
mail=$(mktemp {mails}/XXXXXX)
cat > "$mail" && mv "$mail" "$mail.mail"
"""


def project(folder: Path) -> Path:
    """Make a folder as after a fresh clone and `make install`, with one good document."""
    (folder / "data" / "inbox").mkdir(parents=True)
    shutil.copytree(PROJECT / "prompts", folder / "prompts")
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    (folder / "data" / "inbox" / f"{NAME}.txt").write_text(CV, encoding="utf-8")
    return folder


def crontab(nights: Iterable[Path]) -> str:
    """Return README.md's crontab, every minute, for each of these folders."""
    block, _backup = blocks("cron")
    *variables, line = block.splitlines()
    assert line.startswith("0 3 * * *  ")
    line = line.replace("0 3 * * *", "* * * * *")
    return "\n".join([*variables, *(line.replace("/srv/inbox-pipeline", str(night)) for night in nights), ""])


def until(is_so: Callable[[], bool], seconds: float) -> None:
    """Wait. Raises AssertionError."""
    clock = SystemClock()
    deadline = clock.monotonic() + seconds
    while not is_so():
        assert clock.monotonic() < deadline, "it takes too long"
        time.sleep(0.2)


@contextlib.contextmanager
def running(command: Sequence[str | Path], **options: Any) -> Iterator[None]:
    """Run a program beside the block, and end it."""
    process = subprocess.Popen(command, **options)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def mails_of(folder: Path) -> dict[str, str]:
    """Let cron run one night in each folder; return the mails by night."""
    nights = {name: project(folder / name) for name in NIGHTS}
    (nights["broken"] / "data" / "inbox" / f"{NAME}.pdf").write_text("%PDF-1.7 broken")
    (nights["misspelt"] / "pipeline.toml").write_text("[inference]\nmodle = 'x'\n")
    crontabs, mails, nothing = (folder / name for name in ("crontabs", "mails", "nothing"))
    for made in (crontabs, mails, nothing):
        made.mkdir()
    (crontabs / "none").touch()
    table = crontabs / "root"
    table.touch(0o600)
    table.write_text(crontab(nights.values()), encoding="utf-8")
    sendmail = folder / "sendmail"
    sendmail.write_text(SENDMAIL.format(mails=mails))
    sendmail.chmod(0o755)

    script = SCRIPT.format(crontabs=crontabs, nothing=nothing, sendmail=sendmail, mailer=MAILER)
    busy = nights["busy"] / "data"
    with running([nights["busy"] / ".venv/bin/pipeline", "watch"], cwd=busy.parent):
        until((busy / "pipeline.db").exists, 60)
        # A daemon started at boot has next to nothing in its environment.
        with running(["unshare", "--mount", "sh", "-c", script], env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}):
            until(lambda: len(list(mails.glob("*.mail"))) >= 3, LATEST)
            until((nights["clean"] / "data" / "exports" / "summaries.csv").exists, 30)
            time.sleep(3)  # for a mail that should not come
    texts = [mail.read_text(encoding="utf-8") for mail in mails.glob("*.mail")]
    return {name: text for name, night in nights.items() for text in texts if f"cd {night} " in text}


def main() -> None:
    """Print each mail; end with 1 where one is missing, or one too many."""
    lacking = [name for name in ("cron", "unshare") if not shutil.which(name, path=f"{os.defpath}:/usr/sbin:/sbin")]
    if os.geteuid() or lacking:
        sys.exit(f"this needs root{''.join(f', {name}' for name in lacking)}")
    had_mailer = MAILER.exists()
    MAILER.touch()
    try:
        with tempfile.TemporaryDirectory() as folder:
            mails = mails_of(Path(folder))
    finally:
        if not had_mailer:
            MAILER.unlink()
    for name, wanted in NIGHTS.items():
        told = mails.get(name)
        is_right = told is None if wanted is None else told is not None and wanted in told
        print(f"--- {name}: {'as it should be' if is_right else 'WRONG'}\n{told or 'no mail'}")
        NIGHTS[name] = None if is_right else "wrong"
    sys.exit(any(NIGHTS.values()))


if __name__ == "__main__":
    main()

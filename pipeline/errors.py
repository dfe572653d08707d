"""What can go wrong, and what each wrong means for the run.

    PipelineError              message: which file and what happened; hint: what to do
     ├ RunError                ends the run, no document is blamed; carries the exit code
     │  ├ SettingsError        pipeline.toml, environment or prompts need a person   (78)
     │  ├ StoreError           the database cannot be used                           (78)
     │  │  └ StoreBusyError    it is locked, or the disk is full                     (75)
     │  ├ DeniedError          key refused, model or endpoint unknown                (78)
     │  ├ ExportError          the spreadsheet cannot be written                     (75)
     │  ├ InboxError           the inbox has vanished                                (75)
     │  ├ BusyError            another run holds the lock                            (75)
     │  ├ WorkerError          no process that reads documents can be started        (75)
     │  ├ LostServerError      the process of a local model has ended                (75)
     │  ├ UnexpectedError      an error in this program that is no document's        (75)
     │  └ UnavailableError     provider down, account used up                        (75)
     │     └ BudgetError       our own budget is used up                             (75)
     ├ DocumentError           lasting: the document goes to quarantine; one class per reason
     ├ DeferredError           passing: the document stays for the next run
     ├ ChangedError            the file is not any more what was seen lying still
     └ UndecidedError          is it the document or the provider? The end of the run tells

Messages never hold a key or a document's text. All of these survive pickling, since some are
raised in a worker process: every argument is positional.
"""

from __future__ import annotations

import enum
import errno

SHORT_OF = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)
"""What the system says where it is short of processes, memory or files."""


class ExitCode(enum.IntEnum):
    """What a command tells the shell, cron or systemd."""

    DONE = 0
    """All done."""
    ATTENTION = 1
    """Some documents went to quarantine or stay in the inbox."""
    USAGE = 2
    """The command line is wrong."""
    TRY_LATER = 75
    """Another run holds the lock, or the provider or the inbox is away (EX_TEMPFAIL)."""
    CONFIGURATION = 78
    """Settings, prompts, key or database need a person (EX_CONFIG)."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or SIGTERM; what was in hand was finished."""


class Reason(enum.StrEnum):
    """Why a document is in quarantine: folder name, column value and log word alike."""

    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_TEXT = "no_text"
    GARBLED = "garbled"
    TOO_LARGE = "too_large"
    LIMIT = "limit"
    UNSUPPORTED = "unsupported"
    TOO_LONG = "too_long"
    REFUSED = "refused"
    INVALID_REPLY = "invalid_reply"
    GAVE_UP = "gave_up"


class PipelineError(Exception):
    """Base of every error this program raises on purpose."""

    hint = ""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint or type(self).hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class RunError(PipelineError):
    """Ends the run; documents stay where they are."""

    exit_code = ExitCode.CONFIGURATION


class SettingsError(RunError):
    """Something a person wrote (settings, prompt, key) is not right."""


class StoreError(RunError):
    """The database cannot be opened or written."""


class StoreBusyError(StoreError):
    """The database is held by somebody else, or its disk is full: later it may work."""

    exit_code = ExitCode.TRY_LATER


class DeniedError(RunError):
    """The provider does not let us in: wrong key, no permission, unknown model or endpoint."""


class InboxError(RunError):
    """The inbox is not there: a vanished folder is never taken for an empty one."""

    exit_code = ExitCode.TRY_LATER


class ExportError(RunError):
    """The exports cannot be written; the summaries are in the database."""

    exit_code = ExitCode.TRY_LATER


class BusyError(RunError):
    """Another run holds the lock."""

    exit_code = ExitCode.TRY_LATER


class WorkerError(RunError):
    """The machine has no room for a process that reads documents, for a thread or for one more open file."""

    exit_code = ExitCode.TRY_LATER
    hint = "free some memory or processes (see free -m, ulimit -n, ulimit -u and df /dev/shm), then run again; the documents stay in the inbox"


class LostServerError(RunError):
    """The process of a local model has ended: a new start of the program starts another one, so a watch ends too."""

    exit_code = ExitCode.TRY_LATER


class UnexpectedError(RunError):
    """An error in this program that is no document's: the next run, or the next look of a watch, begins afresh."""

    exit_code = ExitCode.TRY_LATER
    hint = "see pipeline.log, then run again; nothing is lost"


class UnavailableError(RunError):
    """The provider is down, asks for a long wait, or the account has no money left."""

    exit_code = ExitCode.TRY_LATER


class BudgetError(UnavailableError):
    """What may be spent is spent."""


class DeferredError(PipelineError):
    """A passing failure: this document waits for the next run."""


class ChangedError(PipelineError):
    """The file was touched while it was read: the next look sees what it is now."""


class UndecidedError(PipelineError):
    """Paid for as often as may be, without an answer: the document's fault, unless the run ends because nobody gets one."""

    hint = "the documents stay in the inbox; run again later"


class DocumentError(PipelineError):
    """A lasting failure of one document. Subclasses name the reason."""

    reason: Reason


class EncryptedError(DocumentError):
    reason = Reason.ENCRYPTED
    hint = "open it with its password, save it without one, and put it in the inbox again"


class DamagedError(DocumentError):
    reason = Reason.DAMAGED
    hint = "ask the sender for the file again, or open it and save it anew as PDF"


class NoTextError(DocumentError):
    reason = Reason.NO_TEXT
    hint = "install tesseract (Debian, Ubuntu: apt install tesseract-ocr), then: pipeline retry"


class GarbledError(DocumentError):
    reason = Reason.GARBLED
    hint = "install tesseract (Debian, Ubuntu: apt install tesseract-ocr), then: pipeline retry; or print the document to PDF anew"


class TooLargeError(DocumentError):
    reason = Reason.TOO_LARGE
    hint = "make it smaller, or raise max_file_mib or max_pages under [extract] in pipeline.toml, then: pipeline retry"


class LimitError(DocumentError):
    reason = Reason.LIMIT
    hint = "if you trust the file, raise [extract] timeout or memory in pipeline.toml, then: pipeline retry"


class UnsupportedError(DocumentError):
    reason = Reason.UNSUPPORTED
    hint = "save it as PDF or DOCX and put that in the inbox"


class TooLongError(DocumentError):
    reason = Reason.TOO_LONG
    hint = "split the document, or choose a model with a larger context window"


class RefusedError(DocumentError):
    reason = Reason.REFUSED
    hint = "read the document yourself, or try another model: pipeline retry"


class InvalidReplyError(DocumentError):
    reason = Reason.INVALID_REPLY
    hint = "try again with: pipeline retry; if it happens often, use a stronger model"


class GaveUpError(DocumentError):
    reason = Reason.GAVE_UP
    hint = "look at its attempts with: pipeline show FILE; then: pipeline retry"

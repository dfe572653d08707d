"""What can be set: each section of pipeline.toml, its keys, their units and defaults."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

_NUMBERS = (int, float, int | None, float | None)
_MOST = 10**9
"""Of any number: more is a slip, and would be too large for the kernel or the database somewhere in the middle of a run."""
_DAY = 86_400


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuse `per_day = false`, which somebody wrote for "no limit": pydantic takes it for 0, and true for 1."""
        if isinstance(value, bool) and cls.model_fields[info.field_name or ""].annotation in _NUMBERS:
            raise PydanticCustomError("no_number", "input should be a number; leave the line out for the default")
        return value

    @field_validator("*")
    @classmethod
    def _no_number_beyond_measure(cls, value: Any) -> Any:
        if isinstance(value, int | float) and value > _MOST:
            raise PydanticCustomError("too_much", f"input should be at most {_MOST:,}")
        return value


class InferenceSettings(_Section):
    """Who reads the documents, and how fast we may ask."""

    provider: str = "offline"
    model: str | None = None
    base_url: str | None = None
    api_key_env: str | None = None
    """Name of the environment variable that holds the key; None: the provider's usual one."""
    concurrency: int = Field(8, ge=1, le=1000)
    """Calls at once."""
    requests_per_minute: int | None = Field(None, ge=1)
    tokens_per_minute: int | None = Field(None, ge=1)
    timeout: float = Field(120, gt=0, le=_DAY)
    """Seconds for one call."""
    max_output_tokens: int = Field(4000, ge=1)
    structured: Literal["json_schema", "json_object_schema", "json_object", "none"] | None = None
    """How the model is held to the schema; None: the way of the provider."""
    context_window: int | None = Field(None, ge=512)
    """Tokens the model takes, input and output together; None: what the price list says."""
    truncate: bool = False
    """Cut a document that is too long for the model, and say so; False: quarantine it as too_long."""
    down_share: float = Field(1.0, gt=0, le=1)
    """Share of recent attempts that have to fail, none succeeding lately, for a provider to be down."""


class InboxSettings(_Section):
    """When a file is finished, and what is done with it."""

    settle: float = Field(2, ge=0, le=_DAY)
    """Seconds between the two looks at which a file must be the same; 0: one look."""
    every: float = Field(10, gt=0, le=_DAY)
    """Seconds between two looks of `pipeline watch`."""
    move: bool = True
    """False: files stay in the inbox, and the database remembers which ones are done."""
    default_prompt: str = "document"


class ExtractSettings(_Section):
    """What a document may cost to read."""

    timeout: float = Field(20, gt=0, le=_DAY)
    """Seconds."""
    memory: int = Field(2048, ge=256)
    """MiB of address space."""
    ocr: str = Field("auto", pattern=r"^(auto|off|[A-Za-z_/]+(\+[A-Za-z_/]+)*)$")
    """auto: by tesseract, where it is installed; off; or tesseract's names of languages, such as eng+deu."""
    ocr_timeout: float = Field(60, gt=0, le=_DAY)
    """Seconds for one call of tesseract: one a page, up to six where it is not sure."""
    ocr_megapixels: int = Field(10, ge=1)
    """Of a page that is drawn for OCR."""
    max_file_mib: int = Field(25, ge=1, le=1024)
    """Size of a file; at most what is hashed whole, see inbox/looking.py."""
    max_pages: int = Field(200, ge=1)
    max_characters: int = Field(400_000, ge=1000)
    """Of text, about 100,000 tokens."""
    max_part_mib: int = Field(50, ge=1)
    """One part of an office file, inflated."""
    max_inflated_mib: int = Field(100, ge=1)
    """All parts of an office file, inflated."""
    max_entries: int = Field(2000, ge=1)
    """Parts of an office file."""
    max_megapixels: int = Field(50, ge=1)
    """Of a picture."""


class ModelPrice(_Section):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached_input: float | None = Field(None, ge=0)
    """None: as `input`."""


class BudgetSettings(_Section):
    """US dollars that may be spent; None: no limit. Days and months are UTC."""

    per_run: float | None = Field(None, ge=0)
    per_day: float | None = Field(None, ge=0)
    per_month: float | None = Field(None, ge=0)
    per_document: float | None = Field(None, ge=0)


class LocalSettings(_Section):
    """How the model of provider "local" runs on this machine."""

    threads: int | None = Field(None, ge=1)
    """None: one for each processor core."""
    context: int = Field(8192, ge=512)
    """Tokens of input and output together; more takes more memory."""


class Settings(_Section):
    """All settings, validated."""

    data_dir: Path = Path("data")
    inference: InferenceSettings = InferenceSettings()
    inbox: InboxSettings = InboxSettings()
    extract: ExtractSettings = ExtractSettings()
    budget: BudgetSettings = BudgetSettings()
    local: LocalSettings = LocalSettings()
    prices: dict[str, ModelPrice] = {}
    """By model; goes before the price list, as for a fine-tuned model or a rate of one's own."""

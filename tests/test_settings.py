"""Settings: who wins over whom, and what a misspelt or wrong one is told. No key is ever shown."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as law_settings
from hypothesis import strategies as st

from pipeline.errors import ExitCode, SettingsError
from pipeline.settings import Configuration, Settings, load

SECRET = "sk-live-0123456789"
PROJECT = Path(__file__).resolve().parent.parent
NAMES = sorted(
    f"{section}.{key}"
    for section, field in Settings.model_fields.items()
    if field.annotation is not None and hasattr(field.annotation, "model_fields")
    for key in field.annotation.model_fields
)


class Home:
    """A folder with a pipeline.toml and a .env, and an environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, toml: str = "", env: Mapping[str, str] | None = None, dotenv: str = "") -> Configuration:
        (self.folder / "pipeline.toml").write_text(toml, encoding="utf-8")
        (self.folder / ".env").write_text(dotenv, encoding="utf-8")
        return load(self.folder / "pipeline.toml", None, env or {})

    def refusal(self, toml: str = "", env: Mapping[str, str] | None = None, dotenv: str = "") -> str:
        with pytest.raises(SettingsError) as caught:
            self.load(toml, env, dotenv)
        assert caught.value.exit_code is ExitCode.CONFIGURATION
        return str(caught.value)

    def complaint(self, env: Mapping[str, str], dotenv: str) -> str:
        """Return what is said of these, "" where they are taken."""
        try:
            self.load("", env, dotenv)
        except SettingsError as error:
            return str(error)
        return ""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return Home(tmp_path)


# --- Who wins ---------------------------------------------------------------------------------------------------------


def test_without_any_file_the_built_in_values_are_used(home: Home) -> None:
    found = load(None, None, {})
    assert found.file is None
    assert found.settings.inference.provider == "offline"
    assert found.settings.data_dir == home.folder / "elsewhere" / "data"


def test_pipeline_toml_of_the_working_folder_is_read(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.load("[inbox]\nsettle = 0\n")
    monkeypatch.chdir(home.folder)
    assert load(None, None, {}).settings.inbox.settle == 0


def test_the_project_s_own_file_is_right() -> None:
    assert load(PROJECT / "pipeline.toml", None, {}).settings.inference.provider == "offline"


def test_each_place_wins_over_the_one_below_it(home: Home) -> None:
    toml, dotenv = '[inference]\nmodel = "toml"', "PIPELINE_INFERENCE__MODEL=dotenv"
    env = {"PIPELINE_INFERENCE__MODEL": "environment"}
    models = [
        home.load().settings.inference.model,
        home.load(toml).settings.inference.model,
        home.load(toml, dotenv=dotenv).settings.inference.model,
        home.load(toml, env, dotenv).settings.inference.model,
        home.load(toml, env, dotenv).with_model("command line").settings.inference.model,
    ]
    assert models == [None, "toml", "dotenv", "environment", "command line"]


def test_one_key_from_the_environment_leaves_the_others_of_its_section(home: Home) -> None:
    found = home.load("[inference]\ntimeout = 5\nconcurrency = 3", {"PIPELINE_INFERENCE__TIMEOUT": "7"})
    assert (found.settings.inference.timeout, found.settings.inference.concurrency) == (7, 3)


def test_an_empty_variable_is_no_setting(home: Home) -> None:
    assert home.load("[inference]\ntimeout = 5", {"PIPELINE_INFERENCE__TIMEOUT": ""}).settings.inference.timeout == 5


def test_a_variable_may_be_written_in_small_letters(home: Home) -> None:
    assert home.load(env={"pipeline_inbox__every": "3"}).settings.inbox.every == 3


def test_other_programs_variables_are_none_of_ours(home: Home) -> None:
    home.load(env={"HOME": "/root", "OPENAI_API_KEY": SECRET, "MY_PIPELINE_MODEL": "x", "PIPELINES": "x"})


def test_a_byte_order_mark_before_the_file_does_no_harm(home: Home) -> None:
    assert home.load("\ufeff[inbox]\nevery = 3").settings.inbox.every == 3


@pytest.mark.parametrize(
    ("toml", "env", "command", "folder"),
    [
        ("", {}, None, "data"),
        ('data_dir = "mine"', {}, None, "mine"),
        ('data_dir = "mine"', {"PIPELINE_DATA_DIR": "env"}, None, "elsewhere/env"),
        ('data_dir = "mine"', {"PIPELINE_DATA_DIR": "env"}, "cli", "elsewhere/cli"),
    ],
)
def test_a_relative_data_folder_is_meant_from_where_it_is_written(
    home: Home, toml: str, env: dict[str, str], command: str | None, folder: str
) -> None:
    home.load(toml)
    found = load(home.folder / "pipeline.toml", Path(command) if command else None, env)
    assert found.settings.data_dir == home.folder / folder


def test_an_absolute_data_folder_and_one_below_the_own_home_stay(home: Home) -> None:
    assert home.load('data_dir = "/srv/data"').settings.data_dir == Path("/srv/data")
    assert home.load(env={"PIPELINE_DATA_DIR": "~/data"}).settings.data_dir == Path.home() / "data"


def test_keys_are_looked_up_in_the_environment_over_the_env_file(home: Home) -> None:
    environ = home.load(env={"A_KEY": "environment"}, dotenv="A_KEY=dotenv\nB_KEY=dotenv\nC_KEY\n").environ
    assert (environ["A_KEY"], environ["B_KEY"]) == ("environment", "dotenv")
    assert "C_KEY" not in environ


@pytest.mark.parametrize(
    ("toml", "env"),
    [
        ("", {"PIPELINE_API_KEY": SECRET}),
        ('[inference]\napi_key_env = "PIPELINE_MINE"', {"PIPELINE_MINE": SECRET}),
        ("", {"PIPELINE_INFERENCE__API_KEY_ENV": "PIPELINE_MINE", "PIPELINE_MINE": SECRET}),
    ],
)
def test_a_variable_that_holds_a_key_is_no_setting(home: Home, toml: str, env: dict[str, str]) -> None:
    assert SECRET in home.load(toml, env).environ.values()
    assert (
        SECRET in home.load(toml, dotenv="\n".join(f"{name}={value}" for name, value in env.items())).environ.values()
    )


def test_a_folder_is_looked_for_beside_the_file_then_here_then_beside_the_program(home: Home) -> None:
    found = home.load()
    assert found.folder("prompts") == PROJECT / "prompts"
    (home.folder / "elsewhere" / "prompts").mkdir()
    assert found.folder("prompts") == home.folder / "elsewhere" / "prompts"
    (home.folder / "prompts").mkdir()
    assert found.folder("prompts") == home.folder / "prompts"
    assert found.folder("no such folder") is None


# --- Misspelt ---------------------------------------------------------------------------------------------------------


def slip(key: str) -> str:
    """Return the key with two of its letters exchanged."""
    return key[:-2] + key[-1] + key[-2]


@pytest.mark.parametrize("name", NAMES)
def test_a_misspelt_key_is_named_with_the_right_one_wherever_it_is_written(home: Home, name: str) -> None:
    section, key = name.split(".")
    wrong = slip(key)
    in_file = home.refusal(f"[{section}]\n{wrong} = 5")
    assert f"[{section}] {wrong} is no setting" in in_file
    assert f"did you mean [{section}] {key}?" in in_file
    variable, right = f"PIPELINE_{section}__{wrong}".upper(), f"PIPELINE_{section}__{key}".upper()
    for message in (home.refusal(env={variable: "5"}), home.refusal(dotenv=f"{variable}=5")):
        assert f"{variable} is no setting" in message
        assert f"did you mean {right}?" in message


@pytest.mark.parametrize(
    ("toml", "wrong", "near"),
    [
        ("[inferense]", "inferense", "inference"),
        ("[Inference]", "Inference", "inference"),
        ("data_dri = 'x'", "data_dri", "data_dir"),
        ("tiemout = 5", "tiemout", "[extract] timeout"),
        ("[inference]\nbaseurl = 'x'", "[inference] baseurl", "[inference] base_url"),
        ("[inference]\napi_key = 'x'", "[inference] api_key", "[inference] api_key_env"),
        ("[inference.model]\nname = 'x'", "[inference.model] name", "[inference] model"),
        ('[inference]\n"model " = "x"', "[inference] model ", "[inference] model"),
    ],
)
def test_near_misses_of_other_kinds_are_understood(home: Home, toml: str, wrong: str, near: str) -> None:
    assert f"pipeline.toml: {wrong} is no setting (did you mean {near}?)" in home.refusal(toml)


@pytest.mark.parametrize(
    ("variable", "near"),
    [
        ("PIPELINE_MODEL", "PIPELINE_INFERENCE__MODEL"),
        ("PIPELINE_INFERENCE_MODEL", "PIPELINE_INFERENCE__MODEL"),
        ("PIPELINE_INFERENCE__API_KEY", "PIPELINE_INFERENCE__API_KEY_ENV"),
        ("PIPELINE_DATADIR", "PIPELINE_DATA_DIR"),
        ("pipeline_inbox__evry", "PIPELINE_INBOX__EVERY"),
    ],
)
def test_near_misses_of_variables_are_understood(home: Home, variable: str, near: str) -> None:
    assert f"{variable} is no setting (did you mean {near}?)" in home.refusal(env={variable: "x"})


def test_a_key_like_no_other_is_told_all_there_are(home: Home) -> None:
    message = home.refusal("qqqq = 5")
    assert "qqqq is no setting (known are: data_dir, inference, [inference] provider" in message


# --- Wrong ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("[inference]\ntimeout = 'soon'", "[inference] timeout: input should be a valid number"),
        ("[inference]\ntimeout = 0", "[inference] timeout: input should be greater than 0"),
        ("[inference]\ntimeout = nan", "[inference] timeout: input should be"),
        ("[inference]\nmodel = 5", "[inference] model: input should be a valid string"),
        ("[inference]\nconcurrency = 0", "[inference] concurrency: input should be greater than or equal to 1"),
        ("[inference]\nconcurrency = 2.5", "[inference] concurrency: input should be a valid integer"),
        ("[inference]\nrequests_per_minute = 0", "[inference] requests_per_minute: input should be greater"),
        ("[inbox]\nsettle = -1", "[inbox] settle: input should be greater than or equal to 0"),
        ("[inbox]\nevery = 0", "[inbox] every: input should be greater than 0"),
        ("[extract]\nmemory = 100", "[extract] memory: input should be greater than or equal to 256"),
        ("[budget]\nper_day = false", "[budget] per_day: input should be a number"),
        ("[budget]\nper_run = true", "[budget] per_run: input should be a number"),
        ("[inference]\nconcurrency = true", "[inference] concurrency: input should be a number"),
        ("[inbox]\nsettle = false", "[inbox] settle: input should be a number"),
        ("[prices.m]\ninput = false\noutput = 1", "[prices.m] input: input should be a number"),
        ("inference = true", "inference: input should be a section"),
        ("inference = 5", "inference: input should be a section"),
        ("data_dir = 5", "data_dir: input should be a text, in quotes"),
        ("[extract]\nocr = 'deu eng'", "[extract] ocr: input should be auto, off, or"),
        ("[prices]\n'm' = 1", "[prices] m: input should be a section"),
        ("[prices.m]\ninput = 1", "[prices.m] output: is missing"),
        ("[prices.m]\ninput = 1\noutput = 2\ncached = 3", "[prices.m] cached: is no setting"),
        ("[inference]\nmodel = gpt-5", "line 2"),
        ("[inference]\nmodel = 'a'\nmodel = 'b'", "overwrite"),
        ("what is this", "Expected '='"),
    ],
)
def test_a_wrong_value_is_named_with_file_and_key(home: Home, toml: str, said: str) -> None:
    message = home.refusal(toml)
    assert message.startswith(f"{home.folder / 'pipeline.toml'}: ")
    assert said in message


def test_the_name_of_a_model_with_dots_is_to_be_quoted(home: Home) -> None:
    message = home.refusal("[prices.gpt-4.1-mini]\ninput = 0.4\noutput = 1.6")
    assert 'the model\'s name stands in quotes, with input and output below it: [prices."gpt-5-mini"]' in message


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("[inference]\nmodel = 'gpt-5-mini'", "model"),
        ("[inference]\nbase_url = 'http://127.0.0.1:1/v1'", "base_url"),
        ("[inference]\nprovider = 'offline'\napi_key_env = 'MY_KEY'", "api_key_env"),
        ("[inference]\nprovider = 'openai'\nmodel = 'gpt-5-mini'", None),
        ("", None),
    ],
)
def test_a_model_that_the_embedded_rules_would_not_heed_is_warned_of(home: Home, toml: str, named: str | None) -> None:
    warnings = home.load(toml).warnings
    assert [line.split(" is not heeded")[0] for line in warnings] == ([f"[inference] {named}"] if named else [])


def test_a_wrong_variable_is_named_as_a_variable(home: Home) -> None:
    message = home.refusal("[inference]\ntimeout = 5", {"PIPELINE_INFERENCE__TIMEOUT": "soon"})
    assert message.startswith("environment: PIPELINE_INFERENCE__TIMEOUT: input should be a valid number")


def test_a_file_that_is_not_there_or_no_text_is_named(home: Home) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml: there is no such file \(name an existing one"):
        load(home.folder / "nowhere.toml", None, {})
    with pytest.raises(SettingsError, match="cannot be read"):
        load(home.folder, None, {})
    (home.folder / "latin.toml").write_bytes("# ü".encode("latin-1"))
    with pytest.raises(SettingsError, match="cannot be read"):
        load(home.folder / "latin.toml", None, {})


# --- Secret -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "toml",
    [
        f"api_key = '{SECRET}'",
        f"[inference]\napi_key = '{SECRET}'",
        f"[inference]\ntimeout = '{SECRET}'",
        f"[inference]\nmodel = ['{SECRET}']",
        f"[inference]\nmodel = {SECRET}",
        f"[inference]\nmodel = '{SECRET}",
        f"[inference]\napi_key_env = '{SECRET}'\nmodle = 5",
        f"inference = '{SECRET}'",
        f"data_dir = ['{SECRET}']",
        f"[inference]\n{SECRET}",
    ],
    ids=range(10),
)
def test_a_key_in_the_wrong_place_of_the_file_is_not_shown(home: Home, toml: str) -> None:
    assert SECRET not in home.refusal(toml)


@pytest.mark.parametrize("name", NAMES)
def test_a_key_in_the_wrong_variable_is_not_shown(home: Home, name: str) -> None:
    variable = f"PIPELINE_{name.replace('.', '__')}".upper()
    for env, dotenv in (({variable: SECRET}, ""), ({}, f"{variable}={SECRET}"), ({f"{variable}X": SECRET}, "")):
        assert SECRET not in home.complaint(env=env, dotenv=dotenv)


@law_settings(deadline=None, max_examples=60)
@given(st.text("[]='\"\n.# abcinferencemodel_5", max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("home")
    with contextlib.suppress(SettingsError):
        Home(folder).load(text)


# --- Found the hard way ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("toml", ["inference = 5", "[[inference]]\nmodel = 'x'"])
def test_a_section_that_is_none_is_refused_whatever_the_environment_says(home: Home, toml: str) -> None:
    assert "inference" in home.refusal(toml, {"PIPELINE_INFERENCE__MODEL": "m"})


def test_an_env_file_that_is_not_utf_8_is_named(home: Home) -> None:
    home.load()
    (home.folder / ".env").write_bytes(b"A_KEY=\xff\n")
    with pytest.raises(SettingsError, match=r"\.env"):
        load(home.folder / "pipeline.toml", None, {})


def test_a_data_folder_in_the_file_may_begin_with_a_tilde(home: Home) -> None:
    assert home.load('data_dir = "~/data"').settings.data_dir == Path.home() / "data"


def test_a_misspelt_key_in_the_env_file_is_said_to_be_there(home: Home) -> None:
    assert ".env: PIPELINE_INBOX__EVRY" in home.refusal(dotenv="PIPELINE_INBOX__EVRY=5")


def test_a_misspelt_key_variable_is_told_the_right_one(home: Home) -> None:
    assert "did you mean PIPELINE_API_KEY?" in home.refusal(env={"PIPELINE_APIKEY": SECRET})


def test_an_empty_variable_is_not_blamed(home: Home) -> None:
    assert "pipeline.toml" in home.refusal("[inbox]\nevery = 0", {"PIPELINE_INBOX__EVERY": ""})


@pytest.mark.parametrize(
    "key", ["inbox]\nsettle", "inbox]\nevery", "inference]\ntimeout", "extract]\ntimeout", "extract]\nocr_timeout"]
)
@pytest.mark.parametrize("value", ["inf", "1e18", "86401"])
def test_a_time_that_never_ends_is_refused(home: Home, key: str, value: str) -> None:
    home.refusal(f"[{key} = {value}")


@pytest.mark.parametrize(
    "key", ["inference]\nmax_output_tokens", "extract]\nmemory", "budget]\nper_day", "prices.m]\noutput = 1\ninput"]
)
@pytest.mark.parametrize("env", [{}, {"PIPELINE_INFERENCE__MAX_OUTPUT_TOKENS": "1" + 20 * "0"}])
def test_a_number_that_neither_kernel_nor_database_takes_is_refused(home: Home, key: str, env: dict[str, str]) -> None:
    assert "should be at most" in home.refusal(f"[{key} = 1{20 * '0'}", env)


@pytest.mark.parametrize("name", ["pipeline.toml", ".env"])
def test_a_file_of_settings_that_cannot_be_reached_does_not_go_unheeded(
    home: Home, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(home.folder)
    (home.folder / name).symlink_to("share that is not connected")

    with pytest.raises(SettingsError, match=re.escape(name)):
        load(None, None, {})


def test_a_virtual_environment_of_that_name_is_no_env_file(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.folder)
    (home.folder / ".env").mkdir()

    assert load(None, None, {}).warnings == ()


def test_an_empty_data_dir_in_the_file_is_none_given(home: Home) -> None:
    assert home.load('data_dir = ""').settings.data_dir == home.folder / "data"


def test_a_configuration_hides_its_environment(home: Home) -> None:
    assert SECRET not in repr(home.load(env={"PIPELINE_API_KEY": SECRET}))


@pytest.mark.parametrize(
    ("mode", "text", "warned"),
    [
        (0o600, f"OPENAI_API_KEY={SECRET}\n", False),
        (0o400, f"OPENAI_API_KEY={SECRET}\n", False),
        (0o644, f"OPENAI_API_KEY={SECRET}\n", True),
        (0o640, f"OPENAI_API_KEY={SECRET}\n", True),
        (0o622, f"OPENAI_API_KEY={SECRET}\n", True),
        (0o644, "# nothing yet\nOPENAI_API_KEY=\n", False),
    ],
)
def test_a_dotenv_that_others_can_read_is_warned_of_with_what_to_type(
    home: Home, mode: int, text: str, *, warned: bool
) -> None:
    file = home.folder / ".env"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    (home.folder / "pipeline.toml").touch()

    warnings = load(home.folder / "pipeline.toml", None, {}).warnings

    assert warnings == ((f"{file} is open to others on this machine; type: chmod 600 {file}",) if warned else ())
    assert SECRET not in str(warnings)


def test_a_line_of_the_env_file_that_says_nothing_is_warned_of_with_file_and_number(
    home: Home, caplog: pytest.LogCaptureFixture
) -> None:
    text = f'LONG="a\nb"\nOPENAI_API_KEY={SECRET}\nthis says nothing\nQUOTED="{SECRET}\nexport LAST=1\n'
    found = home.load(dotenv=text)

    file = home.folder / ".env"
    assert [line for line in found.warnings if "left out" in line] == [
        f"{file}: line {number} is left out: it is no NAME=value" for number in (4, 5)
    ]
    assert (found.environ["OPENAI_API_KEY"], found.environ["LAST"], found.environ["LONG"]) == (SECRET, "1", "a\nb")
    assert SECRET not in str(found.warnings)
    assert not caplog.records

"""A model on this machine: what is looked at first, how its server is started, used and stopped, and that it never outlives us."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import signal
import sqlite3
import struct
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from conftest import PROJECT
from pipeline.clock import SystemClock
from pipeline.errors import RunError, SettingsError
from pipeline.inference.local.gguf import bytes_per_token
from pipeline.inference.local.plan import ENGINE as EXTRA
from pipeline.inference.local.plan import Plan, look_over, named, own_pace, plan
from pipeline.inference.local.server import serving
from pipeline.inference.providers.table import Endpoint, endpoint
from pipeline.settings import Configuration, load
from test_cli import Shell
from test_line import CV, names

ENGINE = '''
"""Stands for llama.cpp: the model's name says how it behaves, a file beside it tells what it was told."""

import json, os, pathlib, signal, sys, threading, time
from types import SimpleNamespace

from fakes import Answer, FakeProvider
from server import serving


def CommonParams():
    names = ("model", "cpuparams", "cpuparams_batch", "sampling")
    return SimpleNamespace(**{name: SimpleNamespace() for name in names})


class Provider(FakeProvider):
    def __init__(self, told):
        super().__init__()
        self.told = told

    def answer(self, content, key):
        os.write(1, content)
        os.write(2, content)
        if key != f"Bearer {self.told.api_keys[0]}":
            return Answer(401)
        if "slow" in self.told.model.path:
            time.sleep(30)
        if "crash" in self.told.model.path:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().answer(content, key)


class Server:
    def __init__(self, told):
        seen = {"pid": os.getpid(), "command": sys.orig_argv, "environ": dict(os.environ)}
        plain = {name: value for name, value in vars(told).items() if not isinstance(value, SimpleNamespace)}
        pathlib.Path(told.model.path + ".seen").write_text(json.dumps(seen | plain))
        if "hangs" in told.model.path:
            time.sleep(60)
        if "broken" in told.model.path:
            os.write(2, b"0.00.1 E llama_model_load: error loading model: tensor is not within the file bounds\\n")
            os.write(2, b"0.00.2 E srv    load_model: failed to load model\\n")
            raise RuntimeError("Failed to init server")
        self.serving = serving(Provider(told))
        self.listening_address = self.serving.__enter__().removesuffix("/v1")
'''
QWEN = {
    "general.architecture": "qwen2",
    "qwen2.block_count": 28,
    "qwen2.embedding_length": 1536,
    "qwen2.attention.head_count": 12,
    "qwen2.attention.head_count_kv": 2,
    "tokenizer.ggml.tokens": ["a", "b"],
}
PER_TOKEN = 28 * 2 * 128 * 2 * 2
"""Bytes: blocks, heads that are kept, numbers of a head, key and value, half precision."""


# A GGUF, written by hand.


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _typed(value: Any, *, signed: bool = False) -> bytes:
    if isinstance(value, list):
        inner = [_typed(one, signed=True) for one in value]
        return struct.pack("<I", 9) + inner[0][:4] + struct.pack("<Q", len(inner)) + b"".join(one[4:] for one in inner)
    if isinstance(value, str):
        return struct.pack("<I", 8) + _text(value)
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, float):
        return struct.pack("<If", 6, value)
    return struct.pack("<Ii", 5, value) if signed else struct.pack("<II", 4, value)


def gguf(facts: dict[str, Any], tensors: dict[str, tuple[Sequence[int], Sequence[float]]] | None = None) -> bytes:
    """Return a GGUF file: what it says of itself, and tensors of 32-bit numbers by name and shape."""
    tensors = tensors or {}
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts))
    head += b"".join(_text(name) + _typed(value) for name, value in facts.items())
    data = b""
    for name, (shape, numbers) in tensors.items():
        head += _text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, len(data))
        data += struct.pack(f"<{len(numbers)}f", *numbers)
        data += bytes(-len(data) % 32)
    return head + bytes(-len(head) % 32) + data if tensors else head


def tiny_llama() -> bytes:
    """Return a model of a layer that adds nothing: whatever it reads, it would rather end a value than go on with it."""
    width, letters = 32, [f"<0x{byte:02X}>" for byte in range(256)]
    tokens = ["<unk>", "<s>", "</s>", *letters]
    liking = dict.fromkeys(range(len(tokens)), 1.0)
    liking |= {tokens.index(f"<0x{ord(letter):02X}>"): like for letter, like in zip('"}],', (9, 8, 7, 6), strict=True)}
    liking |= {tokens.index(f"<0x{ord(blank):02X}>"): 0.0 for blank in " \t\r\n"}
    facts: dict[str, Any] = {
        "general.architecture": "llama",
        "llama.context_length": 65536,
        "llama.embedding_length": width,
        "llama.block_count": 1,
        "llama.feed_forward_length": width,
        "llama.rope.dimension_count": width // 2,
        "llama.attention.head_count": 2,
        "llama.attention.head_count_kv": 2,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [0.0] * len(tokens),
        "tokenizer.ggml.token_type": [2, 3, 3, *[6] * 256],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.add_space_prefix": False,
    }
    first = [1.0] + [0.0] * (width - 1)
    square = ((width, width), [0.0] * width**2)
    ones = ((width,), [1.0] * width)
    block = dict.fromkeys(("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"), square)
    tensors: dict[str, tuple[Sequence[int], Sequence[float]]] = {
        "token_embd.weight": ((width, len(tokens)), first * len(tokens)),
        "output_norm.weight": ones,
        "output.weight": ((width, len(tokens)), [like * one for like in liking.values() for one in first]),
        "blk.0.attn_norm.weight": ones,
        "blk.0.ffn_norm.weight": ones,
    }
    return gguf(facts, tensors | {f"blk.0.{name}.weight": tensor for name, tensor in block.items()})


# Fixtures and small helpers.


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put the stand-in where xllamacpp would be, for this process and for those it starts."""
    folder = tmp_path / "engine"
    folder.mkdir()
    (folder / "xllamacpp.py").write_text(ENGINE)
    monkeypatch.syspath_prepend(folder)
    paths = os.pathsep.join(map(str, (folder, PROJECT / "tests", PROJECT)))
    monkeypatch.setenv("PYTHONPATH", paths)
    return paths


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf(QWEN))
    return path


@pytest.fixture
def chosen(model: Path) -> Plan:
    return Plan(model, 1, 8192, 2)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: Path) -> Shell:
    """Return a shell whose settings ask for the local model."""
    for name in [name for name in os.environ if name.startswith("PIPELINE_")]:  # noqa: TID251  # to empty it
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    shell.environ |= {"PIPELINE_INFERENCE__PROVIDER": "local", "PIPELINE_INFERENCE__MODEL": model.name}
    return shell


@pytest.fixture
def behave(shell: Shell, model: Path, engine: str) -> Callable[[str], Path]:
    """Return a way to choose how the stand-in behaves; what it was told appears in the file that is returned."""

    def choose(name: str) -> Path:
        path = model.with_name(f"{name}.gguf")
        path.write_bytes(model.read_bytes())
        shell.environ |= {"PIPELINE_INFERENCE__MODEL": path.name, "PYTHONPATH": engine}
        return path.with_name(f"{path.name}.seen")

    return choose


def configured(folder: Path, text: str, **environ: str) -> Configuration:
    (folder / "pipeline.toml").write_text(text)
    return load(folder / "pipeline.toml", None, environ)


def whom(configuration: Configuration) -> Endpoint:
    return endpoint(configuration.settings.inference, {})


def a_local(model: Path) -> Endpoint:
    return whom(configured(model.parent, f'[inference]\nprovider = "local"\nmodel = "{model.name}"\n'))


def started(
    chosen: Plan, use: Callable[[Endpoint, httpx.AsyncClient], Any] = lambda _whom, _http: None, **more: Any
) -> Any:
    """Start the server, use it, stop it; return what the use of it gave."""

    async def main() -> Any:
        async with (
            httpx.AsyncHTTPTransport() as network,
            serving(a_local(chosen.file), chosen, network, **more) as (reached, transport),
            httpx.AsyncClient(transport=transport) as http,
        ):
            made = use(reached, http)
            return await made if asyncio.iscoroutine(made) else made

    return asyncio.run(main())


def saying(script: str) -> tuple[str, ...]:
    """Return a command that stands for the server."""
    return (sys.executable, "-c", f"import os, signal, sys, time; sys.stdin.readline(); {script}")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")  # a zombie waits for somebody else to count it
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def until(true: Callable[[], bool], seconds: float) -> bool:
    deadline = SystemClock().monotonic() + seconds
    while not true() and SystemClock().monotonic() < deadline:
        time.sleep(0.02)
    return true()


def pid_in(seen: Path) -> int:
    assert until(lambda: seen.exists() and seen.stat().st_size > 0, 30)
    return int(json.loads(seen.read_text())["pid"])


# What is looked at before anything is started.


def test_a_missing_extra_is_named_with_the_line_that_installs_it(chosen: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, EXTRA, None)

    with pytest.raises(SettingsError, match="extra") as caught:
        look_over(chosen)

    assert caught.value.hint.endswith("-m pip install xllamacpp")


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no such file"),
        (b"", "no GGUF file"),
        (b"PK\x03\x04 a zip", "no GGUF file"),
        (gguf(QWEN)[:20], "damaged or cut off"),
        (gguf(QWEN)[:100], "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**60), "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("a") + struct.pack("<I", 99), "damaged or cut off"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + _text("a") + struct.pack("<IIQ", 9, 0, 2**60), "damaged or cut off"),
    ],
)
def test_what_is_no_model_is_said(chosen: Plan, content: bytes | None, words: str) -> None:
    chosen.file.unlink()
    if content is not None:
        chosen.file.write_bytes(content)

    with pytest.raises(SettingsError, match=words) as caught:
        look_over(chosen)

    assert str(chosen.file) in caught.value.message
    assert caught.value.hint


@pytest.mark.usefixtures("engine")
def test_a_folder_is_no_model(chosen: Plan) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        look_over(replace(chosen, file=chosen.file.parent))


@pytest.mark.usefixtures("engine")
def test_too_little_memory_is_said_with_both_figures(chosen: Plan, tmp_path: Path) -> None:
    meminfo = tmp_path / "meminfo"
    meminfo.write_text("MemTotal: 9000000 kB\nMemAvailable:   1048576 kB\n")
    many = replace(chosen, slots=5)
    size = chosen.file.stat().st_size

    with pytest.raises(SettingsError) as caught:
        look_over(many, meminfo)

    assert 5 * 8192 * PER_TOKEN + size > 2**30
    assert "at least 1.1 GiB of memory (0.0 GiB model, 1.1 GiB context), 1.0 GiB are free" in caught.value.message
    assert "smaller model" in caught.value.hint
    assert "needs at least 0.2 GiB of memory of 1.0 GiB free" in look_over(chosen, meminfo)


@pytest.mark.usefixtures("engine")
def test_where_the_system_does_not_say_what_is_free_nothing_is_refused(chosen: Plan, tmp_path: Path) -> None:
    assert "of memory; 900 x 8,192 tokens" in look_over(replace(chosen, slots=900), tmp_path / "none")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (QWEN, PER_TOKEN),
        (QWEN | {"qwen2.attention.head_count_kv": [2, 0] * 14}, PER_TOKEN // 2),
        (QWEN | {"qwen2.attention.key_length": 64}, PER_TOKEN * 3 // 4),
        ({name: value for name, value in QWEN.items() if "kv" not in name}, PER_TOKEN * 6),
        (QWEN | {"qwen2.attention.sliding_window": 512}, 0),
        (QWEN | {"qwen2.attention.head_count": [12] * 28}, 0),
        ({"general.architecture": "mamba"}, 0),
    ],
)
def test_the_memory_of_a_context_is_never_overestimated(facts: dict[str, Any], expected: int) -> None:
    assert bytes_per_token(facts) == expected


# What the settings mean.


def test_one_document_at_a_time_unless_the_person_says_otherwise(tmp_path: Path) -> None:
    silent = configured(tmp_path, "")
    written = configured(tmp_path, "[inference]\nconcurrency = 8\ntimeout = 30\n")
    spoken = configured(tmp_path, "", PIPELINE_INFERENCE__CONCURRENCY="4")
    paces = [own_pace(each.settings.inference) for each in (silent, written, spoken, spoken.with_model("x"))]

    assert [pace.concurrency for pace in paces] == [1, 8, 4, 4]
    assert [pace.timeout for pace in paces] == [600, 30, 600, 600]


def test_the_model_is_meant_from_the_folder_of_the_settings(tmp_path: Path) -> None:
    text = '[inference]\nprovider = "local"\nmodel = "../models/a.gguf"\n[local]\ncontext = 4096\nthreads = 3\n'
    there = configured(tmp_path, text)

    assert plan(whom(there), there) == Plan(tmp_path.parent / "models" / "a.gguf", 1, 4096, 3)
    assert named(whom(there), plan(whom(there), there)).model == "a.gguf"
    assert named(whom(there), plan(whom(there), there)).context_window == 4096


def test_the_address_of_another_server_is_refused(tmp_path: Path) -> None:
    text = '[inference]\nprovider = "local"\nmodel = "a.gguf"\nbase_url = "http://127.0.0.1:1/v1"\n'
    there = configured(tmp_path, text)

    with pytest.raises(SettingsError, match="base_url") as caught:
        plan(whom(there), there)

    assert "llamacpp" in caught.value.hint


# Start, wait, stop.


@pytest.mark.usefixtures("engine")
def test_the_server_is_told_everything_and_lets_in_nobody_without_the_key(chosen: Plan) -> None:
    async def ask(reached: Endpoint, http: httpx.AsyncClient) -> list[int]:
        guesses: tuple[dict[str, str], ...] = ({"authorization": "Bearer guess"}, {})
        tried = [
            await http.post(f"{reached.base_url}/chat/completions", json={"messages": [{"content": ""}]}, headers=guess)
            for guess in guesses
        ]
        return [reply.status_code for reply in tried]

    keys: list[str] = []

    def use(reached: Endpoint, http: httpx.AsyncClient) -> Any:
        keys.append(reached.key or "")
        return ask(reached, http)

    assert started(replace(chosen, slots=2), use) == [401, 401]
    assert started(chosen, use) == [401, 401]
    seen = json.loads(Path(f"{chosen.file}.seen").read_text())
    first, second = keys
    assert first != second
    assert seen["api_keys"] == [second]
    assert second not in " ".join(seen["command"]) + str(seen["environ"])
    assert (seen["hostnames"], seen["port"], seen["cors_origins"], seen["ui"]) == (["127.0.0.1"], 0, "", False)
    assert (seen["n_parallel"], seen["n_ctx"], seen["cache_ram_mib"]) == (1, 8192, 0)


@pytest.mark.usefixtures("engine")
def test_a_model_that_cannot_be_loaded_says_why(chosen: Plan) -> None:
    broken = replace(chosen, file=chosen.file.rename(chosen.file.with_name("broken.gguf")))

    with pytest.raises(SettingsError) as caught:
        started(broken)

    assert caught.value.message.startswith(
        "broken.gguf could not be loaded: llama_model_load: error loading model: tensor"
    )


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("print('one'); print('no AVX2 here'); print(); sys.exit(3)", "no AVX2 here"),
        ("sys.exit(3)", "its server ended with code 3 and said nothing"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "its server was killed by SIGKILL and said nothing"),
    ],
)
def test_a_server_that_dies_while_loading_says_its_last_line(chosen: Plan, script: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        started(chosen, command=saying(script))


@pytest.mark.usefixtures("engine")
def test_a_model_that_does_not_load_in_time_is_given_up_and_stopped(chosen: Plan) -> None:
    slow = replace(chosen, file=chosen.file.rename(chosen.file.with_name("hangs.gguf")))

    with pytest.raises(SettingsError, match=r"not loaded within 3 seconds"):
        started(slow, load_seconds=3)

    assert not alive(pid_in(Path(f"{slow.file}.seen")))


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    "script",
    [
        "print('http://127.0.0.1:1', flush=True); sys.stdin.read()",
        "print('http://127.0.0.1:1', flush=True); time.sleep(60)",
    ],
    ids=["willing", "stubborn"],
)
def test_the_server_is_gone_soon_after_the_end(chosen: Plan, script: str) -> None:
    begun: list[float] = []
    started(chosen, lambda _whom, _http: begun.append(SystemClock().monotonic()), command=saying(script))

    assert SystemClock().monotonic() - begun[0] < 10  # stubborn, it would be there for a minute


@pytest.mark.usefixtures("engine")
def test_nothing_is_sent_to_the_address_of_a_server_that_is_gone(chosen: Plan) -> None:
    seen = Path(f"{chosen.file}.seen")

    async def use(reached: Endpoint, http: httpx.AsyncClient) -> None:
        os.kill(pid_in(seen), signal.SIGKILL)
        await asyncio.sleep(0.5)
        await http.get(reached.base_url)

    with pytest.raises(RunError, match=r"tiny.gguf was killed by SIGKILL"):
        started(chosen, use)


# As a person types it.


def test_a_run_starts_uses_and_stops_the_server_and_prints_nothing(
    shell: Shell, behave: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = behave("quiet")
    shell.drop()
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    done = shell("run")

    assert (done.stdout, done.stderr) == ("", "")
    assert names(shell.data / "done") == ["ida.txt"]
    assert not alive(pid_in(seen))
    kept = "".join(path.read_text(errors="replace") for path in shell.data.glob("*.log"))
    assert "Ida" not in kept
    [shown] = json.loads(shell("show", "ida.txt", "--json").stdout)
    [attempt] = shown["attempts"]
    assert (attempt["provider"], attempt["model"], attempt["status"]) == ("local", "quiet.gguf", 200)
    assert (attempt["cost_nanodollars"], attempt["price_source"]) == (0, "local")
    assert "tokens_per_second" in shell("show", "ida.txt").stdout
    assert {"seconds", "tokens_per_second"} <= set(json.loads(shell("costs", "--json").stdout)["total"])


def test_neither_a_dry_run_nor_a_check_starts_the_server(shell: Shell, behave: Callable[[str], Path]) -> None:
    seen = behave("quiet")
    shell.drop()

    forecast = json.loads(shell("run", "--dry-run", "--json").stdout)
    answers = {answer["name"]: answer for answer in json.loads(shell("check", "--json").stdout)}

    assert (forecast["by_prompt"][0]["model"], forecast["by_prompt"][0]["nanodollars"]) == ("quiet.gguf", 0)
    for word in ("quiet.gguf", "xllamacpp", "GiB of memory", "8,192 tokens"):
        assert word in answers["provider"]["found"]
    assert not seen.exists()


def test_a_check_says_what_is_missing(shell: Shell, behave: Callable[[str], Path], tmp_path: Path) -> None:
    behave("quiet")
    (tmp_path / "quiet.gguf").unlink()

    done = shell("check", code=78)

    assert "quiet.gguf: there is no such file" in done.stdout
    assert "path of a .gguf file" in done.stdout


def test_a_server_that_crashes_ends_the_run_and_no_document_is_blamed(
    shell: Shell, behave: Callable[[str], Path]
) -> None:
    behave("crash")
    shell.drop()

    done = shell("run", code=75)

    assert "the server of crash.gguf was killed by SIGKILL in the middle of the work" in done.stderr
    assert names(shell.data / "inbox") == ["ida.txt"]


@pytest.mark.parametrize("behaviour", ["hangs", "slow"], ids=["while it loads", "while it works"])
def test_killed_ourselves_we_leave_no_server_behind(
    shell: Shell, behave: Callable[[str], Path], behaviour: str
) -> None:
    seen = behave(behaviour)
    shell.drop()
    running = shell.start("run")
    pid = pid_in(seen)
    if behaviour == "slow":
        assert until(lambda: under_way(shell), 30)

    running.kill()
    running.communicate()

    assert until(lambda: not alive(pid), 30)


def test_a_second_ctrl_c_leaves_at_once_and_takes_the_server_along(shell: Shell, behave: Callable[[str], Path]) -> None:
    seen = behave("slow")
    shell.drop()
    running = shell.start("run")
    pid = pid_in(seen)
    assert until(lambda: under_way(shell), 30)

    for _ in range(2):
        os.kill(pid, signal.SIGINT)  # a terminal sends it to both
        running.send_signal(signal.SIGINT)
        assert alive(pid)
        time.sleep(0.5)
    running.communicate(timeout=30)

    assert running.returncode == 130
    assert until(lambda: not alive(pid), 30)


def under_way(shell: Shell) -> bool:
    """Tell whether a request is on its way."""
    if not (shell.data / "pipeline.db").exists():
        return False
    connection = sqlite3.connect(shell.data / "pipeline.db")
    try:
        return bool(connection.execute("SELECT count(*) FROM attempts").fetchone()[0])
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()


# The real thing.


@pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="the extra local (xllamacpp) is not installed"
)
def test_llama_cpp_itself_serves_a_tiny_model(shell: Shell, model: Path) -> None:
    model.write_bytes(tiny_llama())
    shell.environ |= {"PIPELINE_LOCAL__CONTEXT": "32768", "PIPELINE_INFERENCE__MAX_OUTPUT_TOKENS": "3000"}
    shell.drop("ida.txt", CV)

    done = shell("run")

    assert (done.stdout, done.stderr) == ("", "")
    [shown] = json.loads(shell("show", "ida.txt", "--json").stdout)
    [attempt] = shown["attempts"]
    assert (attempt["provider"], attempt["model"], attempt["finish_reason"]) == ("local", "tiny.gguf", "stop")
    assert attempt["input_tokens"] > len(CV)
    assert attempt["output_tokens"] > 50
    assert attempt["tokens_per_second"] > 1
    assert shown["summaries"][0]["model"] == "tiny.gguf"


@pytest.mark.skipif(not os.environ.get("INBOX_PIPELINE_TEST_GGUF"), reason="INBOX_PIPELINE_TEST_GGUF names no model")  # noqa: TID251  # the person at this machine chooses
def test_a_model_of_your_own_reads_a_cv(shell: Shell) -> None:
    shell.environ["PIPELINE_INFERENCE__MODEL"] = os.environ["INBOX_PIPELINE_TEST_GGUF"]  # noqa: TID251
    shell.drop("ida.txt", CV)

    shell("run")

    [shown] = json.loads(shell("show", "ida.txt", "--json").stdout)
    assert shown["outcome"]["status"] == "done"

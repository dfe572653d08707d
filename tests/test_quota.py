"""What providers' headers say of their limits. The names and forms are those of their own pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes import NOON
from pipeline.inference.quota import Quota, quotas


def read(headers: dict[str, str]) -> tuple[Quota, ...]:
    return quotas([(name.encode(), value.encode()) for name, value in headers.items()], NOON)


def test_openai() -> None:
    told = read(
        {
            "X-RateLimit-Limit-Requests": "5000",
            "x-ratelimit-remaining-requests": "4999",
            "x-ratelimit-reset-requests": "12ms",
            "x-ratelimit-limit-tokens": "150000",
            "x-ratelimit-remaining-tokens": "149984",
            "x-ratelimit-reset-tokens": "6m0s",
            "x-request-id": "req_1",
        }
    )

    assert told == (Quota("requests", 5000, 4999, 0.012), Quota("tokens", 150_000, 149_984, 360))


def test_anthropic() -> None:
    told = read(
        {
            "anthropic-ratelimit-requests-limit": "50",
            "anthropic-ratelimit-requests-remaining": "0",
            "anthropic-ratelimit-requests-reset": "2026-11-24T12:00:42Z",
            "anthropic-ratelimit-input-tokens-limit": "40000",
            "anthropic-ratelimit-input-tokens-remaining": "30000",
            "anthropic-ratelimit-output-tokens-limit": "8000",
            "anthropic-ratelimit-output-tokens-remaining": "7000",
            "anthropic-priority-input-tokens-limit": "1",
            "anthropic-priority-input-tokens-remaining": "1",
        }
    )

    assert told == (Quota("requests", 50, 0, 42), Quota("input", 40_000, 30_000), Quota("output", 8000, 7000))


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({"RateLimit": '"a";r=50;t=30', "RateLimit-Policy": '"a";q=100;w=60'}, [Quota("requests", 100, 50, 30, 60)]),
        (
            {"RateLimit": '"a";r=5;t=1, "b";r=900', "RateLimit-Policy": '"a";q=10;w=1,"b";q=1000;w=86400'},
            [Quota("requests", 10, 5, 1, 1), Quota("requests", 1000, 900, None, 86_400)],
        ),
        ({"RateLimit": '"a";r=5', "RateLimit-Policy": '"a";q=9000;qu="content-bytes";w=60'}, []),
        (
            {"RateLimit": "limit=100, remaining=50, reset=5", "RateLimit-Policy": "100;w=10"},
            [Quota("requests", 100, 50, 5, 10)],
        ),
        (
            {"RateLimit-Limit": "100, 100;w=10", "RateLimit-Remaining": "50", "RateLimit-Reset": "5"},
            [Quota("requests", 100, 50, 5, 10)],
        ),
        (
            {"RateLimit-Limit": "100", "RateLimit-Remaining": "50", "RateLimit-Policy": "10;w=1, 100;w=10"},
            [Quota("requests", 100, 50, None, 10)],
        ),
        ({"RateLimit": '";;==,,"', "RateLimit-Policy": "===;;;,1"}, []),
        ({"RateLimit": "limit=x, remaining, reset=5"}, []),
    ],
)
def test_the_drafts_of_the_ietf(headers: dict[str, str], told: list[Quota]) -> None:
    assert list(read(headers)) == told


def test_fireworks_names_tokens_by_what_they_are() -> None:
    told = read({"x-ratelimit-limit-tokens-generated": "36000", "x-ratelimit-remaining-tokens-generated": "35000"})

    assert told == (Quota("output", 36_000, 35_000),)


def test_mistral_and_cerebras_say_the_window_in_the_name() -> None:
    told = read(
        {
            "x-ratelimit-limit-req-minute": "125",
            "x-ratelimit-remaining-req-minute": "124",
            "x-ratelimit-limit-requests-day": "14400",
            "x-ratelimit-remaining-requests-day": "13693",
            "x-ratelimit-reset-requests-day": "11726.28",
            "x-ratelimit-tokens-query-cost": "10",
        }
    )

    assert told == (Quota("requests", 125, 124, None, 60), Quota("requests", 14_400, 13_693, 11_726.28, 86_400))


def test_plain_headers_are_about_requests() -> None:
    told = read({"ratelimit-limit": "10", "ratelimit-remaining": "3", "ratelimit-reset": "7"})

    assert told == (Quota("requests", 10, 3, 7),)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("1m26.4s", 86.4),
        ("2h0m3s", 7203),
        ("825ms", 0.825),
        ("17", 17),
        (f"{NOON.timestamp() + 9:.0f}", 9),
        (f"{(NOON.timestamp() + 9) * 1000:.0f}", 9),
        ("2026-11-24T13:00:05+01:00", 5),
        ("2026-11-24T11:00:00Z", 0),
        ("soon", None),
        ("", None),
        ("nan", None),
    ],
)
def test_when_all_is_there_again(text: str, seconds: float | None) -> None:
    [told] = read({"x-ratelimit-limit": "10", "x-ratelimit-remaining": "3", "x-ratelimit-reset": text})

    assert told.reset == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-limit-requests": "10"},
        {"x-ratelimit-remaining-requests": "10"},
        {"x-ratelimit-limit-requests": "0", "x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-limit-requests": "1e-9", "x-ratelimit-remaining-requests": "0"},
        {"x-ratelimit-limit-requests": "inf", "x-ratelimit-remaining-requests": "inf"},
        {"x-ratelimit-limit-requests": "-5", "x-ratelimit-remaining-requests": "-5"},
        {"x-ratelimit-limit-images": "5", "x-ratelimit-remaining-images": "5"},
        {"x-ratelimitbysize-limit-minute": "5", "x-ratelimitbysize-remaining-minute": "5"},
        {"x-ratelimit-policy": "10;w=60"},
    ],
)
def test_what_is_no_limit_that_we_know_says_nothing(headers: dict[str, str]) -> None:
    assert read(headers) == ()


@pytest.mark.parametrize(
    ("quota", "rate"),
    [
        (Quota("requests", 600, 0), 10),
        (Quota("requests", 600, 599, 59), 10),
        (Quota("requests", 14_400, 0, 86_400), 1 / 6),
        (Quota("requests", 14_400, 14_399, 6), 240),
        (Quota("requests", 14_400, 0, None, 86_400), 1 / 6),
        (Quota("tokens", 6000, 0, 3), 100),
    ],
)
def test_how_fast_it_comes_back(quota: Quota, rate: float) -> None:
    assert quota.rate == pytest.approx(rate)


@given(st.dictionaries(st.sampled_from(["x-ratelimit-limit", "x-ratelimit-reset", "ratelimit-remaining"]), st.text()))
def test_no_text_in_a_header_is_an_error(headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("utf-8", "replace")) for name, value in headers.items()]
    for told in quotas(raw, NOON):
        assert told.limit > 0
        assert told.remaining >= 0

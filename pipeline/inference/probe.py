"""Is somebody there, and is the key right? One free request that asks for the list of models."""

from __future__ import annotations

import httpx

from pipeline.errors import DeniedError, UnavailableError
from pipeline.inference.judging import discreet
from pipeline.inference.providers.asking import headers
from pipeline.inference.providers.reading import error_code, error_detail, error_meaning, is_page, names_of_models
from pipeline.inference.providers.table import Endpoint
from pipeline.inference.retries import BY_CODE, AttemptError, Verdict, final_error

_SECONDS = 10.0
"""For the whole answer: a list of models takes less than one."""
_ANSWERED_OR_SENT_ON = range(200, 400)
_KEY_REFUSED = (401, 403)
_VARIANT = ":"
"""Parts a model from its variant, which lists leave out ("llama-4:free")."""


async def probe(transport: httpx.AsyncBaseTransport, endpoint: Endpoint) -> str:
    """Return in words who answered. Raises DeniedError for a refused key, UnavailableError where nobody is there."""
    if endpoint.provider.free:
        return f"{endpoint.name}: {endpoint.model}, no key and no network needed"
    try:
        async with httpx.AsyncClient(transport=transport) as http:
            where = f"{endpoint.address}/{endpoint.provider.probe_path}"
            reply = await http.get(where, headers=headers(endpoint), timeout=_SECONDS)
    except httpx.HTTPError as error:
        raise UnavailableError(
            f"nobody answers at {endpoint.address} ({type(error).__name__})",
            "is the server running, is base_url right?",
        ) from None
    if reply.status_code in _KEY_REFUSED:
        raise DeniedError(f"{endpoint.name} refuses the key (HTTP {reply.status_code})", "copy the key again into .env")
    _refuse_what_is_none(reply, endpoint)
    unlisted = "" if _is_listed(reply, endpoint.model) else ", which is not in its list of models"
    return f"{endpoint.name}: {endpoint.model} at {endpoint.address}{unlisted}"


def _refuse_what_is_none(reply: httpx.Response, endpoint: Endpoint) -> None:
    """Raise what an answer means that is none: a page, a way elsewhere, a key or an account that is refused by words alone."""
    if is_page(reply) and reply.status_code in _ANSWERED_OR_SENT_ON:
        raise DeniedError(
            f"a web page came from {endpoint.address}, no answer of a provider",
            "is base_url right, or does a login page stand in between?",
        )
    code = error_code(reply) if reply.is_client_error else None
    word = BY_CODE.get(code or "")
    if word is Verdict.NO_MONEY or (word is Verdict.DENIED and reply.status_code == httpx.codes.BAD_REQUEST):
        error = AttemptError(code or "", word, discreet(error_detail(reply), endpoint.key, ""))
        meant = error_meaning(reply)
        error.hint = meant.hint if meant else ""
        raise final_error(error, endpoint.name)


def _is_listed(reply: httpx.Response, model: str) -> bool:
    """Tell whether a model is in a list of models, by its name, a longer one or without its variant; True where there is no list."""
    listed = names_of_models(reply) if reply.is_success else []
    own = model.partition(_VARIANT)[0].rpartition("/")[2].casefold()
    return not listed or any(name.rpartition("/")[2].casefold().startswith(own) for name in listed)

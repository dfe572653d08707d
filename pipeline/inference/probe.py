"""Is somebody there, and is the key right? One free request that asks for the list of models."""

from __future__ import annotations

import httpx

from pipeline.errors import DeniedError, UnavailableError
from pipeline.inference.providers.asking import headers
from pipeline.inference.providers.table import Endpoint

_SECONDS = 10.0
_KEY_REFUSED = (401, 403)


async def probe(transport: httpx.AsyncBaseTransport, endpoint: Endpoint) -> str:
    """Return in words who answered. Raises DeniedError for a refused key, UnavailableError where nobody is there."""
    if endpoint.provider.free:
        return f"{endpoint.name}: {endpoint.model}, no key and no network needed"
    try:
        async with httpx.AsyncClient(transport=transport) as http:
            reply = await http.get(f"{endpoint.address}/models", headers=headers(endpoint), timeout=_SECONDS)
    except httpx.HTTPError as error:
        raise UnavailableError(
            f"nobody answers at {endpoint.address} ({type(error).__name__})",
            "is the server running, is base_url right?",
        ) from None
    if reply.status_code in _KEY_REFUSED:
        raise DeniedError(f"{endpoint.name} refuses the key (HTTP {reply.status_code})", "copy the key again into .env")
    return f"{endpoint.name}: {endpoint.model} at {endpoint.address}"

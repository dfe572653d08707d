"""The door of the embedded engine: an httpx transport that speaks the OpenAI-compatible dialect and touches no network."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import httpx

from pipeline.inference.offline import MODEL
from pipeline.inference.offline.engine import answer
from pipeline.landing import in_thread

_CHARACTERS_PER_TOKEN = 4


class OfflineTransport(httpx.AsyncBaseTransport):
    """Answers chat completions by rules. Tokens are estimated at four characters each; they cost nothing."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return a completion for the document in the last message."""
        body = json.loads(await request.aread())
        wanted = body["response_format"]["json_schema"]
        text = _unfenced(body["messages"][-1]["content"])
        # A thread, so that documents whose calls are under way elsewhere in the program are not held up.
        reply = await in_thread(answer, text, wanted["name"], wanted["schema"])
        content = json.dumps(reply, ensure_ascii=False)
        return httpx.Response(200, json=_completion(content, len(request.content)), request=request)


def _unfenced(message: str) -> str:
    """Return the document in a user message: what stands between its first and its last line."""
    lines = message.split("\n")
    return "\n".join(lines[1:-1])


def _completion(content: str, asked: int) -> dict[str, Any]:
    return {
        "id": f"offline-{hashlib.sha256(content.encode('utf-8', 'replace')).hexdigest()[:16]}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": content}}],
        "usage": {
            "prompt_tokens": -(-asked // _CHARACTERS_PER_TOKEN),
            "completion_tokens": -(-len(content) // _CHARACTERS_PER_TOKEN),
            "total_tokens": -(-asked // _CHARACTERS_PER_TOKEN) + -(-len(content) // _CHARACTERS_PER_TOKEN),
        },
    }

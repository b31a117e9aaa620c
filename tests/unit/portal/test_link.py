"""The scrape process's lines to and from the engine."""

from __future__ import annotations

import asyncio
import io
import json
import os

import pytest

from fossatray.core.errors import FossaError, LayoutChanged
from fossatray.core.messages import OrderRead, SignInAnswer, SigningIn
from fossatray.core.orders import WorkOrder
from fossatray.core.secret import Secret
from fossatray.core.wire import LINE_LIMIT, encode_answer
from fossatray.portal.link import EngineGone, EngineLink


def test_messages_are_lines() -> None:
    told = io.BytesIO()
    link = EngineLink(told)
    link.send(SigningIn())
    link.log("WARNING", "x\ny")
    lines = [json.loads(line) for line in told.getvalue().splitlines()]
    assert lines == [{"t": "signing_in"}, {"t": "log", "level": "WARNING", "text": "x\ny"}]


@pytest.mark.parametrize(
    ("wanted", "levels"),
    [("DEBUG", ["DEBUG", "INFO", "ERROR"]), ("warning", ["ERROR"]), ("nonsense", ["INFO", "ERROR"])],
)
def test_only_wanted_levels_are_sent(wanted: str, levels: list[str]) -> None:
    told = io.BytesIO()
    link = EngineLink(told, log_level=wanted)
    for level in ("DEBUG", "INFO", "ERROR"):
        link.log(level, "text")
    assert [json.loads(line)["level"] for line in told.getvalue().splitlines()] == levels


def test_an_order_too_long_for_a_line_is_told_and_not_sent() -> None:
    told = io.BytesIO()
    with pytest.raises(LayoutChanged):
        EngineLink(told).send(OrderRead(WorkOrder("1", instructions="x" * LINE_LIMIT)))
    assert told.getvalue() == b""


def test_an_engine_that_closed_its_end_is_gone() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "wb", buffering=0)
    with pytest.raises(EngineGone):
        EngineLink(stream).send(SigningIn())
    stream.close()


def test_lines_arrive_in_order_and_the_end_closes() -> None:
    async def story() -> None:
        reading, writing = os.pipe()
        link = EngineLink(io.BytesIO())
        listening = asyncio.ensure_future(link.listen(os.fdopen(reading, "rb")))
        os.write(writing, b'{"one": 1}\n' + encode_answer(SignInAnswer(True, Secret("pw"))))
        assert await link.line() == b'{"one": 1}\n'
        answer = await link.answer()
        assert answer.password == Secret("pw")
        waiting = asyncio.ensure_future(link.line())
        os.close(writing)
        with pytest.raises(EngineGone):
            await waiting
        await listening
        assert link.closed.is_set()

    asyncio.run(story())


def test_an_answer_that_is_none_is_told_without_its_text() -> None:
    async def story() -> None:
        link = EngineLink(io.BytesIO())
        link._lines.put_nowait(b'{"t": "sign_in_answer", "allowed": "secret-word"}\n')
        with pytest.raises(FossaError) as caught:
            await link.answer()
        assert "secret-word" not in str(caught.value)
        assert caught.value.__suppress_context__

    asyncio.run(story())


def test_a_line_without_end_closes_the_link() -> None:
    async def story() -> None:
        reading, writing = os.pipe()
        link = EngineLink(io.BytesIO())
        listening = asyncio.ensure_future(link.listen(os.fdopen(reading, "rb")))
        flood = asyncio.to_thread(_flood, writing)
        await asyncio.wait_for(asyncio.gather(listening, flood), 20)
        assert link.closed.is_set()

    asyncio.run(story())


def _flood(writing: int) -> None:
    try:
        for _ in range(3 * LINE_LIMIT // 65536):
            os.write(writing, b"x" * 65536)
    except BrokenPipeError:
        return
    finally:
        os.close(writing)

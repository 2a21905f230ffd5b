"""Many flattened texts at once: JSON Lines in, JSON Lines out, in the same order, streaming, in several processes."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

from crawler.cleaning import clean
from crawler.show.explain import cleaned_json

_BATCH = 32  # documents that one process takes at a time
_AHEAD = 3  # batches that wait for each process: what is read ahead, and held, is bounded


class Answer(NamedTuple):
    """The line that answers a line, and whether that was a document."""

    line: str
    good: bool


def clean_lines(lines: Iterable[bytes], *, processes: int = 1, explain: bool = False) -> Iterator[Answer]:
    """Clean documents `{"text": ..., "url": ...}`, one a line; other keys come out as they came in.

    What cleaning finds stands beside them; where a line has a key of that name, it is called `cleaned_...`. A line that
    is no such document comes out as `{"error": ..., "line": N}`.
    """
    numbered = enumerate(lines, 1)
    if processes < 2:  # noqa: PLR2004 # one process needs no other
        yield from (_cleaned(number, line, explain=explain) for number, line in numbered)
        return
    batches = iter(lambda: list(islice(numbered, _BATCH)), [])
    with ProcessPoolExecutor(processes) as pool:
        waiting: deque[Future[list[Answer]]] = deque()
        for batch in islice(batches, processes * _AHEAD):
            waiting.append(pool.submit(_clean_batch, batch, explain))
        while waiting:
            yield from waiting.popleft().result()
            waiting.extend(pool.submit(_clean_batch, batch, explain) for batch in islice(batches, 1))


def _clean_batch(batch: list[tuple[int, bytes]], explain: bool) -> list[Answer]:  # noqa: FBT001 # submit hands it on
    return [_cleaned(number, line, explain=explain) for number, line in batch]


def _cleaned(number: int, line: bytes, *, explain: bool) -> Answer:
    if not line.strip():
        return Answer("", good=True)  # line N of what comes out answers line N of what came in
    try:
        document = json.loads(line)
    except ValueError as error:
        return _refused(number, f"not JSON: {error}")
    except RecursionError:
        return _refused(number, "JSON nested too deeply")
    if not isinstance(document, dict) or not isinstance(document.get("text"), str):
        return _refused(number, 'no object with a "text"')
    url = document.get("url")
    found = clean(document.pop("text"), url=url if isinstance(url, str) else "")
    for key, value in cleaned_json(found, explain=explain).items():
        document[_free_name(key, document)] = value
    return Answer(json.dumps(document, ensure_ascii=False), good=True)


def _free_name(key: str, document: Mapping[str, Any]) -> str:
    while key in document:
        key = f"cleaned_{key}"
    return key


def _refused(number: int, reason: str) -> Answer:
    return Answer(json.dumps({"error": reason, "line": number}, ensure_ascii=False), good=False)

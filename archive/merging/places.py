"""Sites, boards, authors and threads of several archives: as they were seen last, first seen when the first was."""

from collections.abc import Sequence

from archive.merging.keys import Found, Merge, Row, Source, latest, least, plain


def merged_site(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A site; software that was recognised counts before unknown."""
    _, row = latest(found, lambda source, row: (row["software"] != "unknown", source.sites_seen[row["id"]]))
    merge.insert("sites", row | {"id": new, "first_seen": _first_seen(found)})


def merged_board(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A board. Where one archive left out old threads, they may be missing: the next crawl looks once more.

    So it does where they do not agree on the state up to which the board was read.
    """
    source, row = _latest(found)
    state = row["state"] if len({row["state"] for _, row in found}) == 1 else ""
    site = merge.new("sites", source, row["site"])
    read_since = least((row for _, row in found), "read_since")
    known = {"first_seen": _first_seen(found), "read_since": read_since, "state": state}
    merge.insert("boards", row | known | {"id": new, "site": site})


_CARD = ("title", "banners", "counts", "counts_raw")
_EMPTY = (None, "[]", "{}", "{}")


def merged_author(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """An author, with the card that was shown last."""
    source, row = _latest(found)
    _, shown = _latest([one for one in found if tuple(one[1][name] for name in _CARD) != _EMPTY] or found)
    card = {name: shown[name] for name in _CARD}
    site = merge.new("sites", source, row["site"])
    merge.insert("authors", row | card | {"id": new, "site": site, "first_seen": _first_seen(found)})


def _latest(found: Sequence[Found]) -> Found:
    return latest(found, lambda source, row: source.sites_seen[row["site"]])


def _first_seen(found: Sequence[Found]) -> str:
    return min(str(row["first_seen"]) for _, row in found)


_PROGRESS = ("last_page", "last_page_url", "settled", "surplus")


def merged_thread(merge: Merge, new: int, found: Sequence[Found]) -> None:
    """A thread as it was seen last; how far it is read says the archive that read it last."""
    ordered = sorted(found, key=lambda one: (one[0].thread_seen(one[1]["id"]), plain(one[1])), reverse=True)
    source, row = ordered[0]
    read = next((row for _, row in ordered if row["last_page"]), row)
    alive = [one["last_seen"] if one["gone_at"] else at.thread_seen(one["id"]) for at, one in found]
    merge.insert(
        "threads",
        row
        | {name: read[name] for name in _PROGRESS}
        | gone([row["gone_at"] for _, row in found], alive)
        | {
            "id": new,
            "site": merge.new("sites", source, row["site"]),
            "board": _first(merge, "boards", ordered, "board"),
            "walk": _first(merge, "frontier", ordered, "walk"),
            "first_seen": _first_seen(found),
        },
    )


def _first(merge: Merge, kind: str, ordered: Sequence[Found], name: str) -> int | None:
    known: list[tuple[Source, Row]] = [one for one in ordered if one[1][name] is not None]
    return merge.new(kind, known[0][0], known[0][1][name]) if known else None


def gone(gone_at: Sequence[str | None], alive: Sequence[str | None]) -> Row:
    """Since when a post or thread is gone: the first time it was missed after it was last there."""
    last = max((at for at in alive if at is not None), default="")
    missed = [at for at in gone_at if at is not None and at >= last]
    return {"gone_at": min(missed), "last_seen": last or None} if missed else {"gone_at": None, "last_seen": None}

"""How many of what, in words."""


def counted(count: int, name: str) -> str:
    """How many of what: "1 post", "2,000 posts"."""
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"

"""Threads and boards that lead on without end: under every new address their server shows an earlier page again."""

from dataclasses import replace

from archive.records import Page

Shown = tuple[str, ...]  # ids of the posts or threads of a page


class Circles:
    """What the pages of each list that is being walked have shown, by the address of its next page.

    "?page=9" of a thread of eight pages is the eighth on many a forum, and a link "next" on it leads to "?page=10"; a
    relative link ("page-2/") grows with each page. The archive, where one walk asks for a URL once, cannot tell.
    """

    def __init__(self) -> None:
        self._shown: dict[str, set[Shown]] = {}

    def cut(self, url: str, page: Page) -> Page:
        """The page that `url` was answered with; without its next page if it shows what one before it has shown."""
        shown = self._shown.pop(url, set())
        now = tuple(post.id for post in page.posts) or tuple(row.id for row in page.threads)
        if now in shown:
            return replace(page, next=None)
        if page.next:
            shown.add(now)
            self._shown[page.next] = shown
        return page

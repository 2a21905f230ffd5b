"""Every error xemtiep raises on purpose: one root, and messages that name the URL or file and what to do next."""


class XemtiepError(Exception):
    """Something that the user can act on; `exit_code` is what the command ends with."""

    exit_code = 1


class ConfigError(XemtiepError):
    """An option, environment variable or key of xemtiep.toml that cannot be used."""

    exit_code = 2


class UnreadableError(XemtiepError):
    """A file or response that cannot be read as a page or a text."""


class ArchiveError(XemtiepError):
    """The archive file is missing, not an archive, damaged, full, or newer than this program."""


class LockedError(XemtiepError):
    """Another run holds the archive (exit code 75, EX_TEMPFAIL: a scheduler may simply try again later)."""

    exit_code = 75


class HostLockError(XemtiepError):
    """The locks that keep two crawls from asking one host cannot be made."""


class ShutOutError(UnreadableError):
    """A forum that lets xemtiep see nothing: a wall, or robots.txt (exit code 4, as a crawl of it ends with)."""

    exit_code = 4


class FilterError(XemtiepError):
    """A site or board that the archive does not know."""

    exit_code = 2


class QueryError(XemtiepError):
    """A search query that cannot be understood."""

    exit_code = 2

"""`python -m crawler`, and what `xemtiep` runs: an interruption while Python still loads the program is one, too."""

import signal
import sys

INTERRUPTED = 130  # as the shell counts a Ctrl-C


def run() -> None:
    """Load the command and run it. SIGTERM interrupts it as Ctrl-C does: nothing half-written is left behind."""
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        from crawler.cli import main  # here, so that a Ctrl-C meanwhile gives no traceback
    except KeyboardInterrupt:
        sys.stderr.write("xemtiep: interrupted\n")
        sys.exit(INTERRUPTED)
    main(prog_name="xemtiep")


if __name__ == "__main__":
    run()

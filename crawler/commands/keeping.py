"""The commands that look after archives: merge, doctor."""

from pathlib import Path

import click

from crawler.commands.options import FILE, archive_option, config_option, echo, json_option, opened, print_json
from crawler.config import load


@click.command()
@click.argument("archives", nargs=-1, required=True, metavar="ARCHIVE...", type=FILE)
@click.option("-o", "--output", required=True, type=FILE, help="The archive to make.")
@json_option
def merge(*, archives: tuple[Path, ...], output: Path, as_json: bool) -> None:
    """Merge archives into a new one, as if crawled together.

    They are only read.

    Of what several hold, what was read last counts; other texts of a post become its earlier versions.
    """
    from archive.merging import merge as run
    from crawler.counting import counted
    from crawler.show import ProgressBar

    merged = run(archives, output, follow=ProgressBar("rows"))
    if as_json:
        print_json(merged._asdict())
    else:
        click.echo(
            f"{counted(merged.posts, 'post')} of {counted(merged.threads, 'thread')}"
            f" on {counted(merged.sites, 'site')}, {counted(merged.articles, 'article')};"
            f" {counted(merged.shared, 'post')} in more than one archive"
        )


@click.command()
@archive_option
@config_option
@click.option("--repair", is_flag=True, help="Put right what can be, after a copy of the archive was made beside it.")
@json_option
@click.pass_context
def doctor(ctx: click.Context, *, archive: Path | None, config: Path | None, repair: bool, as_json: bool) -> None:
    """Check that the archive is sound, and repair it.

    Looks at the file, tables, texts, keys, orphans, indexes, repeated columns, stories and the frontier.

    Exit codes: 0 all is well, or is again; 1 something is wrong; 75 a run works on the archive.
    """
    from archive.doctor import examine

    with opened(load(config, archive=archive)) as found:
        report = examine(found, repair=repair)
    if as_json:
        findings = [finding._asdict() for finding in report.findings]
        backup = str(report.backup) if report.backup else None
        print_json(
            {
                "sound": report.sound,
                "checks": report.checks,
                "findings": findings,
                "backup": backup,
                "left_out": report.left_out,
            }
        )
    else:
        for finding in report.findings:
            state = "repaired" if finding.repaired else finding.advice
            click.echo(f"{finding.check}: {finding.what} ({finding.rows}): {state}")
            for example in finding.examples:
                echo(f"    {example}")
        if report.left_out:
            echo(f"not checked: {', '.join(report.left_out)}")
        well = f"all is well: {', '.join(report.checks)}" if not report.findings else ""
        click.echo(f"as it was before, the archive is kept in {report.backup}" if report.backup else well)
    ctx.exit(0 if report.sound else 1)

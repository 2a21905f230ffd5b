"""The commands that work on the configured sites: sites, sites add, check."""

from pathlib import Path

import click

from crawler.commands.options import archive_option, config_option, echo, echo_each, json_option, print_json
from crawler.config import load, understood


@click.group(invoke_without_command=True)
@archive_option
@config_option
@json_option
@click.pass_context
def sites(ctx: click.Context, *, archive: Path | None, config: Path | None, as_json: bool) -> None:
    """List the configured sites: last run, outcome, when they are due."""
    ctx.obj = config
    if ctx.invoked_subcommand:
        return
    from crawler import sites as configured
    from crawler.sites.ready import require_software

    settings = load(config, archive=archive)
    for site in settings.sites:
        require_software(site)
    standings = configured.standings(settings)
    if as_json:
        print_json([configured.as_json(standing) for standing in standings])
    else:
        echo_each(map(configured.as_text, standings))
        if not standings:
            click.echo("no sites are configured; add one with: xemtiep sites add URL", err=True)


@sites.command()
@click.argument("url")
@config_option
@click.pass_obj
def add(above: Path | None, *, url: str, config: Path | None) -> None:
    """Look at a forum and write its entry into xemtiep.toml.

    With its software, boards and sensible values. Exit code 4 where a wall or robots.txt keeps xemtiep out.
    """
    from crawler.sites.adding import add as add_site
    from crawler.start import checked

    config = config or above
    settings = load(config) if config is None or config.exists() else understood("", config)  # a new file has no site
    file, entry = add_site(checked(url), settings, config)
    echo(entry, nl=False)
    click.echo(f"written to {file}; look it over, then try: xemtiep check", err=True)


@click.command()
@config_option
@json_option
@click.pass_context
def check(ctx: click.Context, *, config: Path | None, as_json: bool) -> None:
    """Check the configuration and the sites in it.

    Of each site: that it answers, lets xemtiep in and can be read.

    Each site's first pages are crawled into an archive that is thrown away. Exit codes as of crawl.
    """
    from crawler.sites.checking import check as check_sites

    found = check_sites(load(config))
    if as_json:
        print_json([report.as_json() for report in found.reports])
    else:
        echo_each(report.as_text() for report in found.reports)
    ctx.exit(found.exit)

"""`flask demo`: the demo company into the database of this machine."""

import click

from portal.demo.load import is_loaded, load, load_many


@click.command("demo")
@click.option(
    "--people",
    "count",
    type=click.IntRange(min=1),
    help="So many generated people instead of the named company, for measuring.",
)
@click.option("--seed", default=1, show_default=True, help="Another seed gives other figures.")
def command(count: int | None, seed: int) -> None:
    """Load the demo company's year. Keeps what is there: a database with goals is left as it is."""
    if is_loaded():
        click.echo("There are goals in this database already: nothing was changed.")
        return
    if count:
        load_many(count, seed)
        click.echo(f"Loaded {count} generated people.")
        return
    made = load(seed)
    click.echo(f"Loaded {len(made.people)} people and their year.")

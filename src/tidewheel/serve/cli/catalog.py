"""``tidewheel catalog``."""

from __future__ import annotations

from typing import Annotated

import typer

from tidewheel.serve.cli.options import Home, Json
from tidewheel.serve.cli.output import print_json, print_table
from tidewheel.serve.cli.reach import settings_for

app = typer.Typer(no_args_is_help=True, help="The catalog: accounts, projects, sources, boards.")


@app.command("copy")
def copy_catalog(
    to: Annotated[str, typer.Argument(help="URL of an empty database, as in TIDEWHEEL_CATALOG_URL.")],
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Copy the catalog into another database; the server must be stopped."""
    from tidewheel.store.catalog import Catalog, moving
    from tidewheel.store.storehouse import Storehouse

    settings = settings_for(home)
    with Storehouse.open(settings.home, settings):  # nobody else writes meanwhile
        source, target = Catalog(settings.catalog), Catalog(to)
        try:
            found = moving.copy(source, target)
        finally:
            source.close()
            target.close()
    if as_json:
        print_json(found)
    else:
        print_table(["table", "rows"], [[name, count] for name, count in found.items()])

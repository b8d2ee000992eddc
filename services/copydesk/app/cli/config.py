"""`copydesk config`: every setting, its value and where it came from."""

from __future__ import annotations

import click

from copydesk.app.cli.options import load_settings
from copydesk.app.cli.output import console, is_terminal, write_json


@click.command(short_help="Show all settings, secrets masked.")
@click.option("--json", "as_json", is_flag=True, help="JSON lines, on a terminal too.")
@click.option("--changed", is_flag=True, help="Only settings that differ from their default.")
def config(*, as_json: bool, changed: bool) -> None:
    """Show every setting, its value, and whether it is the default or came from the environment.

    Secrets are masked. A wrong or unknown COPYDESK_… variable is an error, with one sentence a variable.
    """
    rows = [row for row in load_settings().describe() if row.changed or not changed]
    if as_json or not is_terminal():
        for row in rows:
            write_json(
                {
                    "variable": row.variable,
                    "value": row.value,
                    "from": "environment" if row.changed else "default",
                    "meaning": row.meaning,
                }
            )
        return
    from rich.table import Table

    table = Table("Variable", "Value", "From", "Meaning", box=None, header_style="bold", pad_edge=False)
    for row in rows:
        style = "bold green" if row.changed else None
        table.add_row(row.variable, row.value, "environment" if row.changed else "default", row.meaning, style=style)
    console().print(table)

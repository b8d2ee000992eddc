"""`copydesk schemas`: the JSON Schema of each record type."""

from __future__ import annotations

from pathlib import Path

import click

from copydesk.app.cli.errors import CommandError, Exit
from copydesk.app.cli.output import say


@click.command(short_help="Print or write the JSON Schemas.")
@click.argument("name", required=False)
@click.option(
    "--write", "folder", type=click.Path(file_okay=False, path_type=Path), help="Write files into this folder."
)
def schemas(*, name: str | None, folder: Path | None) -> None:
    """Print the JSON Schema of the record type NAME; without NAME list the types, with --write write them all."""
    import json

    from copydesk_schemas.export import json_schemas

    known = json_schemas()
    if name is not None and name not in known:
        raise CommandError(f"there is no record type {name!r}; there are {', '.join(known)}.", Exit.USAGE)
    wanted = known if name is None else {name: known[name]}
    if folder is None:
        if name is None:
            for title, schema in wanted.items():
                click.echo(f"{title}\t{schema.get('$id', '')}\t{' '.join(schema.get('description', '').split())}")
        else:
            click.echo(json.dumps(wanted[name], indent=2, ensure_ascii=False))
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for title, schema in wanted.items():
            text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            (folder / f"{title}.schema.json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{folder} cannot be written: {error.strerror}.") from error
    say(f"{len(wanted)} schemas written to {folder}.")

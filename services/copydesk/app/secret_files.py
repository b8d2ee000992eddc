"""Secrets from files: for any secret setting X, `COPYDESK_X_FILE` names a file that holds it.

Orchestrators mount secrets as files. An environment is read by more: child processes, crash reports, `docker inspect`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsError

FILE_SUFFIX = "_FILE"


def secret_names(settings: type[BaseSettings]) -> Iterator[str]:
    """Names of the settings that are secrets."""
    for name, field in settings.model_fields.items():
        if SecretStr in (field.annotation, *get_args(field.annotation)):
            yield name


class SecretFiles(PydanticBaseSettingsSource):
    """A source of settings: secrets from the files that the environment names.

    Args:
        settings_cls: the settings.
        prefix: of their variables.
    """

    def __init__(self, settings_cls: type[BaseSettings], prefix: str) -> None:
        super().__init__(settings_cls)
        self._prefix = prefix

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 - the signature is the library's
        """Content of the file, the name, and that it is no JSON."""
        return self._read(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All secrets that are given as files.

        Raises:
            SettingsError: with a sentence for each file that cannot be used. No sentence repeats a content.
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for name in secret_names(self.settings_cls):
            try:
                value = self._read(name)
            except SettingsError as error:
                problems.append(str(error))
                continue
            if value is not None:
                values[name] = value
        if problems:
            raise SettingsError("\n".join(problems))
        return values

    def _read(self, name: str) -> str | None:
        variable = f"{self._prefix}{name.upper()}"
        path = os.environ.get(variable + FILE_SUFFIX)
        if path is None:
            return None
        if variable in os.environ:
            raise SettingsError(f"{variable} and {variable}{FILE_SUFFIX}: give one of them.")
        try:
            value = Path(path).read_text(encoding="utf-8")
        except OSError as error:
            raise SettingsError(f"{variable}{FILE_SUFFIX}: {path} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise SettingsError(f"{variable}{FILE_SUFFIX}: {path} is not UTF-8 text.") from None
        value = value.removesuffix("\n").removesuffix("\r")
        if not value:
            raise SettingsError(f"{variable}{FILE_SUFFIX}: {path} is empty.")
        return value

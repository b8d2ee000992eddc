from typing import Any

import pytest

from copydesk.core import parse
from copydesk.core.options import Options, ParseOptions
from copydesk.core.warm_up import WarmUpError, warm_up


def test_a_model_that_cannot_be_loaded_is_no_fault_of_articles(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(parse, "detect_language", full)
    with pytest.raises(WarmUpError, match="No space left"):
        warm_up(Options())


def test_an_article_that_the_options_refuse_is_no_fault() -> None:
    warm_up(Options(parse=ParseOptions(blocked_languages=("en",))))

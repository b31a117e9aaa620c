"""Starting the tray program: the short way past argparse understands the same words as argparse does."""

from __future__ import annotations

from pathlib import Path

import pytest

from fossatray import cli
from fossatray.control.cli_parser import make_parser


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--background"],
        ["--data-dir", "/x/y"],
        ["--background", "--data-dir", "/x/y"],
        ["--data-dir", "/x/y", "--background"],
        ["--data-dir=/x/y", "--background"],
        ["--background", "--background"],
    ],
)
def test_the_short_way_is_the_same_as_argparse(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Path | None, bool]] = []

    def start(data_dir: Path | None, *, background: bool) -> int:
        started.append((data_dir, background))
        return 0

    monkeypatch.setattr(cli, "_start", start)
    assert cli.main(words) == 0
    expected = make_parser().parse_args(words)
    assert started == [(Path(expected.data_dir) if expected.data_dir else None, expected.background)]


@pytest.mark.parametrize("words", [["--data-dir"], ["--data-dir", "--background"], ["--background", "dance"]])
def test_wrong_words_are_still_wrong(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_start", pytest.fail)
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2

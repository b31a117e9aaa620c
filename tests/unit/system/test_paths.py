"""Where everything lies, and that it is the user's alone."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from fossatray.core.errors import StoreUnsuitable
from fossatray.system.paths import app_paths, prepare, resource


@pytest.fixture(autouse=True)
def umask_back() -> Iterator[None]:
    former = os.umask(0o022)
    yield
    os.umask(former)


def test_a_chosen_folder_holds_everything(own_home: Path) -> None:
    paths = app_paths(own_home / "mine")
    assert paths.data == own_home / "mine"
    for folder in (paths.config, paths.logs, paths.backups, paths.database, paths.lock, paths.token, paths.crash_log):
        assert folder.is_relative_to(paths.data)


def test_the_variable_is_used_and_the_argument_wins(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOSSATRAY_DATA_DIR", str(own_home / "from-variable"))
    assert app_paths().data == own_home / "from-variable"
    assert app_paths(own_home / "argument").data == own_home / "argument"


def test_the_default_is_the_platforms_place(own_home: Path) -> None:
    paths = app_paths()
    assert paths.data == own_home / ".local" / "share" / "FossaTray"
    assert paths.config == own_home / ".config" / "FossaTray"
    assert paths.runtime == own_home / "run"


def test_a_relative_folder_is_fixed_at_once(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(own_home)
    assert app_paths(Path("here")).data == own_home / "here"


def test_a_long_data_folder_gets_a_short_folder_for_runs(own_home: Path) -> None:
    near, far = app_paths(own_home / "d"), app_paths(own_home / ("deep" * 20))
    assert near.runs == near.data / "runs"
    assert len(os.fsencode(far.runs)) <= 50
    assert far.runs != app_paths(own_home / ("other" * 20)).runs


def test_a_runtime_folder_that_others_can_enter_is_not_used(own_home: Path) -> None:
    (own_home / "run").chmod(0o755)
    assert app_paths(own_home / "d").runtime != own_home / "run"


def test_prepare_closes_everything_to_others(own_home: Path) -> None:
    (own_home / "mine").mkdir(mode=0o755)
    paths = app_paths(own_home / "mine")
    prepare(paths)
    for folder in (paths.data, paths.config, paths.logs, paths.backups, paths.runs, paths.runtime):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    (paths.data / "file").touch()
    assert stat.S_IMODE((paths.data / "file").stat().st_mode) == 0o600


def test_no_folder_is_made_that_nothing_is_kept_in(own_home: Path) -> None:
    paths = app_paths()
    prepare(paths)
    assert paths.data.is_dir()
    assert not paths.config.exists()


@pytest.mark.parametrize("shared", [0o1777, 0o777, 0o775, 0o755])
def test_a_shared_folder_is_refused_and_left_as_it_is(own_home: Path, shared: int) -> None:
    chosen = own_home / "shared"
    chosen.mkdir()
    (chosen / "of somebody").touch()
    chosen.chmod(shared)
    with pytest.raises(StoreUnsuitable, match="open to other users") as caught:
        prepare(app_paths(chosen))
    assert "--data-dir" in caught.value.what_to_do
    assert stat.S_IMODE(chosen.stat().st_mode) == shared
    assert [path.name for path in chosen.iterdir()] == ["of somebody"]


@pytest.mark.parametrize("names", [["fossatray.sqlite3"], []], ids=["database", "empty"])
def test_a_folder_with_the_sticky_bit_is_shared_whatever_lies_in_it(own_home: Path, names: list[str]) -> None:
    chosen = own_home / "shared"
    chosen.mkdir()
    for name in names:
        (chosen / name).touch()
    chosen.chmod(0o1777)
    with pytest.raises(StoreUnsuitable, match="open to other users"):
        prepare(app_paths(chosen))
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o1777


@pytest.mark.parametrize("name", ["fossatray.sqlite3", "fossatray.lock"])
def test_an_open_folder_that_is_ours_is_closed(own_home: Path, name: str) -> None:
    chosen = own_home / "mine"
    chosen.mkdir()
    (chosen / name).touch()
    chosen.chmod(0o775)
    prepare(app_paths(chosen))
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700


def test_a_private_folder_with_other_things_is_used(own_home: Path) -> None:
    chosen = own_home / "private"
    chosen.mkdir(mode=0o700)
    (chosen / "of mine").touch()
    prepare(app_paths(chosen))
    assert stat.S_IMODE(chosen.stat().st_mode) == 0o700


def test_another_users_folder_is_refused(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    with pytest.raises(StoreUnsuitable, match="another user"):
        prepare(app_paths(own_home / "mine"))


def test_a_file_in_the_way_is_refused(own_home: Path) -> None:
    (own_home / "mine").write_text("not a folder")
    with pytest.raises(StoreUnsuitable, match="cannot be made"):
        prepare(app_paths(own_home / "mine"))


def test_a_folder_without_write_permission_is_refused(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write everywhere
    with pytest.raises(StoreUnsuitable, match="not writable"):
        prepare(app_paths(own_home / "mine"))


def test_resources_are_found_and_named_when_missing() -> None:
    assert resource("icons").is_dir()
    with pytest.raises(FileNotFoundError, match=r"icons/none\.svg"):
        resource("icons/none.svg")
    with pytest.raises(FileNotFoundError):
        resource("../pyproject.toml")

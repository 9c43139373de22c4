"""A project stands whole in its place, or the place is as it was."""

from pathlib import Path

import pytest

from weforge.errors import CalledWrongly, CouldNot
from weforge.target import aimed_at, building


class Broken(Exception):
    """Something went wrong half-way."""


def build(directory: Path) -> None:
    with building(aimed_at(str(directory))) as project:
        (project / "app").mkdir()
        (project / "app" / "main.py").write_text("print()")


def fail(directory: Path) -> None:
    with building(aimed_at(str(directory))) as project:
        (project / "half").write_text("done")
        raise Broken


def test_a_new_folder_and_its_parents_are_made(tmp_path: Path) -> None:
    build(tmp_path / "a" / "b" / "shop")

    assert [path.name for path in (tmp_path / "a" / "b").iterdir()] == ["shop"]
    assert (tmp_path / "a" / "b" / "shop" / "app" / "main.py").is_file()


def test_an_empty_folder_stays_the_same_folder(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    shop.mkdir(mode=0o750)
    before = shop.stat()

    build(shop)

    assert [path.name for path in shop.iterdir()] == ["app"]
    assert (shop.stat().st_ino, shop.stat().st_mode) == (before.st_ino, before.st_mode)


def test_a_new_folder_is_as_open_as_any_other(tmp_path: Path) -> None:
    build(tmp_path / "shop")
    (tmp_path / "other").mkdir()

    assert (tmp_path / "shop").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_failure_takes_away_the_parents_too(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        fail(tmp_path / "a" / "b" / "shop")

    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_an_empty_folder_empty(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()

    with pytest.raises(Broken):
        fail(tmp_path / "shop")

    assert list((tmp_path / "shop").iterdir()) == []


def test_a_folder_with_anything_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_text("")

    with pytest.raises(CouldNot, match="target_not_empty"):
        aimed_at(str(tmp_path))


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "shop").write_text("mine")

    with pytest.raises(CouldNot, match="target_no_folder"):
        aimed_at(str(tmp_path / "shop"))


def test_what_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    shop = tmp_path / "shop"

    def race() -> None:
        with building(aimed_at(str(shop))) as project:
            (project / "app").write_text("ours")
            shop.mkdir()
            (shop / "app").write_text("theirs")

    with pytest.raises(CouldNot):
        race()

    assert (shop / "app").read_text() == "theirs"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


def test_what_appears_in_an_empty_folder_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    def race() -> None:
        with building(aimed_at(str(tmp_path))) as project:
            (project / "a").write_text("ours")
            (project / "app").write_text("ours")
            (tmp_path / "app").write_text("theirs")

    with pytest.raises(CouldNot):
        race()

    assert [path.name for path in tmp_path.iterdir()] == ["app"]
    assert (tmp_path / "app").read_text() == "theirs"


def test_a_link_to_an_empty_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")

    build(tmp_path / "link")

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "app" / "main.py").is_file()


def test_a_link_to_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")

    with pytest.raises(CouldNot, match="target_no_folder"):
        aimed_at(str(tmp_path / "link"))


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("link")

    with pytest.raises(CouldNot):
        aimed_at(str(tmp_path / "link"))


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(CouldNot, match="target_unreachable"):
        build(tmp_path / "file" / "shop")


def test_a_name_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CouldNot, match="target_unreachable"):
        build(tmp_path / ("a" * 300))


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(CalledWrongly, match="no_directory"):
        aimed_at("")


def test_a_place_that_refuses_is_told() -> None:
    with pytest.raises(CouldNot, match="target_unreachable"):
        build(Path("/proc/weforge/shop"))

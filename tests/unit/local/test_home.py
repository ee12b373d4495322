"""The state folder: secrets for its owner only, files that are whole, values that come back."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest

from local import home


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_internal_token_is_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "state"
    first = home.internal_token(folder)
    assert len(first) >= 40
    assert home.internal_token(folder) == first
    assert home.internal_token(tmp_path / "another") != first
    assert (mode(folder / "internal.token"), mode(folder)) == (0o600, 0o700)


def test_a_file_is_replaced_whole_and_stays_private(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("old")
    path.chmod(0o644)
    home.write_private(path, "new")
    assert (path.read_text(), mode(path)) == ("new", 0o600)
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"], "a temporary file was left"


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    home.write_private(path, "old")

    def full(_descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="disk full"):
        home.write_private(path, "new")
    assert path.read_text() == "old"


VALUES = {"ROSTRUM_URL": "http://127.0.0.1:8080", "ODD": "a b'c\"d $(touch x) `e` & ü ;#", "EMPTY": "", "EQ": "a=b=c"}


def test_env_reads_back_what_was_written(tmp_path: Path) -> None:
    assert home.read_env(tmp_path) == {}
    home.write_env(tmp_path, VALUES)
    assert home.read_env(tmp_path) == VALUES
    assert mode(tmp_path / "env") == 0o600
    assert (tmp_path / "env").read_text().startswith("export ROSTRUM_URL=http://127.0.0.1:8080\n")


def test_a_shell_reads_the_same(tmp_path: Path) -> None:
    """``. env`` sets the very values, and runs nothing."""
    home.write_env(tmp_path, VALUES)
    script = '. ./env; printf "%s\\n" "$ROSTRUM_URL" "$ODD" "$EMPTY" "$EQ"; ls'
    said = subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.split("\n")[:4] == list(VALUES.values())
    assert said.split("\n")[4:] == ["env", ""]


def test_a_line_that_a_person_wrote(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("export A='half\nB=two words\n\nexport C=ok\n")
    read = home.read_env(tmp_path)
    assert (read["A"], read["C"]) == ("'half", "ok")


def test_a_folder_has_one_server(tmp_path: Path) -> None:
    """A second one would write its own address over the first one's ``env``; it may start once the first has ended."""
    with home.alone(tmp_path), pytest.raises(home.InUse, match=str(tmp_path)), home.alone(tmp_path):
        pass
    with home.alone(tmp_path):
        pass

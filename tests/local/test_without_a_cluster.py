"""A machine without a control plane is told how to have one; a folder that does not hold one is a mistake."""

from pathlib import Path

import pytest

from local.demo import has_control_plane
from local.story import StoryError


def test_a_demo_without_a_control_plane_says_how_to_have_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not has_control_plane({"XDG_CACHE_HOME": str(tmp_path)})

    (line,) = capsys.readouterr().out.splitlines()
    assert "make test" in line
    assert "KUBEBUILDER_ASSETS" in line


def test_a_folder_without_a_control_plane_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(StoryError, match=f"KUBEBUILDER_ASSETS names the folder {tmp_path}"):
        has_control_plane({"KUBEBUILDER_ASSETS": str(tmp_path)})

"""Where the control plane's binaries come from, and what a person is told where they cannot come from anywhere."""

import re
from pathlib import Path

import pytest

from local.controlplane.binaries import COMPONENTS, NoBinariesError, find
from local.controlplane.build import build
from local.controlplane.go import find_go
from local.controlplane.programs import CONTROL_PLANE, CSI
from tests.fake_go import FakeGo

SECONDS = 20


@pytest.fixture
def go(tmp_path: Path) -> FakeGo:
    fake = FakeGo(tmp_path)
    fake.install("go1.26.3")
    return fake


@pytest.fixture
def assets(tmp_path: Path) -> Path:
    folder = tmp_path / "assets"
    folder.mkdir()
    for name in COMPONENTS:
        (folder / name).touch(mode=0o755)
    return folder


def test_binaries_that_the_user_names_are_taken_without_go(assets: Path) -> None:
    environment = {"KUBEBUILDER_ASSETS": str(assets), "PATH": "", "HOME": str(assets)}

    build(environment, [CONTROL_PLANE])
    assert find(environment) == assets


def test_the_attacher_and_its_driver_are_taken_from_the_users_folder_where_both_are_there(assets: Path) -> None:
    environment = {"KUBEBUILDER_ASSETS": str(assets), "PATH": "", "HOME": str(assets)}
    for name in CSI.binaries:
        (assets / name).touch(mode=0o755)

    build(environment)
    assert find(environment, CSI) == assets


def test_the_attacher_and_its_driver_are_built_where_the_users_folder_has_one(assets: Path, go: FakeGo) -> None:
    environment = go.environment | {"KUBEBUILDER_ASSETS": str(assets)}
    (assets / "csi-attacher").touch(mode=0o755)

    assert find(environment, CSI) is None
    build(environment)
    assert find(environment, CSI) not in {None, assets}
    assert find(environment) == assets


def test_a_machine_without_go_whose_folder_lacks_the_attacher_is_told_so(assets: Path, tmp_path: Path) -> None:
    checking = FakeGo(tmp_path).make("--check", PATH=str(tmp_path), KUBEBUILDER_ASSETS=str(assets))

    assert "csi-attacher and fake-ebs-csi-controller, or install Go" in checking.communicate(timeout=SECONDS)[0]
    assert checking.returncode == 1


def test_a_folder_of_the_users_that_lacks_binaries_is_refused_by_their_names(assets: Path, go: FakeGo) -> None:
    (assets / "kube-controller-manager").unlink()
    (assets / "kube-scheduler").chmod(0o600)

    with pytest.raises(NoBinariesError) as problem:
        build(go.environment | {"KUBEBUILDER_ASSETS": str(assets)})

    assert str(problem.value) == (
        f"KUBEBUILDER_ASSETS names the folder {assets}, which has no executable kube-controller-manager and no "
        "kube-scheduler: add what is missing, or unset KUBEBUILDER_ASSETS to have all four built with Go."
    )


def test_looking_for_binaries_builds_none(go: FakeGo, tmp_path: Path) -> None:
    assert find(go.environment) is None
    assert not (tmp_path / ".cache").exists()
    assert not go.file("log").exists()


def test_a_machine_with_neither_binaries_nor_go_is_told_both_ways_in_one_sentence(tmp_path: Path) -> None:
    told, _ = FakeGo(tmp_path).make("--check", PATH=str(tmp_path)).communicate(timeout=SECONDS)

    assert told == (
        "The tests run against a real Kubernetes control plane: set KUBEBUILDER_ASSETS to a folder with etcd, "
        "kube-apiserver, kube-controller-manager, kube-scheduler, csi-attacher and fake-ebs-csi-controller, or install "
        "Go 1.26 or newer, with which they are built once, and this machine has no 'go' on its PATH.\n"
    )


@pytest.mark.parametrize("version", ["go1.25.9", "go1.9", "go0.99", "nonsense", ""])
def test_a_go_that_is_too_old_is_refused_by_its_version(version: str, tmp_path: Path) -> None:
    fake = FakeGo(tmp_path)
    fake.install(version)

    with pytest.raises(
        NoBinariesError,
        match=re.escape(f"or newer, with which they are built once, and the 'go' on this machine's PATH is {version}."),
    ):
        find_go(fake.environment)


@pytest.mark.parametrize("version", ["go1.26", "go1.26.8", "go1.27rc1", "go2.0", "devel go1.28-abcdef"])
def test_a_go_that_is_new_enough_is_taken(version: str, tmp_path: Path) -> None:
    fake = FakeGo(tmp_path)
    fake.install(version)

    assert find_go(fake.environment).path == str(tmp_path / "bin" / "go")


def test_a_check_builds_nothing(go: FakeGo, tmp_path: Path) -> None:
    checking = go.make("--check")

    assert checking.communicate(timeout=SECONDS)[0] == ""
    assert checking.returncode == 0
    assert not (tmp_path / ".cache").exists()

"""A Go that builds nothing, first on a PATH of the test's own, and whoever builds with it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.environment import ROOT

SCRIPT = """\
#!/bin/sh
echo "$*" >> "$0.log"
case "$1" in
  env) cat "$0.settings"; exit;;
esac
env >> "$0.environment"
[ ! -e "$0.broken" ] || { echo "no such module" >&2; exit 3; }
while [ "$1" != -o ]; do shift || exit 0; [ $# -gt 0 ] || exit 0; done
touch "$0.started"
while [ -e "$0.held" ]; do sleep 0.02; done
echo program > "$2"
chmod +x "$2"
"""


@dataclass(frozen=True, slots=True)
class FakeGo:
    """Everything of it, and the cache of builds, is in *folder*."""

    folder: Path

    def install(self, version: str) -> None:
        """Put it on the PATH; its owner has set Go up in ways of their own."""
        program = self.folder / "bin" / "go"
        program.parent.mkdir()
        program.write_text(SCRIPT)
        program.chmod(0o700)
        self.file("settings").write_text(f'{{"GOVERSION": "{version}", "GOPROXY": "direct", "GOCACHE": ""}}')

    def file(self, name: str) -> Path:
        """One of its files: `log`, `environment`, `started`; `broken` and `held` say what it shall do."""
        return self.folder / "bin" / f"go.{name}"

    @property
    def builds(self) -> int:
        """How many programs it was asked to build."""
        return self.file("log").read_text().count(" -o ")

    @property
    def environment(self) -> dict[str, str]:
        """What a user with this Go has in their environment."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.defpath}"
        own = {"PATH": path, "HOME": str(self.folder), "GOFLAGS": "-race", "GOPROXY": "direct", "CGO_ENABLED": "1"}
        return own | {"PYTHONDONTWRITEBYTECODE": "1"}

    def make(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a build as `make test` does, with these variables besides."""
        return subprocess.Popen(  # noqa: S603 (our own module)
            [sys.executable, "-m", "local.controlplane.build", *arguments],
            cwd=ROOT,
            env=self.environment | variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

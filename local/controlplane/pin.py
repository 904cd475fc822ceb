"""Write go.mod and go.sum of the control plane anew: `python -m local.controlplane.pin v1.37.2 v3.7.0`.

k8s.io/kubernetes asks for its staging modules at v0.0.0, which nobody publishes; they are published as v0.x.y, so each
is replaced. Which modules they are, its own go.mod says.
"""

import json
import os
import re
import sys
from pathlib import Path

from local.controlplane.binaries import SOURCES
from local.controlplane.go import find_go

STAGED = re.compile(r"^\t(\S+) => \./staging/", re.MULTILINE)

GO_MOD = """\
module pitcrew/controlplane

{go}

require (
	go.etcd.io/etcd/server/v3 {etcd}
	k8s.io/kubernetes {kubernetes}
)

replace (
{replaces}
)
"""


def pin(*, kubernetes: str, etcd: str) -> None:
    """Pin both versions, written as v1.2.3, and all that they need."""
    go = find_go(os.environ)
    told = json.loads(go.run(["mod", "download", "-json", f"k8s.io/kubernetes@{kubernetes}"], folder=Path("/")))
    theirs = Path(told["GoMod"]).read_text(encoding="utf-8")
    staging = "v0" + kubernetes.removeprefix("v1")
    replaces = "\n".join(f"\t{module} => {module} {staging}" for module in STAGED.findall(theirs))
    language = next(line for line in theirs.splitlines() if line.startswith("go "))
    text = GO_MOD.format(go=language, etcd=etcd, kubernetes=kubernetes, replaces=replaces)
    (SOURCES / "go.mod").write_text(text, encoding="utf-8")
    (SOURCES / "go.sum").unlink(missing_ok=True)
    go.run(["mod", "tidy"])


if __name__ == "__main__":
    pin(kubernetes=sys.argv[1], etcd=sys.argv[2])

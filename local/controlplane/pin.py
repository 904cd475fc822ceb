"""Write what the modules of programs.py pin anew: `python -m local.controlplane.pin v1.37.2 v3.7.0 v4.13.0`.

Kubernetes, etcd, and where it is named the external-attacher.

k8s.io/kubernetes asks for its staging modules at v0.0.0, which nobody publishes; they are published as v0.x.y, so each
is replaced. Which modules they are, its own go.mod says.
"""

import json
import os
import re
import sys
from pathlib import Path

from local.controlplane.go import find_go
from local.controlplane.programs import ATTACHER, CONTROL_PLANE, CSI

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
    """Pin the control plane's two versions, written as v1.2.3, and all that they need."""
    go = find_go(os.environ)
    told = json.loads(go.run(["mod", "download", "-json", f"k8s.io/kubernetes@{kubernetes}"], folder=Path("/")))
    theirs = Path(told["GoMod"]).read_text(encoding="utf-8")
    staging = "v0" + kubernetes.removeprefix("v1")
    replaces = "\n".join(f"\t{module} => {module} {staging}" for module in STAGED.findall(theirs))
    language = next(line for line in theirs.splitlines() if line.startswith("go "))
    text = GO_MOD.format(go=language, etcd=etcd, kubernetes=kubernetes, replaces=replaces)
    (CONTROL_PLANE.sources / "go.mod").write_text(text, encoding="utf-8")
    (CONTROL_PLANE.sources / "go.sum").unlink(missing_ok=True)
    go.run(["mod", "tidy"], folder=CONTROL_PLANE.sources)


def pin_csi(*, attacher: str) -> None:
    """Pin the external-attacher, and what it needs; the other requirements of go.mod stay as they are."""
    go = find_go(os.environ)
    go.run(["get", "-tool", f"{ATTACHER}/cmd/csi-attacher@{attacher}"], folder=CSI.sources)
    go.run(["mod", "tidy"], folder=CSI.sources)


if __name__ == "__main__":
    pin(kubernetes=sys.argv[1], etcd=sys.argv[2])
    for version in sys.argv[3:]:
        pin_csi(attacher=version)

"""What is deployed: one stack, and in it a construct an automation."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# The handlers are imported here, and import what Lambda finds under /opt/python.
sys.path.extend(map(str, sorted(ROOT.glob("layers/*/python"))))

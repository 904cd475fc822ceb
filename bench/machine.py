"""The machine that the figures are of, without saying whose it is."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def described() -> dict[str, str]:
    """Return what makes figures comparable."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "CPU": f"{_cpu()}, {os.cpu_count()} cores",
        "memory": f"{memory:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "boto3": version("boto3"),
        "aws-lambda-powertools": version("aws-lambda-powertools"),
    }


def _cpu() -> str:
    """Return the model where the system tells it: Linux on ARM does not."""
    described_by_linux = Path("/proc/cpuinfo")
    lines = described_by_linux.read_text().splitlines() if described_by_linux.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()

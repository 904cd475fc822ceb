"""Set up a fresh clone: virtual environment, Python packages, CDK command line.

Runs on the machine's own Python before anything is installed: standard library only, and plain
enough (ASCII, no new syntax) for a Python that is too old to say so itself. A second run does nothing: the stamp holds
the hash of everything that decides what is installed.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
STAMP = os.path.join(VENV, "installed")
LOCKS = ("requirements/uv.txt", "requirements/dev.txt", "package-lock.json")
NEEDED_PYTHON = (3, 11)
NEEDED_NODE = 20


def main():
    """Install what is missing, a line a step, and stamp it."""
    if sys.version_info < NEEDED_PYTHON:
        sys.exit(
            "Pitcrew needs Python 3.11 or newer, and %s is %d.%d: install one, or name it with "
            "'make PYTHON=python3.13 ...'." % (sys.executable, sys.version_info[0], sys.version_info[1])
        )
    check_node()
    wanted = fingerprint()
    if installed() == wanted:
        return
    python = os.path.join(VENV, "bin", "python")
    uv = os.path.join(VENV, "bin", "uv")
    quiet_pip = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    step("virtual environment", [sys.executable, "-m", "venv", "--clear", VENV])
    step("uv", [python, "-m", "pip"] + quiet_pip + ["-r", "requirements/uv.txt"])
    # uv brings certificates of its own; a company's proxy is trusted by the machine alone.
    quiet_uv = ["pip", "sync", "--quiet", "--system-certs", "--require-hashes", "--python", python]
    step("Python packages", [uv] + quiet_uv + ["requirements/dev.txt"])
    step("CDK command line", ["npm", "ci", "--no-audit", "--no-fund", "--silent"])
    with open(STAMP, "w") as stamp:
        stamp.write(wanted)


def check_node():
    """Exit with one sentence where Node or npm is missing or Node is too old."""
    needs = "Pitcrew needs Node %d or newer with npm (the CDK command line runs on it)" % NEEDED_NODE
    if not shutil.which("node") or not shutil.which("npm"):
        sys.exit(needs + ", and this machine has no 'node' or no 'npm' on its PATH.")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.", version)
    if not found or int(found.group(1)) < NEEDED_NODE:
        sys.exit("%s, and 'node --version' says %s." % (needs, version.strip() or "nothing"))


def fingerprint():
    """Hash of the locks and of the Python that the environment is made with."""
    digest = hashlib.sha256(("%s %s" % (sys.version, ROOT)).encode())
    for lock in LOCKS:
        with open(os.path.join(ROOT, lock), "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def installed():
    """Return what the last complete installation was made from, or None."""
    if not os.path.isdir(os.path.join(ROOT, "node_modules")) or not os.path.exists(STAMP):
        return None
    with open(STAMP) as stamp:
        return stamp.read()


def step(name, command):
    """Run one step, and say what it is and how long it took; show its output where it fails."""
    sys.stdout.write("installing %s ... " % name)
    sys.stdout.flush()
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    sys.stdout.write("%.1f s\n" % (time.monotonic() - began))
    if done.returncode:
        sys.exit("%s\n'%s' failed with exit code %d." % (done.stdout, " ".join(command), done.returncode))


if __name__ == "__main__":
    main()

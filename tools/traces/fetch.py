"""Gets the traces that docs/traces.md describes, at pinned versions, and checks what came.

The list is manifest.csv: for each file its set (a folder), name, the SHA-256 and size of its content
unpacked, and the places it can be had from, tried in turn. Checksums are of the unpacked content,
since a server may pack the same content in other ways.
"""

import argparse
import csv
import gzip
import hashlib
import os
import pathlib
import sys
import tempfile
import urllib.error
import urllib.request

_COLUMNS = ["set", "file", "sha256", "bytes", "urls"]
_GZIP = b"\x1f\x8b"
_TIMEOUT_S = 60


class Failure(Exception):
    """A mistake or a missing file, in words for the person who called."""


def read_manifest(path):
    """The rows of a manifest as dictionaries."""
    try:
        with open(path, encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            if reader.fieldnames != _COLUMNS:
                raise Failure(f"{path}:1: got the columns {reader.fieldnames}, expected {_COLUMNS}")
            return list(reader)
    except OSError as error:
        raise Failure(f"{path}: cannot be read: {error.strerror}") from error


def unpacked(data):
    """The content of a file that may be packed with gzip."""
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise Failure(f"is a damaged gzip file ({error})") from error


def check(row, data):
    """Raises where the content of `data` is not the one that `row` tells."""
    content = unpacked(data)
    found = hashlib.sha256(content).hexdigest()
    if found != row["sha256"]:
        raise Failure(f"has the SHA-256 {found} ({len(content)} bytes), "
                      f"expected {row['sha256']} ({row['bytes']} bytes)")


def download(url):
    """The bytes at `url`."""
    try:
        with urllib.request.urlopen(url, timeout=_TIMEOUT_S) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        raise Failure(f"{url}: the server answered {error.code} {error.reason}") from error
    except (urllib.error.URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise Failure(f"{url}: cannot be reached ({reason}); is there a network?") from error


def packed_as(name, data):
    """`data` as a file of that name has it: packed where it ends in .gz, with bits that repeat."""
    if name.endswith(".gz") == data.startswith(_GZIP):
        return data
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else unpacked(data)


def write(path, data):
    """Writes a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    os.chmod(name, 0o644)
    os.replace(name, path)


def is_there(row, path):
    """Whether a good copy is at `path`."""
    if not path.is_file():
        return False
    try:
        check(row, path.read_bytes())
    except Failure:
        return False
    return True


def fetch(row, folder):
    """Gets one file into `folder`/set/file; the word for what was done."""
    path = folder / row["set"] / row["file"]
    if is_there(row, path):
        return "there already"
    troubles = []
    for url in row["urls"].split():
        try:
            data = download(url)
            try:
                check(row, data)
            except Failure as error:
                raise Failure(f"{url}: {error}") from error
            write(path, packed_as(row["file"], data))
            return "fetched"
        except Failure as error:
            troubles.append(str(error))
    raise Failure(f"{path}: not fetched:\n  " + "\n  ".join(troubles))


def verify(row, folder):
    """Checks one file; the word for what was found."""
    path = folder / row["set"] / row["file"]
    if not path.is_file():
        raise Failure(f"{path}: is not there")
    try:
        check(row, path.read_bytes())
    except Failure as error:
        raise Failure(f"{path}: {error}") from error
    return "right"


def parse(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools/fetch_traces", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        help="where the sets go, a folder each")
    parser.add_argument("sets", nargs="*", help="the sets to get; all of them where none is named")
    parser.add_argument("--list", action="store_true", help="lists the files (of the named sets) and where they come from")
    parser.add_argument("--verify", action="store_true", help="only checks what is in the folder")
    parser.add_argument("--manifest", type=pathlib.Path, help="another list of files",
                        default=pathlib.Path(__file__).with_name("manifest.csv"))
    return parser.parse_args(arguments)


def chosen(rows, sets):
    """The rows of the named sets."""
    known = sorted({row["set"] for row in rows})
    for name in sets:
        if name not in known:
            raise Failure(f"got the set '{name}', expected some of: {', '.join(known)}")
    return [row for row in rows if not sets or row["set"] in sets]


def run(arguments, out=sys.stdout):
    """The program; returns its exit status."""
    options = parse(arguments)
    if options.list and options.folder is not None:
        options.sets.insert(0, str(options.folder))
    rows = chosen(read_manifest(options.manifest), options.sets)
    if options.list:
        for row in rows:
            print(f"{row['set']}/{row['file']}  {int(row['bytes']):,} bytes  sha256 {row['sha256']}",
                  *row["urls"].split(), sep="\n    ", file=out)
        return 0
    if options.folder is None:
        raise Failure("got no folder, expected tools/fetch_traces FOLDER [SET...] (or --list)")
    failures = 0
    for row in rows:
        try:
            word = (verify if options.verify else fetch)(row, options.folder)
            print(f"{row['set']}/{row['file']}: {word}", file=out)
        except Failure as error:
            failures += 1
            print(error, file=sys.stderr)
    if failures:
        print(f"{failures} of {len(rows)} files are not there or not right", file=sys.stderr)
    return 2 if failures else 0


def main():
    """Entry point of tools/fetch_traces."""
    try:
        sys.exit(run(sys.argv[1:]))
    except Failure as error:
        print(error, file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()

"""tools/fetch_traces against files on this machine."""

import contextlib
import csv
import gzip
import hashlib
import io
import os
import pathlib
import tempfile
import unittest

from tools.traces import fetch

_CONTENT = b"name,cpu_milli\npod-a,4000\n"


class FetchTest(unittest.TestCase):

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.server = self.root / "server"
        self.server.mkdir()
        self.target = self.root / "traces"
        self.rows = []

    def offer(self, name, content=_CONTENT, file="pods.csv.gz", data_set="openb", real=None):
        """A file on the server and its row, with the checksum of `real` or of `content`."""
        path = self.server / name
        path.write_bytes(content)
        plain = real or (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content)
        self.rows.append([data_set, file, hashlib.sha256(plain).hexdigest(), len(plain),
                          path.as_uri()])

    def run_fetch(self, *arguments):
        """Status, standard output and standard error of a call."""
        manifest = self.root / "manifest.csv"
        with open(manifest, "w", encoding="utf-8", newline="") as lines:
            writer = csv.writer(lines)
            writer.writerow(["set", "file", "sha256", "bytes", "urls"])
            writer.writerows(self.rows)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stderr(err):
            status = fetch.run(["--manifest", str(manifest), *arguments], out)
        return status, out.getvalue(), err.getvalue()

    def test_packs_a_plain_file_under_its_name_in_its_folder(self):
        self.offer("pods.csv")
        status, out, _ = self.run_fetch(str(self.target))
        self.assertEqual((status, out), (0, "openb/pods.csv.gz: fetched\n"))
        data = (self.target / "openb" / "pods.csv.gz").read_bytes()
        self.assertEqual(gzip.decompress(data), _CONTENT)

    def test_keeps_a_packed_file_and_unpacks_where_the_name_is_plain(self):
        packed = gzip.compress(_CONTENT, mtime=7)
        self.offer("a.gz", packed, "a.swf.gz", "swf")
        self.offer("b.gz", packed, "b.swf", "swf")
        self.assertEqual(self.run_fetch(str(self.target))[0], 0)
        self.assertEqual((self.target / "swf" / "a.swf.gz").read_bytes(), packed)
        self.assertEqual((self.target / "swf" / "b.swf").read_bytes(), _CONTENT)

    def test_a_second_call_fetches_nothing(self):
        self.offer("pods.csv")
        self.run_fetch(str(self.target))
        (self.server / "pods.csv").unlink()
        self.assertEqual(self.run_fetch(str(self.target))[1],
                         "openb/pods.csv.gz: there already\n")

    def test_a_wrong_checksum_leaves_no_file_and_tells_both_sums(self):
        self.offer("pods.csv", b"changed\n", real=_CONTENT)
        status, _, err = self.run_fetch(str(self.target))
        self.assertEqual(status, 2)
        self.assertIn("pods.csv: has the SHA-256 " + hashlib.sha256(b"changed\n").hexdigest(), err)
        self.assertIn("expected " + hashlib.sha256(_CONTENT).hexdigest(), err)
        self.assertFalse(os.path.exists(self.target / "openb" / "pods.csv.gz"))

    def test_a_second_place_is_tried(self):
        self.offer("pods.csv")
        self.rows[0][4] = (self.server / "gone.csv").as_uri() + " " + self.rows[0][4]
        self.assertEqual(self.run_fetch(str(self.target))[0], 0)

    def test_says_that_there_may_be_no_network(self):
        self.offer("pods.csv")
        (self.server / "pods.csv").unlink()
        status, _, err = self.run_fetch(str(self.target))
        self.assertEqual(status, 2)
        self.assertIn("cannot be reached", err)
        self.assertIn("is there a network?", err)
        self.assertIn("1 of 1 files are not there or not right", err)

    def test_a_damaged_packed_file_is_not_taken(self):
        self.offer("pods.gz", gzip.compress(_CONTENT))
        path = self.server / "pods.gz"
        path.write_bytes(path.read_bytes()[:-6])
        status, _, err = self.run_fetch(str(self.target))
        self.assertEqual(status, 2)
        self.assertIn("damaged gzip", err)

    def test_verify_finds_what_is_missing_and_what_was_changed(self):
        self.offer("pods.csv")
        self.assertIn("is not there", self.run_fetch("--verify", str(self.target))[2])
        self.run_fetch(str(self.target))
        self.assertEqual(self.run_fetch("--verify", str(self.target))[:2],
                         (0, "openb/pods.csv.gz: right\n"))
        (self.target / "openb" / "pods.csv.gz").write_bytes(gzip.compress(b"other\n"))
        status, _, err = self.run_fetch("--verify", str(self.target))
        self.assertEqual(status, 2)
        self.assertIn("has the SHA-256", err)

    def test_gets_the_sets_that_are_named(self):
        self.offer("pods.csv")
        self.offer("a.swf", file="a.swf", data_set="swf")
        self.assertEqual(self.run_fetch(str(self.target), "swf")[1], "swf/a.swf: fetched\n")
        with self.assertRaisesRegex(fetch.Failure, "got the set 'swt', expected some of: openb, swf"):
            self.run_fetch(str(self.target), "swt")

    def test_lists_without_a_folder(self):
        self.offer("pods.csv")
        out = self.run_fetch("--list")[1]
        self.assertIn("openb/pods.csv.gz  26 bytes  sha256 ", out)
        self.assertEqual(out, self.run_fetch("--list", "openb")[1])
        with self.assertRaisesRegex(fetch.Failure, "got the set 'swf'"):
            self.run_fetch("--list", "swf")
        with self.assertRaisesRegex(fetch.Failure, "got no folder"):
            self.run_fetch()

    def test_a_strange_manifest_is_named(self):
        path = self.root / "odd.csv"
        path.write_text("a,b\n1,2\n", encoding="utf-8")
        with self.assertRaisesRegex(fetch.Failure, "odd.csv:1: got the columns"):
            fetch.run(["--manifest", str(path), "--list"], io.StringIO())


class ManifestTest(unittest.TestCase):

    def test_every_file_has_a_checksum_and_a_pinned_place(self):
        rows = fetch.read_manifest(pathlib.Path(fetch.__file__).with_name("manifest.csv"))
        self.assertEqual({row["set"] for row in rows},
                         {"azure-llm-2023", "gavel", "mooncake", "openb", "philly", "swf"})
        for row in rows:
            self.assertRegex(row["sha256"], "^[0-9a-f]{64}$")
            self.assertGreater(int(row["bytes"]), 0)
            for url in row["urls"].split():
                self.assertRegex(url, "^https://(raw.githubusercontent.com/[^/]+/[^/]+/[0-9a-f]{40}/"
                                      "|www.cs.huji.ac.il/labs/parallel/workload/l_)")

    def test_the_real_traces_are_the_ones_listed(self):
        folder = os.environ.get("ORRERY_TRACES")
        if not folder:
            self.skipTest("ORRERY_TRACES is not set: the real traces are absent")
        out = io.StringIO()
        self.assertEqual(fetch.run(["--verify", folder], out), 0, out.getvalue())


if __name__ == "__main__":
    unittest.main()

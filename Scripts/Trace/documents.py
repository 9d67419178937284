"""Reads hazards, faults, requirements and alarms from Docs/Requirements, through StrictDoc."""
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field


class DocumentsUnreadable(Exception):
    """StrictDoc refused the documents; the text is what it said."""


@dataclass
class Node:
    """One hazard, fault, requirement or alarm: its fields by name, and what it relates to."""

    kind: str
    uid: str
    title: str
    document: str
    fields: dict
    # (role, uid)
    relations: list = field(default_factory=list)

    def related(self, role):
        """The ids that it relates to in this role."""
        return [uid for r, uid in self.relations if r == role]

    @property
    def status(self):
        return self.fields.get("STATUS", "")

    @property
    def reason(self):
        return self.fields.get("REASON", "").strip()


class Documents:
    """Everything in Docs/Requirements."""

    def __init__(self, nodes):
        self.nodes = {node.uid: node for node in nodes}

    def of(self, kind):
        """The nodes of one kind, in the order of their ids."""
        return sorted((n for n in self.nodes.values() if n.kind == kind), key=lambda n: n.uid)


def read(root):
    """The documents under `root`; throws DocumentsUnreadable."""
    with tempfile.TemporaryDirectory() as folder:
        strictdoc(root, folder, "json", documents_only=True)
        with open(os.path.join(folder, "json", "index.json"), encoding="utf-8") as file:
            content = json.load(file)
    nodes = []
    for document in content["DOCUMENTS"]:
        collect(document, document["TITLE"], nodes)
    return Documents(nodes)


def collect(parent, document, nodes):
    """Appends the nodes below `parent`."""
    for node in parent.get("NODES", []):
        if node.get("UID") and node["_NODE_TYPE"] != "TEXT":
            fields = {k: v.strip() for k, v in node.items() if isinstance(v, str) and k[0] != "_"}
            relations = [(r.get("ROLE", ""), r["VALUE"]) for r in node.get("RELATIONS", [])
                         if r["TYPE"] == "Parent"]
            nodes.append(Node(node["_NODE_TYPE"], node["UID"], node.get("TITLE", ""), document,
                              fields, relations))
        collect(node, document, nodes)


def strictdoc(root, output, formats, documents_only=False):
    """Runs StrictDoc over the documents; throws DocumentsUnreadable with what it answers."""
    environment = dict(os.environ)
    if documents_only:
        environment["TRACE_DOCUMENTS_ONLY"] = "1"
    program = os.path.join(os.path.dirname(sys.executable), "strictdoc")
    ran = subprocess.run(
        [program, "export", "Docs/Requirements", "--output-dir", output, "--formats", formats]
        # A dozen documents are read sooner by one process than by several.
        + (["--no-parallelization"] if documents_only else []),
        cwd=root, env=environment, capture_output=True, text=True)
    if ran.returncode != 0:
        said = [line for line in (ran.stdout + ran.stderr).splitlines()
                if "error source" not in line
                and ("rror" in line or line.startswith(("Location", "Hint")))]
        raise DocumentsUnreadable("; ".join(said[:4]) or "StrictDoc ended without a word")

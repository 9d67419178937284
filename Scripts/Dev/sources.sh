# Takes the portable core's sources out of a record and builds them.
#
#   Scripts/sources --try RECORD
if [ "$#" -ne 2 ] || [ "$1" != --try ]; then
  usage
fi
record="$2"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
.venv/bin/python - "$record" "$folder" <<'PYTHON'
import hashlib, io, json, sys, tarfile
import zstandard
from mcap.reader import make_reader

record, folder = sys.argv[1:]
with open(record, "rb") as file:
    attached = {a.name: a.data for a in make_reader(file, validate_crcs=True).iter_attachments()}
tar = zstandard.ZstdDecompressor().decompressobj().decompress(attached["core-sources.tar.zst"])
stated = json.loads(attached["build.json"])["core_sources"]["sha256"]
if hashlib.sha256(tar).hexdigest() != stated:
    sys.exit("the archive is not the one that build.json names")
safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
tarfile.open(fileobj=io.BytesIO(tar)).extractall(folder, **safely)
PYTHON
"$swift" build --package-path "$folder/trumpet-core"

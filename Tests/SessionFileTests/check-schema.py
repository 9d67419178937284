"""Checks session files against the schema, without any of the program's own code.

usage: check-schema.py SCHEMA FILE...

Prints a line for each file: `taken FILE` or `refused FILE`.
"""
import json
import sys

import jsonschema
import yaml

schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
for path in sys.argv[2:]:
    try:
        # BaseLoader: every scalar is text, as session files mean it.
        value = yaml.load(open(path, encoding="utf-8"), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        print("refused", path)
        continue
    error = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if error:
        print(path, error.json_path, error.message[:300], file=sys.stderr)
    print("refused" if error else "taken", path)

"""Checks session files against the schema, without any of the program's own code.

usage: check-schema.py SCHEMA FILE...
       check-schema.py --events SCHEMA FILE    each line of FILE is an event

Prints a line for each file, or event: `taken FILE` or `refused FILE`.
"""
import json
import sys

import jsonschema
import yaml


def check(validator, name, text):
    """Prints what the schema says of one text."""
    try:
        # BaseLoader: every scalar is text, as session files mean it.
        value = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        print("refused", name)
        return
    error = next(validator.iter_errors(value), None)
    if error:
        print(name, error.json_path, error.message[:300], file=sys.stderr)
    print("refused" if error else "taken", name)


arguments = sys.argv[1:]
is_events = arguments[0] == "--events"
if is_events:
    arguments = arguments[1:]
schema = json.load(open(arguments[0], encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
if is_events:
    event = {"$defs": schema["$defs"], **schema["properties"]["events"]["items"]}
    with open(arguments[1], encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            check(jsonschema.Draft202012Validator(event), number, line)
else:
    for path in arguments[1:]:
        with open(path, encoding="utf-8") as file:
            check(jsonschema.Draft202012Validator(schema), path, file.read())

"""Reads JUnit files with junitparser and checks them with libxml2. Arguments: a schema, then files.

Prints one JSON line per file: what a CI server would show, and the schema's complaints.
"""

import json
import sys

from junitparser import JUnitXml
from lxml import etree

schema = etree.XMLSchema(etree.parse(sys.argv[1]))
for name in sys.argv[2:]:
    tree = etree.parse(name)
    schema.validate(tree)
    xml = JUnitXml.fromfile(name)
    cases = [
        {
            "name": case.name,
            "classname": case.classname,
            "result": [type(one).__name__ for one in case.result],
            "type": [one.type for one in case.result],
            "text": [one.text for one in case.result],
        }
        for suite in xml
        for case in suite
    ]
    properties = {one.name: one.value for suite in xml for one in suite.properties()}
    counts = [xml.tests, xml.failures, xml.errors]
    complaints = [str(error) for error in schema.error_log]
    print(json.dumps({"counts": counts, "cases": cases, "properties": properties, "complaints": complaints}))

"""Validates a workbook against Tableau's XSD files, then reads it with Tableau's Document API. Prints JSON.

Usage: check_workbook.py WORKBOOK XSD...
"""

import json
import sys

from lxml import etree
from tableaudocumentapi import Workbook

USER = "http://www.tableausoftware.com/xml/user"
XML = "http://www.w3.org/XML/1998/namespace"
XS = "http://www.w3.org/2001/XMLSchema"

# Tableau publishes no schema for two namespaces that the files import.
IMPORTED = {
    USER: f'<xs:schema xmlns:xs="{XS}" targetNamespace="{USER}"><xs:attributeGroup name="UserAttributes-AG">'
    '<xs:anyAttribute namespace="##any" processContents="lax"/></xs:attributeGroup></xs:schema>',
    XML: f'<xs:schema xmlns:xs="{XS}" targetNamespace="{XML}"><xs:attribute name="base" type="xs:anyURI"/></xs:schema>',
}


class ImportedSchemas(etree.Resolver):
    def resolve(self, url, public_id, context):
        return self.resolve_string(IMPORTED[url], context) if url in IMPORTED else None


def read_schema(path):
    parser = etree.XMLParser()
    parser.resolvers.add(ImportedSchemas())
    tree = etree.parse(path, parser)
    for element in tree.iter(f"{{{XS}}}import"):
        element.set("schemaLocation", element.get("namespace"))
    with_locations = etree.fromstring(etree.tostring(tree), parser)
    return etree.XMLSchema(with_locations)


def main(workbook, *schemas):
    document = etree.parse(workbook)
    faults = []
    for path in schemas:
        schema = read_schema(path)
        schema.validate(document)
        faults += [f"line {error.line}: {error.message}" for error in schema.error_log]
    read = Workbook(workbook)
    source = read.datasources[0]
    connection = source.connections[0]
    print(
        json.dumps(
            {
                "faults": faults,
                "worksheets": read.worksheets,
                "dashboards": read.dashboards,
                "fields": len(source.fields),
                "connection": [connection.dbclass, connection.dbname, connection.username],
            }
        )
    )


main(*sys.argv[1:])

"""Parses a JSON list of SQL statements from standard input with sqlglot's grammar for Redshift.

sqlglot accepts much that only other databases have, so it prints for each statement what it consists of, as {"constructs": [...]}: kinds of
expressions, with the arguments of those that differ between databases, and functions that it has no kind for. Or it prints {"error": "..."}.
"""
import json
import sys

import sqlglot
from sqlglot import exp

DIFFERING = (exp.Star, exp.Group, exp.Join, exp.Order, exp.Ordered, exp.Select)


def name_of(node):
    if isinstance(node, exp.Anonymous):
        return node.name.upper()
    kind = type(node).__name__
    if not isinstance(node, DIFFERING):
        return kind
    present = sorted(name for name, value in node.args.items() if value)
    return f"{kind}({', '.join(present)})"


def describe(sql):
    try:
        tree = sqlglot.parse_one(sql, read="redshift", error_level=sqlglot.ErrorLevel.RAISE)
    except sqlglot.errors.ParseError as error:
        return {"error": str(error)}
    return {"constructs": sorted({name_of(node) for node in tree.walk()})}


json.dump([describe(sql) for sql in json.load(sys.stdin)], sys.stdout)

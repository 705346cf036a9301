"""Starts moto on a free port, as `moto_server` does, but answers one request after another.

moto changes an item of a table in several steps, and a read in between returns half of the change. DynamoDB's changes are atomic.
"""

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

run_simple("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)

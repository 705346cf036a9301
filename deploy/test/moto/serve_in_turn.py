"""Starts moto on a free port, as `moto_server` does, but answers one request after another.

moto updates a DynamoDB item in several steps, so a concurrent read could return a partial update. In AWS, updates are atomic.
"""

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

run_simple("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=False)

"""A complete, conformant reference backend of the content API, served over HTTP or ASGI.

Start with :func:`sandbox.backend.build_backend`, :func:`sandbox.app.create_app` and :func:`sandbox.server.serve`.
"""

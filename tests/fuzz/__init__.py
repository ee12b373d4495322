"""Requests made from our own OpenAPI documents by schemathesis, well-formed and malformed: no 5xx, nothing undocumented."""

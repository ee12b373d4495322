"""The operator's command line: ``python -m scripts.operate`` (docs/operating.md)."""

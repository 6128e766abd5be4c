"""A real Home Assistant, a fake Tesla cloud and a real browser, to be driven by code.

`scripts/demo`, the process tests and the browser tests stand on the same pieces.
"""

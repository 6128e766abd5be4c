"""The internet in a box: names, certificates and web servers that go wrong on demand.

It knows nothing of the integration. Connections only ever go to this machine.
"""

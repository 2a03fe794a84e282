"""Talks HTTP to LM Studio and its kin: discovery, model choice, streaming, error classes.

Knows nothing of deliverables. `Client` is the one public way in; what it takes and gives is in
`types`.
"""

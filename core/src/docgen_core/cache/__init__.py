"""Answers kept across folders: the same request is not sent twice, and damage is only a miss."""

from docgen_core.cache.answers import AnswerCache
from docgen_core.cache.folder import AnswerFolder, Contents

__all__ = ["AnswerCache", "AnswerFolder", "Contents"]

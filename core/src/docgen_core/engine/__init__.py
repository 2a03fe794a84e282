"""Plans, schedules, asks and merges. Knows neither the command line nor any deliverable by name."""

from docgen_core.engine.engine import OrchestrationEngine
from docgen_core.engine.inspection import Preview, TemplateValidation
from docgen_core.engine.modes import ModeContext
from docgen_core.engine.plan import Plan
from docgen_core.engine.prompt import PromptContext, PromptGenerator
from docgen_core.engine.quick import quick_generate
from docgen_core.engine.result import OrchestrationResult

__all__ = [
    "ModeContext",
    "OrchestrationEngine",
    "OrchestrationResult",
    "Plan",
    "Preview",
    "PromptContext",
    "PromptGenerator",
    "TemplateValidation",
    "quick_generate",
]

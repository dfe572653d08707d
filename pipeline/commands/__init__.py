"""What a person can ask for, by subject, one function each. Words on the screen are the command line's business."""

from pipeline.commands.documents import find, retry, status
from pipeline.commands.exports import export, export_to
from pipeline.commands.forecasts import forecast_redo, forecast_run, must_be_asked
from pipeline.commands.runs import Order, Result, redo, run
from pipeline.commands.watching import watch

__all__ = [
    "Order",
    "Result",
    "export",
    "export_to",
    "find",
    "forecast_redo",
    "forecast_run",
    "must_be_asked",
    "redo",
    "retry",
    "run",
    "status",
    "watch",
]

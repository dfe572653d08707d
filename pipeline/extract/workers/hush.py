"""Imported by the server that forks readers, and by nobody else: what is said there reaches no screen.

Where the machine has no room to fork, or a reader cannot begin, Python says so in tracebacks of its own. We say it in words.
"""

import os

_nowhere = os.open(os.devnull, os.O_WRONLY)
os.dup2(_nowhere, 2)
os.close(_nowhere)

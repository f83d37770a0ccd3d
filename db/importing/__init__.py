"""Customers and people from CSV files into the directory: all of a file or nothing of it, and again without harm.

A row is known by its id: a new id adds, a known one changes. Columns that the file does not have stay as they were, and
so does whoever the file does not have, unless removal is asked for. `docs/directory.md` has the columns.
"""

from db.importing.customers import import_customers
from db.importing.people import import_people
from db.importing.report import Mistake, Progress, Report

__all__ = ["Mistake", "Progress", "Report", "import_customers", "import_people"]

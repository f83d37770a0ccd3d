"""Statistics: what the calls of a day, a week or a month come to (D25, D-VI, T3). Pure: rows in, figures out.

A room of its own because it counts the register's rows (`db.records`), of which `routing` knows nothing, and because
the command line, the engine's nightly file and whoever shows figures elsewhere need the same ones. It reads nothing by
itself, has no clock, and imports of `db` nothing but those rows.

A figure is a sum of parts, and each part comes from one call (`reports.parts`). So the calls behind a figure are found
by the same rule by which it was counted, and sums cannot disagree. Parts are whole numbers: calls, or microseconds.
"""

"""The waiting line: who is offered whom, decided from who waits, how things stand with everybody, and the time.

Like the rest of `routing` it acts on nothing. The engine's line (`ari_app.calls.waiting`) and the bench, with a clock
of its own, drive the same `Line`; the stand-in, which has no line, asks `reach` alone.

=============  =========================================================
module         what it decides
=============  =========================================================
`stages`       how a line widens, as values
`reach`        whom a caller may be offered by now
`choosing`     who of the free ones is next
`announcing`   what a waiting caller is told, and when
`closing`      when a wait ends that nobody ended
`expecting`    how long a caller will wait, by what was measured
`line`         in which order the callers are gone through, and the offers
=============  =========================================================
"""

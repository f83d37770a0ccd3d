"""What the bench reads of processes from the kernel; the tests' own process is the one that is looked at."""

import os

from bench.processes import cpu_seconds, ended_children_seconds, memory_kibibytes, tree

NOBODY = 2**22 + 1
"""No process has such an id: it is beyond the kernel's greatest."""


def test_who_descends_from_a_process_belongs_to_its_tree() -> None:
    assert tree(os.getppid()) >= {os.getppid(), os.getpid()}


def test_whoever_is_left_out_is_left_out_with_its_descendants() -> None:
    assert os.getpid() not in tree(os.getppid(), but=[os.getpid()])
    assert tree(os.getppid(), but=[os.getppid()]) == set()


def test_work_is_counted_for_the_process_that_did_it() -> None:
    before = cpu_seconds([os.getpid()])
    sum(range(200_000))
    assert cpu_seconds([os.getpid()]) > before


def test_every_process_has_memory() -> None:
    assert memory_kibibytes([os.getpid()]) > 1024


def test_who_has_ended_uses_nothing() -> None:
    assert (cpu_seconds([NOBODY]), ended_children_seconds(NOBODY), memory_kibibytes([NOBODY])) == (0, 0, 0)

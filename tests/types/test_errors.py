"""Errors and their exit codes."""

from kalette.types import worst_exit_code


def test_a_failure_outranks_a_missed_target_and_that_a_skipped_file():
    assert worst_exit_code({98, 99}) == 99
    assert worst_exit_code({98, 99, 1}) == 1
    assert worst_exit_code({2}) == 2
    assert worst_exit_code(set()) == 0

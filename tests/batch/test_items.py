"""The images of a plan: their order, random access, copies, and room for their database."""

import copy
import pickle
import subprocess
import sys

import pytest

from kalette.batch import Item
from kalette.batch.items import Items

NEVER_SPILLED = """
import resource
from kalette import WriteError
from kalette.batch.items import Item, Items
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    Items(Item("photos", f"{number:06}.jpg", f"{number:06}.png", 1, "1", 1) for number in range(20_000))
except WriteError as error:
    print(error)
"""


def item(name, modified_ns=1):
    return Item("photos", f"{name}.jpg", f"{name}.png", 9, str(modified_ns), modified_ns)


def names(items):
    return [each.output.removesuffix(".png") for each in items]


def test_items_are_in_the_order_of_the_key_and_those_of_equal_keys_in_the_order_given():
    given = [item(name) for name in ("b2", "a1", "c1", "a2", "b1")]
    assert names(Items(given)) == ["b2", "a1", "c1", "a2", "b1"]
    assert names(Items(given, lambda each: each.output[1:2].encode())) == ["a1", "c1", "b1", "b2", "a2"]


def test_items_are_a_sequence_as_a_tuple_is():
    given = tuple(item(f"{number:04}") for number in range(3000))
    items = Items(iter(given), lambda each: each.output.encode())
    assert len(items) == 3000
    assert tuple(items) == given
    assert items[0] == given[0]
    assert items[-1] == given[-1]
    assert items[5:3000:700] == given[5:3000:700]
    assert items[:0] == ()
    assert item("2999") in items
    assert list(reversed(items)) == list(reversed(given))
    with pytest.raises(IndexError):
        items[3000]
    assert not Items()


def test_two_readers_do_not_disturb_each_other():
    items = Items(item(f"{number:04}") for number in range(1000))
    assert all(first == second for first, second in zip(items, items, strict=True))
    assert [items[place] for place, _ in enumerate(items)] == list(items)


def test_names_that_are_no_unicode_and_times_after_2262_are_kept():
    odd = item("caf\udce9", modified_ns=1 << 64)
    assert list(Items([odd])) == [odd]


@pytest.mark.parametrize(
    "copied", [lambda items: pickle.loads(pickle.dumps(items)), copy.copy, copy.deepcopy]
)
def test_copies_are_equal_and_live_longer(copied):
    items = Items(item(name) for name in "abc")
    made = copied(items)
    assert made == items
    assert hash(made) == hash(items)
    del items
    assert names(made) == ["a", "b", "c"]
    assert made != Items([item("a")])
    assert made != Items(map(item, "abd"))
    assert made != ["a", "b", "c"]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_without_room_for_the_database_there_is_one_sentence():
    done = subprocess.run([sys.executable, "-c", NEVER_SPILLED], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("the temporary database of the batch cannot be written (")
    assert "make room, or name another folder" in done.stdout
    assert done.stderr == ""

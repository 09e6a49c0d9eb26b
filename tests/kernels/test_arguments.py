"""Compiled kernels refuse an array or agree with the reference; they never read out of bounds."""

from typing import Any

import numpy as np
import pytest

from kalette.kernels import reference
from kernel_cases import CASES, Case, assert_same, point_cases, refusal

_native = pytest.importorskip("kalette.kernels._native")


EACH_CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
EACH_ARRAY = pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES.values() for name in case.arrays],
    ids=[f"{title}-{name}" for title, case in CASES.items() for name in case.arrays],
)


def test_every_kernel_has_a_case():
    assert {case.kernel for case in CASES.values()} == set(reference.__all__) - {"CHUNK", "INSTRUCTION_SET"}


@EACH_CASE
def test_every_case_gives_the_same_bits_native_and_in_the_reference(case):
    assert_same(case.run(reference), case.run(_native))


def unaligned(array: np.ndarray) -> np.ndarray:
    bytes_ = np.zeros(array.nbytes + 1, np.uint8)
    bytes_[1:] = np.frombuffer(array.tobytes(), np.uint8)
    moved = bytes_[1:].view(array.dtype).reshape(array.shape)
    assert array.itemsize == 1 or not moved.flags.aligned
    return moved


@EACH_ARRAY
def test_unaligned_arrays_are_refused_unless_of_bytes(case, name):
    moved = unaligned(case.arrays[name])
    if moved.itemsize == 1:
        assert_same(case.run(reference), case.run(_native, **{name: moved}))
    else:
        text = refusal(case, _native, **{name: moved})
        assert text == (
            f"an array does not begin at a multiple of the {moved.itemsize} bytes of its numbers; "
            "pass a copy of it"
        )


@EACH_ARRAY
def test_read_only_arrays_are_accepted(case, name):
    array = case.arrays[name].copy()
    array.flags.writeable = False
    assert_same(case.run(reference), case.run(_native, **{name: array}))


@EACH_ARRAY
def test_arrays_of_another_layout_are_refused(case, name):
    array = case.arrays[name]
    wrong = [
        np.repeat(array, 2, axis=-1)[..., ::2],  # every other number
        array[::-1],  # strides below zero
        np.broadcast_to(array[:1], array.shape),  # strides of zero: one row repeated
        array[None],
    ]
    if array.ndim > 1:
        wrong += [np.asfortranarray(array), array[0]]
    for other in wrong:
        with pytest.raises(TypeError, match="incompatible function arguments"):
            case.run(_native, **{name: other})


@EACH_ARRAY
def test_arrays_of_another_type_are_refused(case, name):
    array = case.arrays[name]
    swapped = array.astype(array.dtype.newbyteorder(">"))
    wrong: list[Any] = [
        array.astype(np.complex128),
        array.astype(object),
        array.astype(bool),
        array.tolist(),
        None,
    ]
    takes_both = "fd" if case.kernel == "split_clusters" and name == "points" else ""
    wrong += [
        array.astype(other)
        for other in "bhilBHILefdg"
        if np.dtype(other) != array.dtype and other not in takes_both
    ]
    if array.itemsize > 1:
        wrong.append(swapped)
    for other in wrong:
        with pytest.raises(TypeError, match="incompatible function arguments"):
            case.run(_native, **{name: other})


@EACH_ARRAY
def test_arrays_of_another_length_get_the_answer_of_the_reference(case, name):
    array = case.arrays[name]
    for axis in range(array.ndim):
        for other in (np.concatenate([array, array], axis), array.take(range(array.shape[axis] - 1), axis)):
            assert_same_answer(case, **{name: np.ascontiguousarray(other)})


@EACH_ARRAY
def test_empty_arrays_get_the_answer_of_the_reference(case, name):
    array = case.arrays[name]
    for axis in range(array.ndim):
        shape = tuple(0 if i == axis else size for i, size in enumerate(array.shape))
        assert_same_answer(case, **{name: np.zeros(shape, array.dtype)})


@EACH_CASE
def test_zero_pixels_or_points_get_the_answer_of_the_reference(case):
    rows = {"pixels", "indices", "original", "result", "points", "weights", "labels", "strengths"}
    if case.kernel == "map_colors":
        rows.remove("labels")
    if case.kernel == "oklab":
        rows.add("colors")
    assert_same_answer(case, **{name: case.arrays[name][:0] for name in case.arrays if name in rows})


def assert_same_answer(case: Case, **changed: Any) -> None:
    """The same bits or the same sentence."""
    try:
        expected = case.run(reference, **changed)
    except ValueError as error:
        assert refusal(case, _native, **changed) == str(error)
    else:
        assert_same(expected, case.run(_native, **changed))


@EACH_ARRAY
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_or_passed_through(case, name, value):
    array = case.arrays[name]
    if array.dtype.kind != "f":
        pytest.skip("whole numbers are finite")
    changed = array.copy()
    changed.flat[array.size // 2] = value
    if case.kernel == "pairwise_squared_distances" and name == "points":  # other points keep their distances
        with np.errstate(invalid="ignore"):
            assert_same(case.run(reference, points=changed), case.run(_native, points=changed))
        return
    text = refusal(case, _native, **{name: changed})
    assert text == refusal(case, reference, **{name: changed})
    assert name.replace("centers", "centroids") in text


@pytest.mark.parametrize("place", range(40))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nan_and_infinity_are_found_at_every_place(place, dtype):
    for case in point_cases(dtype):
        for name in ("points", "weights"):
            if name not in case.arrays or case.kernel == "pairwise_squared_distances":
                continue
            changed = case.arrays[name].copy()
            changed[place] = np.nan if place % 2 else np.inf
            assert f"{name} hold NaN or infinity" in refusal(case, _native, **{name: changed})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_squares_that_overflow_give_the_bits_of_the_reference(dtype):
    huge = np.finfo(dtype).max / 3
    with np.errstate(over="ignore", invalid="ignore"):
        for case in point_cases(dtype):
            points = case.arrays["points"].copy()
            points[3] = huge
            assert_same(case.run(reference, points=points), case.run(_native, points=points))


@EACH_CASE
@pytest.mark.parametrize("threads", [0, -1, -(2**31)])
def test_less_than_one_thread_is_refused(case, threads):
    if "threads" in case.numbers:
        text = refusal(case, _native, threads=threads)
        assert text == refusal(case, reference, threads=threads)
        assert text == f"threads is {threads}; it must be at least 1"


@EACH_CASE
def test_more_threads_than_work_give_the_same_bits(case):
    if "threads" in case.numbers:
        assert_same(case.run(reference), case.run(_native, threads=2**31 - 1))


@EACH_CASE
@pytest.mark.parametrize("value", [2.5, "2", None, 2**31, 2**63, 2**64, -(2**63) - 1])
def test_numbers_of_another_type_or_out_of_their_integer_range_are_refused(case, value):
    for name in case.numbers:
        if name == "multiplier" and value == 2**31:
            continue  # the only 64-bit argument
        if name == "steadiness" and isinstance(value, float | int):
            continue  # the only real number
        with pytest.raises(TypeError, match="incompatible function arguments"):
            case.run(_native, **{name: value})


@pytest.mark.parametrize("rate", [1, (1,), (1, 2, 3), (1, 2.5), (1, 2**31), (2**63, 1)])
def test_a_rate_is_a_pair_of_whole_numbers(rate):
    with pytest.raises(TypeError, match="incompatible function arguments"):
        CASES["map_lzw-int16"].run(_native, rate=rate)


@pytest.mark.parametrize(
    ("kernel", "changed", "said"),
    [
        ("map_rate_distortion-int16", {"multiplier": -1}, "multiplier is -1; it must be 0 to 1099511627776"),
        (
            "map_rate_distortion-int16",
            {"multiplier": 2**40 + 1},
            "multiplier is 1099511627777; it must be 0 to 1099511627776",
        ),
        ("map_rate_distortion-int16", {"match_depth": -1}, "match_depth is -1; it must be 0 to 4096"),
        ("map_lzw-int16", {"rate": (-1, 0)}, "multiplier is -1; it must be 0 to 1099511627776"),
        (
            "map_lzw-int16",
            {"rate": (2**40 + 1, 0)},
            "multiplier is 1099511627777; it must be 0 to 1099511627776",
        ),
        ("map_lzw-int16", {"rate": (0, 256)}, "strength is 256; it must be 0 to 255"),
        ("steady-int16", {"steadiness": -0.1}, "steadiness is -0.1; it must be 0 to 1000"),
        ("steady-int16", {"steadiness": 1000.1}, "steadiness is 1000.1; it must be 0 to 1000"),
        ("steady-int16", {"lightness": -1}, "lightness is -1; colours have coordinates 0 to 2"),
        ("steady-int16", {"lightness": 3}, "lightness is 3; colours have coordinates 0 to 2"),
        ("map_threshold-int16", {"contrast": -1}, "contrast is -1; it must be 0 to 65536"),
        ("map_threshold-int16", {"contrast": 65537}, "contrast is 65537; it must be 0 to 65536"),
        ("activity-int16", {"channel": 3}, "channel is 3; points have coordinates 0 to 2"),
        ("activity-int16", {"channel": -1}, "channel is -1; points have coordinates 0 to 2"),
        ("similarity-uint8", {"background": 256}, "background is 256; it must be 0 to 255"),
        ("similarity-uint8", {"background": -1}, "background is -1; it must be 0 to 255"),
        ("ssimulacra2-uint8", {"background": 256}, "background is 256; it must be 0 to 255"),
        ("ssimulacra2-uint8", {"background": -1}, "background is -1; it must be 0 to 255"),
        ("split_clusters-float32", {"k": 0}, "k is 0; it must be at least 1"),
        ("split_clusters-float32", {"k": -(2**31)}, "k is -2147483648; it must be at least 1"),
        (
            "oklab-uint8",
            {"linear": np.full(256, 1.5)},
            "linear holds a number outside 0 to 1; it must be linear light",
        ),
        (
            "oklab-uint8",
            {"linear": np.full(256, -1e-9)},
            "linear holds a number outside 0 to 1; it must be linear light",
        ),
        (
            "oklab-uint8",
            {"scale": np.full(3, -13001.0)},
            "scale holds a number outside -13000 to 13000; points would pass 16 bits",
        ),
    ],
)
def test_numbers_out_of_range_are_refused(kernel, changed, said):
    case = CASES[kernel]
    assert refusal(case, _native, **changed) == said
    assert refusal(case, reference, **changed) == said


@pytest.mark.parametrize("changed", [slice(None, None, -1), [0, 0]], ids=["descending", "one twice"])
def test_map_colors_refuses_colors_out_of_z_order(changed):
    colors, labels = np.array([[1, 1, 1], [2, 2, 2]], np.uint8)[changed].copy(), np.zeros(2, np.uint8)
    texts = {
        refusal(CASES["map_colors-uint8"], kernels, colors=colors, labels=labels)
        for kernels in (_native, reference)
    }
    assert texts == {
        "colors are not along the Z-order curve, each once; pass them as count_colors returns them"
    }

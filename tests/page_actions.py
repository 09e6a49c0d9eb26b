"""What somebody does on the page, for tests: choose pictures, wait for the file, take it."""

from pathlib import Path

from web_server import jpeg

PHOTO = jpeg()


def choose(page, *pictures: tuple[str, bytes]) -> None:
    """Choose pictures in the dialog; by default one photograph."""
    files = [
        {"name": name, "mimeType": "image/jpeg", "buffer": data}
        for name, data in pictures or (("photo.jpg", PHOTO),)
    ]
    page.locator("#files").set_input_files(files)


def wait_for_file(page, name: str = "") -> None:
    """Wait until the file of the picture in view is made, and all settings have their answer."""
    page.locator("#workbench:not(.working)").wait_for()
    page.get_by_role("button", name=f"Download {name}", exact=False).first.wait_for()
    page.locator("#download[href]").wait_for()
    page.locator("#palette[aria-busy=false]").wait_for(state="attached")


def downloaded(page, act) -> tuple[str, bytes]:
    """The name and the bytes of what an action downloads."""
    with page.expect_download() as waiting:
        act()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def the_file(page) -> tuple[str, bytes]:
    """The file that the page offers."""
    return downloaded(page, lambda: page.locator("#download").click())

"""What is drawn beside an output file: the figure, and the report on an animation."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kalette.batch import STANDARD, Job, require_apart
from kalette.compression import Result
from kalette.types import SettingsError
from kalette.writing import require_room, write_whole

if TYPE_CHECKING:  # drawn rarely: stills do without the modules of animations
    from kalette.compression import AnimationResult


@dataclass(frozen=True, slots=True)
class Drawings:
    """Where a figure and a report go; None leaves one out."""

    figure: Path | None
    page: Path | None
    overwrite: bool

    def require_places(self, taken: Sequence[str]) -> None:
        """Check before the work whether both can be written, over none of the files that are taken."""
        others = list(taken)
        for name, path in (("--figure", self.figure), ("--html", self.page)):
            if path is None:
                continue
            require_apart(str(path), others, name)
            require_room(path, overwrite=self.overwrite)
            others.append(str(path))
        if self.figure is not None:
            from kalette.report.figures import require_writable

            require_writable(self.figure, overwrite=self.overwrite)

    def write(self, result: "Result | AnimationResult", name: str) -> None:
        """Write those that are asked for; only animations have a report."""
        if self.figure is not None:
            from kalette.report import figures

            if isinstance(result, Result):
                figure = figures.comparison_grid([result])
            else:
                figure = figures.frames_figure(result)
            figures.save(figure, self.figure, overwrite=self.overwrite)
        if self.page is not None and not isinstance(result, Result):
            from kalette.report import animation_page

            write_whole(self.page, animation_page(result, name).encode(), overwrite=self.overwrite)


def require_animation(job: Job) -> None:
    """Raise before the work for a job that takes one image, which has no report."""
    if job.input == STANDARD:
        raise SettingsError("--html needs an animated file, and - is standard input; name the file")
    from kalette.reading import open_frames

    if job.first_frame or open_frames(job.input, limits=job.limits) is None:
        raise SettingsError(
            f"--html reports on an animation, and one image is taken of {job.input}; "
            "for a report on it, use kalette compare --html"
        )

"""What a record of some files is.

Rule 1: `--by line`, `paragraph` or `file` decides.
Rule 2: archives are opened, also those of a folder that holds nothing else; their members are read as a folder's files are.
Rule 3: files that are all of one format that holds many records (JSON lines, CSV, Parquet, arrays ...) are read as that.
Rule 4: a tar whose members belong together by their names (WebDataset) is read as that.
Rule 5: any other file is a record, bit for bit. It is text in a folder of nothing but .txt, .md ..., but lines if it was named by itself.
All files decide, hidden ones apart; of a tar, the first thousand.
"""

from byheart.errors import InputError
from byheart.sources.base import Options
from byheart.sources.files import Files, Survey
from byheart.sources.formats import ARCHIVES, FORMATS, Format, format_of
from byheart.sources.lines import read_lines
from byheart.sources.reading import FilesSource, Read
from byheart.sources.webdataset import is_webdataset, read_webdataset
from byheart.sources.whole import kind_of_files, read_whole

_LOOKED_AT = 1000


def choose(files: Files, options: Options, named: str | None = None) -> FilesSource:
    """The source that reads these files: as the format `named`, or as the rules say."""
    survey = Survey.of(files)
    total = survey.size
    if named is None and _are_archives(survey) and (files.is_named or options.by != "file"):
        files = files.unpacked(lambda file: ARCHIVES[file.suffix](file))
        survey = Survey.of(files, _LOOKED_AT)
    if not survey.count:
        raise InputError(f"{files.name}: wanted files, got none (hidden ones do not count)")
    read, kind = _reader(files, survey, options, named)
    if options.labels and not survey.has_labels and read is not read_webdataset:
        raise InputError(
            f"{files.name}: wanted sub-folders for --labels, whose names are the labels, got none: leave it out"
        )
    return FilesSource(files, read, options, kind=kind, total=total)


def _reader(files: Files, survey: Survey, options: Options, named: str | None) -> tuple[Read, str | None]:
    if named is None and options.by in {"line", "paragraph"}:
        return read_lines, "text"
    name = named or (None if options.by == "file" else _format(files, survey))
    if name is not None:
        return _checked(FORMATS[name], name, files, options), "text" if name == "lines" else None
    if files.outer is not None and options.by is None and is_webdataset(survey.names):
        return read_webdataset, None
    if options.field is not None:
        raise InputError(
            f"{files.name}: wanted files with fields for --field, got files that are records: leave it out"
        )
    return read_whole, kind_of_files(survey, options)


def _checked(format_: Format, name: str, files: Files, options: Options) -> Read:
    if options.field is not None and not format_.has_fields:
        remedy = f"leave it out, or name the format, as jsonl:{files.name}"
        raise InputError(f"{files.name}: wanted a format with fields for --field, got {name}: {remedy}")
    return format_.read


def _are_archives(survey: Survey) -> bool:
    return bool(survey.suffixes) and all(suffix in ARCHIVES for suffix in survey.suffixes)


def _format(files: Files, survey: Survey) -> str | None:
    """The format that all the files have."""
    names = {format_of(suffix) for suffix in survey.suffixes}
    name = names.pop() if len(names) == 1 else None
    return None if name is None or (FORMATS[name].is_alone and not files.is_named) else name

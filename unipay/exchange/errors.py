"""The reasons for which a file, or a piece or a word about one, is not taken."""

from django.utils.translation import gettext_lazy as _

from unipay.errors import reason

DUPLICATE_FILE = reason(
    "duplicate_file", status=409, title=_("A file with exactly this content was received before.")
)
FILE_NAME_UNFIT = reason("file_name_unfit", status=422, title=_("The file's name cannot be used."))
FILE_KIND_UNKNOWN = reason("file_kind_unknown", status=422, title=_("There is no such kind of file."))
FILE_KIND_NOT_TOLD = reason(
    "file_kind_not_told",
    status=422,
    title=_("Nobody said which kind of file this is, and its name does not tell."),
)
FILE_CONTRADICTS = reason(
    "file_contradicts", status=422, title=_("What was said about the file and what it says do not agree.")
)
FILE_TOO_LARGE = reason("file_too_large", status=422, title=_("The file is larger than we take."))
FILE_EMPTY = reason(
    "file_empty", status=422, title=_("The file holds nothing, and nobody declared it empty.")
)
FILE_NOT_FOUND = reason("file_not_found", status=404, title=_("You have no such file."))
FILE_DECIDED = reason("file_decided", status=409, title=_("The file does not wait for a decision any more."))
REMARK_MISSING = reason("file_remark_missing", status=422, title=_("Say why."))
LAYOUT_MISSING = reason(
    "layout_missing", status=422, title=_("No layout is in force for this kind of file, partner and date.")
)
LAYOUT_FAULTY = reason(
    "layout_faulty", status=422, title=_("The layout is not complete, or contradicts itself.")
)
LAYOUT_IN_FORCE = reason(
    "layout_in_force", status=409, title=_("Another layout is in force from the same day on.")
)
FAULTS_REFUSED = reason(
    "faulty_lines", status=422, title=_("The file has faulty lines, and its layout allows none.")
)
NO_GOOD_LINE = reason(
    "no_good_line", status=422, title=_("Not one line could be read: the layout does not fit the file.")
)
DATE_MISSING = reason(
    "business_date_missing",
    status=422,
    title=_("Neither the sender nor the file says for which business date it is."),
)
REFUSED_BY_PEOPLE = reason("refused_by_staff", status=422, title=_("Refused by our staff."))
FILE_ALTERED = reason(
    "file_altered", status=422, title=_("The kept file was altered or lost: please send it again.")
)
FAULTS_NOT_READY = reason(
    "faults_not_ready", status=409, title=_("There is no fault list: the file was not read, or has no fault.")
)
UPLOAD_NOT_FOUND = reason("upload_not_found", status=404, title=_("You have no such upload."))
UPLOAD_OVER = reason("upload_over", status=409, title=_("The upload is over."))
UPLOADS_TOO_MANY = reason(
    "uploads_too_many", status=409, title=_("Too many uploads are open: complete some first.")
)
PIECE_UNFIT = reason(
    "piece_unfit", status=422, title=_("The piece has another number or size than was agreed.")
)
PIECE_DIFFERS = reason(
    "piece_differs", status=409, title=_("The piece was sent before, with another content.")
)
PIECES_MISSING = reason("pieces_missing", status=409, title=_("Pieces are missing."))
WHOLE_DIFFERS = reason(
    "whole_differs",
    status=422,
    title=_("Put together, the pieces have another size or SHA-256 than was announced."),
)
RANGE_NEEDED = reason(
    "range_needed", status=422, title=_("The content is large: ask for it in ranges (header Range).")
)
RANGE_UNFIT = reason("range_unfit", status=416, title=_("The content has no such range."))
CONTENT_MISSING = reason("content_missing", status=409, title=_("The content is not to be had any more."))
SETTLED = reason(
    "file_settled", status=409, title=_("The file was acknowledged, refused or cancelled before.")
)
ADDRESS_NOT_ALLOWED = reason(
    "address_not_allowed", status=422, title=_("The directory's address is not allowed.")
)
EXPECTATION_SETTLED = reason(
    "expectation_settled", status=409, title=_("The file has come, or was waived before.")
)
NAME_TAKEN = reason(
    "file_name_taken",
    status=409,
    title=_("A file of this name was taken from here before, with another size."),
)
CONTROL_FILE_UNREADABLE = reason(
    "control_file_unreadable", status=422, title=_("The control file holds no SHA-256.")
)
ENVELOPE_KEY_MISSING = reason(
    "envelope_key_missing", status=409, title=_("No key is valid for the envelope its layout asks for.")
)

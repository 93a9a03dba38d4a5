"""What pictures are refused for."""

from munbot_common.problems import Conflict, PayloadTooLarge, Unprocessable

from munbot_datalake.texts import say


class CatalogueTaken(Conflict):
    """Names of catalogues are the instance's: this one belongs to another tenant."""

    code = "catalogue_taken"
    title = say("titles.catalogue_taken")


class ImageUnreadable(Unprocessable):
    """It is no picture of a format that we read, or a damaged one."""

    code = "image_unreadable"
    title = say("titles.image_unreadable")


class ImageTooLarge(PayloadTooLarge):
    """Too many bytes, or too many pixels in few bytes."""

    code = "image_too_large"
    title = say("titles.image_too_large")

"""Differences between the extract and the company’s own records: the codes of a premise."""

from tracker.domain.claims import Claimed
from tracker.domain.fields import Field
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import PREMISE_CHECKS
from tracker.domain.subtypes._claims import LOSS, PROFILE, REGION, STATION, VALID_FROM, ZIP
from tracker.domain.subtypes._fields import (
    ADD_TIME,
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    LOSS_CODE,
    NEW_LOSS_CODE,
    NEW_PROFILE_CODE,
    NEW_REGION_CODE,
    NEW_START_TIME,
    NEW_STATION_CODE,
    NEW_ZIP_CODE,
    PROFILE_CODE,
    REGION_CODE,
    START_TIME,
    STATION_CODE,
    STOP_TIME,
    UID_ESI_ID,
    ZIP_CODE,
)
from tracker.domain.subtypes._standard import STANDARD

FAMILY = "Extract: characteristics"

FIELDS: tuple[Field, ...] = (
    ASSIGNEE,
    ESI_ID,
    UID_ESI_ID,
    NEW_START_TIME.said(label="Valid from", help="The day from which the code that you ask for should apply."),
    START_TIME.said(help="The STARTTIME of the row in the ERCOT extract."),
    STOP_TIME.said(help="The STOPTIME of the row in the ERCOT extract; empty while the row is open.").optional(),
    ADD_TIME,
    COMMENTS_TEXT.optional(),
)


def _characteristic(
    key: str, name: str, *fields: Field, about: Claimed, when: str, instead: str, words: str
) -> Subtype:
    return Subtype(
        key=f"dev-char-{key}",
        type="DEV-Char",
        name=name,
        when=when,
        instead=instead,
        words=words,
        family=FAMILY,
        workflow=STANDARD,
        fields=(*FIELDS, *fields),
        checks=PREMISE_CHECKS,
        rules=(stop_not_before_start,),
        claimed=(about, VALID_FROM),
    )


SUBTYPES: tuple[Subtype, ...] = (
    _characteristic(
        "region-code-assignment",
        "Region Code Assignment",
        NEW_REGION_CODE,
        REGION_CODE,
        about=REGION,
        when="The extract shows another region code for the ESI ID than your records do.",
        instead="For the substation, file Station Code Assignment; for the ZIP code, ZIP Assignment.",
        words="region code zone congestion extract mismatch",
    ),
    _characteristic(
        "loss-code-assignment",
        "Loss Code Assignment",
        NEW_LOSS_CODE,
        LOSS_CODE,
        PROFILE_CODE,
        about=LOSS,
        when="The extract shows another distribution loss code for the ESI ID than your records do.",
        instead="For the load profile, file Profile Code Assignment.",
        words="loss code distribution loss factor DLF extract mismatch",
    ),
    _characteristic(
        "profile-code-assignment",
        "Profile Code Assignment",
        NEW_PROFILE_CODE,
        PROFILE_CODE,
        LOSS_CODE,
        about=PROFILE,
        when="The extract shows another load profile for the ESI ID than your records do.",
        instead="For the loss code, file Loss Code Assignment; for the premise type alone, Premise Type.",
        words="load profile code profile type weather zone meter type RESLOWR BUSMEDLF extract mismatch",
    ),
    _characteristic(
        "station-code-assignment",
        "Station Code Assignment",
        NEW_STATION_CODE,
        STATION_CODE,
        about=STATION,
        when="The extract shows another substation for the ESI ID than your records do.",
        instead="For the region, file Region Code Assignment.",
        words="station code substation extract mismatch",
    ),
    _characteristic(
        "zip-assignment",
        "ZIP Assignment",
        ZIP_CODE,
        NEW_ZIP_CODE,
        about=ZIP,
        when="The extract shows another ZIP code for the ESI ID than your records do.",
        instead="If the whole address is wrong, file Service Address.",
        words="zip code postal code extract mismatch",
    ),
)

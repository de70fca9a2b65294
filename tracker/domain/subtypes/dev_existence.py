"""Differences between the extract and the company’s own records: whether an ESI ID exists, and since when."""

from tracker.domain.claims import Claimed
from tracker.domain.fields import Field
from tracker.domain.rules import stop_not_before_start
from tracker.domain.subtype import Subtype
from tracker.domain.subtypes._checks import PREMISE_CHECKS
from tracker.domain.subtypes._claims import NEW_PREMISE, START, STATUS_NOW
from tracker.domain.subtypes._claims import STOP as LAST_DAY
from tracker.domain.subtypes._fields import (
    ADD_TIME,
    ASSIGNEE,
    COMMENTS_TEXT,
    ESI_ID,
    LOSS_CODE,
    NEW_START_TIME,
    NEW_STOP_TIME,
    PROFILE_CODE,
    REGION_CODE,
    SERV_ADDRESS,
    START_TIME,
    STATION_CODE,
    STOP_TIME,
    UID_ESI_ID,
)
from tracker.domain.subtypes._standard import ercot_first

FAMILY = "Extract: existence of an ESI ID"

WORKFLOW = ercot_first("dev-existence")

STOP = STOP_TIME.said(help="The STOPTIME of the row in the ERCOT extract; empty while the row is open.").optional()


def _existence(
    key: str, name: str, *fields: Field, about: tuple[Claimed, ...], when: str, instead: str, words: str
) -> Subtype:
    return Subtype(
        key=f"dev-existence-{key}",
        type="DEV-Existence",
        name=name,
        when=when,
        instead=instead,
        words=words,
        family=FAMILY,
        workflow=WORKFLOW,
        fields=(ESI_ID, START_TIME, COMMENTS_TEXT.optional(), *fields),
        later_fields=(ASSIGNEE,),
        checks=PREMISE_CHECKS,
        rules=(stop_not_before_start,),
        claimed=about,
    )


SUBTYPES: tuple[Subtype, ...] = (
    _existence(
        "in-tdsp-system-not-ercot",
        "In TDSP system not ERCOT",
        STATION_CODE,
        PROFILE_CODE,
        LOSS_CODE,
        NEW_START_TIME.optional(),
        REGION_CODE,
        SERV_ADDRESS.said(help="The address of the premise as the wires company has it."),
        about=NEW_PREMISE,
        when="The wires company has the ESI ID, and ERCOT’s extract does not.",
        instead="If ERCOT has it as retired, file Un-Retire ESI ID.",
        words="ESI ID missing at ERCOT not created new premise unknown 814_20 create",
    ),
    _existence(
        "in-ercot-system-not-tdsp",
        "In ERCOT system not TDSP",
        ADD_TIME,
        UID_ESI_ID,
        NEW_STOP_TIME,
        STOP,
        about=(LAST_DAY,),
        when="ERCOT’s extract has the ESI ID, and the wires company does not, so it should be retired.",
        instead="If only the dates are wrong, file In ERCOT with start date issues or Inactive record has date issues.",
        words="ESI ID retire should not exist duplicate premise removed",
    ),
    _existence(
        "in-ercot-with-start-date-issues",
        "In ERCOT with start date issues",
        ADD_TIME,
        NEW_START_TIME,
        UID_ESI_ID,
        STOP,
        about=(START,),
        when="ERCOT and the wires company both have the ESI ID, but it begins on different days.",
        instead="For a record that is no longer active, file Inactive record has date issues.",
        words="ESI ID start date wrong created too late eligibility date",
    ),
    _existence(
        "inactive-record-has-date-issues",
        "Inactive record has date issues",
        ADD_TIME,
        NEW_START_TIME,
        UID_ESI_ID,
        STOP,
        about=(START, LAST_DAY),
        when="The extract has an inactive record of the ESI ID whose dates are wrong.",
        instead="For an active record, file In ERCOT with start date issues.",
        words="inactive retired record dates wrong ESI ID history",
    ),
    _existence(
        "status-assignment",
        "Status Assignment",
        ADD_TIME,
        NEW_START_TIME,
        UID_ESI_ID,
        STOP,
        about=(STATUS_NOW, START),
        when="The extract shows the ESI ID in another status, such as de-energised, than your records do.",
        instead="If it was retired by mistake, file Un-Retire ESI ID; if it is about who serves, a DEV LSE issue.",
        words="premise status active inactive de-energized energized extract mismatch",
    ),
    _existence(
        "un-retire-esi-id",
        "Un-Retire ESI ID",
        ADD_TIME,
        UID_ESI_ID,
        STOP,
        about=(STATUS_NOW,),
        when="An ESI ID was retired by mistake and has to be brought back.",
        instead="If ERCOT never had the ESI ID, file In TDSP system not ERCOT.",
        words="unretire retired by mistake bring back reactivate ESI ID",
    ),
)

"""The checks that run by themselves: fine, warned, refused, or not checked."""

from datetime import date

import pytest
import time_machine

from tests.cast import ESI_ID, Cast
from tests.make import TRAN_ID, know_order, know_premise, rep_of_record
from tracker.actions.registry_import import switch_registry_off
from tracker.db import db
from tracker.domain import catalogue
from tracker.queries.checks import run_checks

CANCEL = catalogue.by_key("cancel-with-approval")


def outcomes(cast: Cast, subtype: str = "cancel-with-approval", **values: str) -> dict[str, str]:
    return {f.check: f.outcome for f in run_checks(cast.acme, catalogue.by_key(subtype), values)}


def test_unknown_to_the_registry_is_a_warning(cast: Cast) -> None:
    found = outcomes(cast, EsiID=ESI_ID, OrigTrxnID=TRAN_ID)
    assert found["ESI ID known"] == "warning"
    assert found["Tran id matches an order"] == "warning"


def test_known_to_the_registry_is_fine(cast: Cast) -> None:
    know_premise(cast)
    know_order(cast)
    found = outcomes(cast, EsiID=ESI_ID, OrigTrxnID=TRAN_ID, Assignee=cast.duns("wires"))
    assert found["ESI ID known"] == "fine"
    assert found["Tran id matches an order"] == "fine"
    assert found["TDSP owns the ESI ID"] == "fine"
    assert found["Other open issue on this ESI ID"] == "fine"


@pytest.mark.parametrize(
    ("esi_id", "warned"), [(ESI_ID, False), (ESI_ID[:-1], True), ("9" + ESI_ID[1:], True), ("ABCDEFGH", True)]
)
def test_odd_shape_is_a_warning(cast: Cast, esi_id: str, warned: bool) -> None:
    assert (outcomes(cast, EsiID=esi_id).get("Shape of the ESI ID") == "warning") is warned


def test_wrong_tdsp_is_an_error_by_premise_and_by_prefix(cast: Cast) -> None:
    assert outcomes(cast, EsiID=ESI_ID, Assignee=cast.duns("oncor"))["TDSP owns the ESI ID"] == "error"
    know_premise(cast)
    assert outcomes(cast, EsiID=ESI_ID, Assignee=cast.duns("oncor"))["TDSP owns the ESI ID"] == "error"


def test_order_of_another_esi_id_is_a_warning(cast: Cast) -> None:
    know_order(cast)
    assert outcomes(cast, EsiID="1" + ESI_ID[1:-1] + "0", OrigTrxnID=TRAN_ID)["Tran id matches an order"] == "warning"


def test_own_open_issue_on_the_esi_id_is_a_warning_with_its_number(cast: Cast) -> None:
    know_premise(cast)
    issue = rep_of_record(cast)
    finding = next(f for f in run_checks(cast.acme, CANCEL, {"EsiID": ESI_ID}) if "Other open issue" in f.check)
    assert (finding.outcome, finding.numbers) == ("warning", (issue.number,))
    besides = run_checks(cast.acme, CANCEL, {"EsiID": ESI_ID}, besides=issue.number)
    assert next(f for f in besides if "Other open issue" in f.check).outcome == "fine"


@pytest.mark.parametrize(
    ("today", "outcome"),
    [("2026-03-05", "fine"), ("2026-03-10", "fine"), ("2026-03-11", "warning"), ("2026-03-20", "warning")],
)
def test_evaluation_window_counts_business_days(cast: Cast, today: str, outcome: str) -> None:
    know_order(cast, scheduled_for=date(2026, 3, 12))
    with time_machine.travel(f"{today}T18:00:00Z", tick=False):
        assert outcomes(cast, OrigTrxnID=TRAN_ID)["Evaluation window"] == outcome


def test_registry_that_is_off_holds_nobody_up(cast: Cast) -> None:
    know_premise(cast)
    know_order(cast)
    switch_registry_off()
    db.session.commit()
    found = outcomes(cast, EsiID=ESI_ID, OrigTrxnID=TRAN_ID)
    for check in ("ESI ID known", "Tran id matches an order", "Evaluation window"):
        assert found[check] == "not checked"
    assert rep_of_record(cast).state == "New"

"""The workflows of their own, walked arrow by arrow as they are documented (marketrak.md sections 4.5 to 4.12).

That each of them is sound as a whole (reached, ended, turned, named) is proved in `test_catalogue`.
"""

import pytest

from tests.domain.special_arrows import ARROWS, DOCUMENTED, EVERYWHERE, FINAL, Arrow
from tracker.domain import catalogue
from tracker.domain.fields import Choice
from tracker.domain.roles import ACTIVE_ROLES, CompanyKind, Role
from tracker.domain.subtypes.switch_hold import REP_OF_RECORD_HOURS
from tracker.domain.workflow import Effect, Situation, Transition, Workflow, open_to

each_special = pytest.mark.parametrize("key", DOCUMENTED)


def _workflow(key: str) -> Workflow:
    return catalogue.workflow_of(key, 1)


def _button(key: str, state: str, button: str) -> Transition:
    found = _workflow(key).find(state, button)
    assert found is not None, f"{state} has no button {button}"
    return found


def _pressable(key: str, situation: Situation) -> set[str]:
    return {transition.key for transition in open_to(_workflow(key), situation)}


@pytest.mark.parametrize("arrow", ARROWS, ids=lambda arrow: f"{arrow.workflow}:{arrow.state}:{arrow.key}")
def test_an_arrow_is_pressed_by_its_roles_only_and_leads_on(arrow: Arrow) -> None:
    pressers = set()
    for role in ACTIVE_ROLES:
        situation = Situation(
            state=arrow.state,
            roles=frozenset({role}),
            available=arrow.key != "submit",
            hours_held=REP_OF_RECORD_HOURS,
        )
        if arrow.key in _pressable(arrow.workflow, situation):
            pressers.add(role)
    assert pressers == arrow.by
    button = _button(arrow.workflow, arrow.state, arrow.key)
    assert button.system is (not arrow.by)
    assert button.target(arrow.state) == arrow.to
    assert _workflow(arrow.workflow).turn(arrow.to) is arrow.turn


@each_special
def test_no_arrow_is_undocumented(key: str) -> None:
    drawn = {(state, button.key) for state, button, _ in _workflow(key).edges() if button.key not in EVERYWHERE}
    assert drawn == {(arrow.state, arrow.key) for arrow in ARROWS if arrow.workflow == key}


JOURNEYS = {
    "a cancel that the wires company carries out": (
        "cancel-with-approval",
        "begin-working agree begin-working tdsp-cancel begin-working item-cancelled accept",
    ),
    "a cancel that comes too late": (
        "cancel-without-approval",
        "begin-working unable-to-cancel return-to-ercot-by-submitter begin-working ercot-cancel accept",
    ),
    "a gain that is returned": (
        "inadvertent-gaining",
        "begin-working select-iag-parties begin-working agree begin-working ready-to-receive begin-working "
        "provide-regaining-bgn02 accept",
    ),
    "a loss with another day and a second regaining order": (
        "inadvertent-losing",
        "begin-working select-iag-parties begin-working agree begin-working agree begin-working "
        "request-updated-proposed-regain-date begin-working agree begin-working ready-to-receive begin-working "
        "provide-regaining-bgn02 losing-cr-re-submit begin-working re-submit-regaining-bgn02 accept",
    ),
    "a loss that the gaining retailer denies and ERCOT resolves": (
        "inadvertent-losing",
        "begin-working select-iag-parties begin-working disagree begin-working send-to-ercot begin-working "
        "complete accept",
    ),
    "a gain that was none": ("inadvertent-gaining", "begin-working invalid-iag"),
    "a rescission": (
        "customer-rescission",
        "begin-working select-iag-parties begin-working send-to-tdsp begin-working ready-to-receive begin-working "
        "provide-regaining-bgn02 accept",
    ),
    "a fee that is moved": (
        "redirect-fees",
        "begin-working select-iag-parties begin-working agree begin-working redirect-fees accept",
    ),
    "a hold that the REP of record lets go": (
        "switch-hold-removal",
        "begin-working send-to-rep-of-record begin-working agree begin-working switch-hold-removed accept",
    ),
    "a hold whose papers were incomplete, and whose REP of record is silent": (
        "switch-hold-removal",
        "begin-working additional-info-required send-to-tdsp begin-working send-to-rep-of-record "
        "time-limit-exceeded switch-hold-not-removed accept",
    ),
    "a rule that needs a third company": (
        "market-rule",
        "begin-working assign-to-secondary begin-working assign-to-primary begin-working complete accept",
    ),
    "service dates that are changed on the way": (
        "dev-lse",
        "passed-analysis begin-working modify-reassign begin-working disagree begin-working modify-reassign "
        "begin-working update-approved begin-working complete accept",
    ),
    "service dates that the records do not bear out": ("dev-lse", "perform-analysis accept"),
    "a load profile split into children": ("lpa", "begin-working request-lpa-1-1 lpa-1-1 submit-lpa-1-1"),
}


@pytest.mark.parametrize(("key", "buttons"), JOURNEYS.values(), ids=JOURNEYS.keys())
def test_a_journey_is_walked_by_whoever_may_press(key: str, buttons: str) -> None:
    """What happened before is carried along: touched and unexecutable issues lose buttons on the way."""
    workflow, documented = _workflow(key), {(a.state, a.key): a for a in ARROWS if a.workflow == key}
    state, touched, unexecutable = workflow.start, False, False
    for button in buttons.split():
        arrow = documented[state, button]
        situation = Situation(
            state=state,
            roles=arrow.by,
            touched=touched,
            was_unexecutable=unexecutable,
            hours_held=REP_OF_RECORD_HOURS,
        )
        assert button in _pressable(key, situation), f"{state}: {button}"
        state, touched = arrow.to, touched or button == "begin-working"
        unexecutable = unexecutable or state == "Unexecutable (PC)"
    assert workflow.turn(state) is None or workflow.find(state, "children-complete") is not None


@pytest.mark.parametrize("arrow", [a for a in ARROWS if a.key == "withdraw"], ids=lambda a: f"{a.workflow}:{a.state}")
def test_nobody_withdraws_what_somebody_has_begun_to_work_on(arrow: Arrow) -> None:
    begun = Situation(state=arrow.state, roles=frozenset({Role.SUBMITTER}), touched=True)
    assert "withdraw" not in _pressable(arrow.workflow, begun)


@each_special
def test_an_issue_is_submitted_once_and_sent_back_after_that(key: str) -> None:
    filer, back = frozenset({Role.SUBMITTER}), {"return-to-ercot", "return-to-assignee"}
    parked = _pressable(key, Situation(state="Pending Issue", roles=filer, available=False))
    returned = _pressable(key, Situation(state="Pending Issue", roles=filer, available=True))
    assert not parked & back
    assert "submit" not in returned


@pytest.mark.parametrize("key", ["market-rule", "dev-lse", "ercot-initiated", "lpa"])
def test_an_unexecutable_issue_is_not_passed_on(key: str) -> None:
    for state in ("New (Assignee)", "In Progress (Assignee)"):
        for role in (Role.ASSIGNEE, Role.ERCOT):
            again = Situation(state=state, roles=frozenset({role}), was_unexecutable=True)
            assert "re-assign" not in _pressable(key, again)


@pytest.mark.parametrize("state", ["New (Assignee)", "In Progress (Assignee)"])
def test_the_time_limit_is_pressed_only_once_it_is_exceeded(state: str) -> None:
    def held(hours: float) -> set[str]:
        return _pressable("switch-hold-removal", Situation(state=state, roles=frozenset({Role.TDSP}), hours_held=hours))

    assert "time-limit-exceeded" not in held(3.99)
    assert "time-limit-exceeded" in held(4.0)


@pytest.mark.parametrize("state", ["New (Assignee)", "In Progress (Assignee)"])
def test_a_child_is_not_split_again(state: str) -> None:
    child = Situation(state=state, roles=frozenset({Role.ASSIGNEE}), is_child=True)
    assert "request-lpa-1-1" not in _pressable("lpa", child)


@pytest.mark.parametrize(
    ("key", "state", "button", "needs", "asks"),
    [
        ("cancel-with-approval", "In Progress (ERCOT)", "tdsp-cancel", "TDSPInvolved", ""),
        ("cancel-without-approval", "In Progress (ERCOT)", "send-to-tdsp", "TDSPInvolved", ""),
        (
            "inadvertent-losing",
            "In Progress (ERCOT)",
            "select-iag-parties",
            "GainingMP LosingMP TDSPInvolved",
            "GainingCRStartDate GainingCRROR",
        ),
        ("inadvertent-losing", "In Progress (ERCOT)", "invalid-iag", "InvalidIAGReason", ""),
        ("inadvertent-losing", "In Progress (Losing CR)", "agree", "ProposedRegainDate", ""),
        ("inadvertent-losing", "In Progress (Losing CR)", "send-to-tdsp", "ProposedRegainDate", ""),
        ("switch-hold-removal", "In Progress (TDSP)", "send-to-rep-of-record", "Assignee", ""),
        ("switch-hold-removal", FINAL, "switch-hold-not-removed", "UnexecutableReason", ""),
        ("switch-hold-removal", FINAL, "return-to-rep-of-record", "Assignee", ""),
        ("market-rule", "In Progress (Assignee)", "assign-to-secondary", "SecondaryAssignee", ""),
        (
            "dev-lse",
            "New (ERCOT)",
            "perform-analysis",
            "AnalysisInfo",
            "UsageMatchesDateReq UsageLoadedDateReq AnotherCRInvolved UsageForTimePeriod SHwDfEPs "
            "AdditionalServiceHistory",
        ),
        ("dev-lse", "In Progress (Assignee)", "modify-reassign", "", "NewStartTime NewStopTime"),
        (
            "dev-lse",
            "In Progress (Pending Approval)",
            "update-approved",
            "FinalAgreementStart",
            "FinalAgreementStop",
        ),
        ("lpa", "New (LPA 1:1)", "submit-lpa-1-1", "EsiID", ""),
    ],
)
def test_a_button_asks_for_what_the_next_step_needs(key: str, state: str, button: str, needs: str, asks: str) -> None:
    found = _button(key, state, button)
    assert {field.name for field in found.needs} == set(needs.split())
    assert {field.name for field in found.asks} == set(asks.split())


@pytest.mark.parametrize(
    ("button", "state"),
    [
        ("provide-regaining-bgn02", "In Progress (Submit Regaining)"),
        ("re-submit-regaining-bgn02", "In Progress (Re-Submit Regaining)"),
    ],
)
def test_the_regaining_order_is_quoted_and_read(button: str, state: str) -> None:
    for key in ("inadvertent-gaining", "inadvertent-losing", "customer-rescission"):
        found = _button(key, state, button)
        assert [field.name for field in found.needs] == ["RegainingBGN02", "RegainingTrxnSubmitDate"]
        assert found.effects == (Effect.READS_REGAINING_ORDER,)


@each_special
def test_beginning_takes_ownership(key: str) -> None:
    begun = [button for button in _workflow(key).transitions if button.key == "begin-working"]
    assert begun
    assert all(button.effects == (Effect.TAKES_OWNERSHIP,) for button in begun)


def test_a_split_makes_at_most_a_thousand_children() -> None:
    split = _button("lpa", "New (LPA 1:1)", "submit-lpa-1-1")
    assert split.effects == (Effect.MAKES_CHILDREN,)
    assert split.needs[0].repeat == 1000


def test_the_final_review_may_find_the_occupant_tied_to_the_debtor() -> None:
    occupant = "Customer Associated with Current Occupant"
    assert occupant in _reasons("switch-hold-removal", FINAL, "switch-hold-not-removed")
    assert occupant not in _reasons("switch-hold-removal", "In Progress (TDSP)", "unexecutable")


@pytest.mark.parametrize("key", ["inadvertent-gaining", "inadvertent-losing", "customer-rescission"])
def test_only_the_retailers_confirm_that_the_customer_chose(key: str) -> None:
    confirmed = "Authorized Enrollment Confirmed"
    assert confirmed in _reasons(key, "In Progress (Gaining CR)", "unexecutable")
    assert confirmed in _reasons(key, "In Progress (Losing CR)", "unexecutable")
    assert confirmed not in _reasons(key, "In Progress (TDSP)", "unexecutable")


def _reasons(key: str, state: str, button: str) -> tuple[str, ...]:
    reason = _button(key, state, button).needs[0]
    assert isinstance(reason, Choice)
    return reason.values


def test_the_filer_of_a_wrong_retailer_is_one_of_the_two() -> None:
    filers = {s.key: s.submitter_role for s in catalogue.SUBTYPES if s.submitter_role is not None}
    assert filers == {
        "inadvertent-gaining": Role.GAINING,
        "inadvertent-losing": Role.LOSING,
        "customer-rescission": Role.GAINING,
        "redirect-fees": Role.LOSING,
    }
    assert {s.key for s in catalogue.SUBTYPES if s.picks_parties} == set(filers)


def test_a_company_that_holds_two_roles_presses_for_both() -> None:
    both = Situation(state="New (Losing CR)", roles=frozenset({Role.SUBMITTER, Role.LOSING}), touched=True)
    assert {"begin-working", "close"} <= _pressable("inadvertent-losing", both)


def test_a_switch_hold_is_filed_with_papers_by_another_retailer() -> None:
    subtype = catalogue.by_key("switch-hold-removal")
    assert (subtype.needs_attachment, subtype.never_by_rep_of_record) == (True, True)
    assert subtype.filed_by == (CompanyKind.CR,)


def test_the_operator_alone_files_its_own_kinds() -> None:
    own = {s.key for s in catalogue.SUBTYPES if s.filed_by == (CompanyKind.ERCOT,)}
    assert own == {"ercot-initiated", "lpa"}


def test_all_six_service_variances_keep_the_dates_first_asked_for() -> None:
    variances = [s for s in catalogue.SUBTYPES if s.type == "DEV-LSE"]
    assert len(variances) == 6
    assert all(s.keeps_request and s.key.startswith("dev-lse-") for s in variances)

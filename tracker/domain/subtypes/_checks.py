"""The sets of checks that many subtypes share."""

from tracker.domain.subtype import Check

PREMISE_CHECKS = (Check.ESI_ID_KNOWN, Check.TDSP_OWNS_IT, Check.OTHER_ISSUE_ON_ESI_ID)
"""For an issue about a premise."""

ORDER_CHECKS = (*PREMISE_CHECKS, Check.OTHER_ISSUE_ON_ORDER, Check.TRAN_ID_MATCHES_ORDER)
"""For an issue about an order at a premise."""

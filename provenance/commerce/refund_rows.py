"""The tables of a refund: that it is granted, that the provider is asked, and what the provider did.

Rules:

* who decides and who pays are two: the seller, the buyer or an inspector grants what terms and law say; the attestor
  tells what the provider did;
* that the provider is asked is recorded before it is, so that nobody asks twice under two names;
* what failed is asked for again under the next name, and what the provider did after all counts.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.commerce import forms
from provenance.commerce.dossier_names import Family
from provenance.commerce.order_rows import PAYMENT
from provenance.commerce.tables import Form, Kind, Machine, Row, Signatory, Stage, by, move

_ATTESTOR = by(Signatory.ATTESTOR)
_NO_MEMBERS: Mapping[str, Form] = {}

REFUND_ROWS = (
    Row(
        Kind.REFUND_GRANTED,
        "what goes back to the buyer, of which item, and after which return; of the whole order, if it was cancelled",
        {
            "order": forms.dossier(Family.ORDER),
            "after": forms.subject,
            "piece": forms.item_or_none,
            "minor": forms.minor,
            "currency": forms.currency,
        },
        by(Signatory.SELLER, Signatory.CLAIMANT, Signatory.INSPECTOR),
        (move(Machine.REFUND, Stage.NONE, to=Stage.GRANTED),),
    ),
    Row(
        Kind.REFUND_ASKED,
        "the provider is about to be asked",
        _NO_MEMBERS,
        _ATTESTOR,
        (move(Machine.REFUND, Stage.GRANTED, Stage.FAILED, to=Stage.ASKED),),
    ),
    Row(
        Kind.REFUND_PAID,
        "the provider has given it back",
        PAYMENT,
        _ATTESTOR,
        (move(Machine.REFUND, Stage.ASKED, Stage.FAILED, to=Stage.REFUNDED),),
    ),
    Row(
        Kind.REFUND_FAILED,
        "the provider has not given it back, and will not under this name",
        PAYMENT,
        _ATTESTOR,
        (move(Machine.REFUND, Stage.ASKED, to=Stage.FAILED),),
    ),
)

"""What verdicts, doubts and steps are called at a terminal, and what can be done about a doubt.

Rules: plain English, short, no blame; never "genuine"; one row per member, which a test checks. The values themselves
(``recalled``, ``not-issued`` …) are printed beside these words, so a script or a report can quote them.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.custody.history import Nearness
from provenance.custody.steps import Step
from provenance.custody.verdict import Doubt, VerdictClass
from provenance.proof_steps import Outcome, ProofStep

VERDICTS: Mapping[VerdictClass, str] = {
    VerdictClass.RECALLED: "recalled: do not use or sell it",
    VerdictClass.STOLEN: "reported stolen or missing",
    VerdictClass.CONTRADICTED: "the record contradicts itself",
    VerdictClass.COULD_NOT_CHECK: "the record could not be checked, so nothing can be said",
    VerdictClass.NOT_ISSUED: "no record of it: nobody who may has brought it into the world here",
    VerdictClass.ENDED: "its life has ended: there should be no such thing any more",
    VerdictClass.NOT_ACTIVATED: "its number is known, but no thing on sale should carry it",
    VerdictClass.UNUSUAL: "the record holds together, but something about it is unusual",
    VerdictClass.CONSISTENT: "the record holds together",
}

# What is doubted, and the next step.
DOUBTS: Mapping[Doubt, tuple[str, str]] = {
    Doubt.RECALLED: ("it is recalled", "Stop using it; ask the seller or the maker how to return it."),
    Doubt.STOLEN: ("it is reported stolen", "Do not buy it; tell the police or the owner where you saw it."),
    Doubt.MISSING: ("it is reported missing", "Do not buy it; tell the owner where you saw it."),
    Doubt.RULE_BROKEN: ("a recorded statement breaks the rules of custody", "Show this report to an inspector."),
    Doubt.RECORD_ALTERED: ("a statement was changed after it was signed", "Get the evidence from another place."),
    Doubt.RECORD_UNREADABLE: (
        "a statement can't be read",
        "Get the evidence again.",
    ),
    Doubt.RECORD_MISSING: ("a statement that belongs here is absent, or a strange one is here", "Get a new bundle."),
    Doubt.PROOF_FAILED: ("a statement is not where the log says it is", "Get a new bundle; if it stays so, keep both."),
    Doubt.CHECKPOINT_UNTRUSTED: ("the checkpoint is not one the trust file believes", "Use the right trust file."),
    Doubt.NOT_CONFIRMED: (
        "fewer witnesses confirmed the checkpoint than the trust file demands",
        "Get the evidence again later; if it stays so, ask the witnesses what they saw of this log.",
    ),
    Doubt.REGISTRY_UNTRUSTED: ("the registry's root is not the trusted one", "Use the right trust file."),
    Doubt.NOT_ISSUED: ("nobody who may has issued it here", "Compare the number with the label; ask the seller."),
    Doubt.NOT_OURS: ("nobody registered here has such numbers", "Ask the maker named on it; nothing can be said here."),
    Doubt.DESTROYED: ("it was destroyed", "If you have it in your hands, tell an inspector."),
    Doubt.CONSUMED: ("it was used up in making something else", "If you have it in your hands, tell an inspector."),
    Doubt.RETIRED: ("its number was retired", "If you have it in your hands, tell an inspector."),
    Doubt.NEVER_MADE: ("the maker took its making back", "Ask the maker."),
    Doubt.NOT_ACTIVATED: ("its number was given out, but is not activated yet", "Ask the maker how it came on sale."),
    Doubt.KEY_COMPROMISED: (
        "a statement was signed after its key was stolen",
        "Ask an inspector what still counts.",
    ),
    Doubt.KEY_DISPUTED: (
        "a statement was recorded after its key is said to be stolen; it may be older",
        "Ask the party whether it stands by it; it can say so in the log.",
    ),
    Doubt.SECOND_COMMISSIONING_REFUSED: ("someone tried to issue the same number again", "Ask where it was bought."),
    Doubt.STATEMENT_REFUSED: ("someone tried what they may not do with it", "Ask the seller about it."),
    Doubt.FORGERY_REFUSED: ("someone sent a statement with a false signature", "Nothing: it was turned away."),
    Doubt.SENSOR_ALARM: ("a sensor raised an alarm", "Ask the seller how it was kept."),
    Doubt.YIELD_NOT_DECLARED: ("how much could be made was not declared", "Nothing, unless amounts matter to you."),
    Doubt.ORIGIN_NOT_RECORDED: ("its beginning is not recorded here", "Ask the maker for it."),
    Doubt.NOT_YET_RECORDED: ("the newest statements are in no checkpoint yet", "Look again in a moment."),
}

STEPS: Mapping[Step, str] = {
    Step.COMMISSION: "issued",
    Step.TRANSFORM: "made or used up",
    Step.PACK: "packed",
    Step.UNPACK: "unpacked",
    Step.SHIP: "shipped",
    Step.VOID_SHIP: "shipment voided",
    Step.RECEIVE: "received",
    Step.SELL: "sold",
    Step.OBSERVE: "seen",
    Step.SENSE: "measured",
    Step.MARK: "marked",
    Step.END: "ended",
    Step.CORRECT: "corrected",
}

PROOF_STEPS: Mapping[ProofStep, str] = {
    ProofStep.FILE: "it is a bundle, in its one spelling",
    ProofStep.CHECKPOINT: "the trusted log signed the checkpoint",
    ProofStep.COSIGNATURES: "enough independent witnesses confirmed it",
    ProofStep.STATEMENTS: "every statement can be read and names its signers",
    ProofStep.SIGNATURES: "every signature holds",
    ProofStep.LINKS: "every chain is unbroken",
    ProofStep.INCLUSION: "every statement is in the checkpoint, at its place",
    ProofStep.AUTHORITY: "everyone signed with a key and in a role of their own",
}

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.HOLDS: "holds",
    Outcome.FAILS: "FAILS",
    Outcome.NOT_CHECKED: "not checked, for what it rests on is not so",
    Outcome.NOT_ASKED: "not asked: the trust file wants no witnesses",
}

NEARNESS: Mapping[Nearness, str] = {
    Nearness.OWN: "",
    Nearness.UNIT: "with its unit",
    Nearness.SOURCE: "what it was made from",
}

CAN_NOT_TELL = (
    "whether the thing before you is the one on record: a printed code can be copied",
    "whether those who signed told the truth: their signatures only say that they said it",
)

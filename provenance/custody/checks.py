"""One function per doubt: what a history gives reason to ask.

Rules: a check looks at the history and returns findings, none, one or many; it never raises, never decides,
never drops what another check found. ``verdict.judge`` weighs them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provenance.custody.history import Happening, History
from provenance.custody.standing import Flag, Phase
from provenance.custody.statements import Signer
from provenance.custody.steps import Step, flags_set
from provenance.custody.transformation import unbalanced_units
from provenance.custody.verdict import Doubt, Finding

_FLAG_DOUBTS = {Flag.RECALLED: Doubt.RECALLED, Flag.STOLEN: Doubt.STOLEN, Flag.MISSING: Doubt.MISSING}
_PHASE_DOUBTS = {
    Phase.DESTROYED: Doubt.DESTROYED,
    Phase.CONSUMED: Doubt.CONSUMED,
    Phase.RETIRED: Doubt.RETIRED,
    Phase.VOIDED: Doubt.NEVER_MADE,
}


def run(history: History) -> tuple[Finding, ...]:
    """Every finding of every check."""
    return tuple(finding for check in CHECKS for finding in check(history))


def issued(history: History) -> Iterator[Finding]:
    """Someone who may has brought it into the world here."""
    own = [happening for happening in _accepted(history) if happening.subject == history.subject]
    if history.standing is None or not own:
        yield Finding(Doubt.NOT_ISSUED, history.subject)
    elif not history.standing.origins and history.standing.phase is not Phase.VOIDED:
        yield Finding(Doubt.ORIGIN_NOT_RECORDED, history.subject, (own[0].hash,))


def rules_kept(history: History) -> Iterator[Finding]:
    """Every recorded statement keeps the rules of custody."""
    for happening in history.happenings:
        if happening.refusal is not None:
            refusal = happening.refusal
            details = {"code": refusal.code.value, "message": refusal.message}
            yield Finding(Doubt.RULE_BROKEN, happening.subject, (happening.hash,), details)
    for hash_, refusal in history.refused_entries:
        details = {"code": refusal.code.value, "message": refusal.message}
        yield Finding(Doubt.RULE_BROKEN, history.subject, (hash_,), details)


def flagged(history: History) -> Iterator[Finding]:
    """No flag lies on it, on its lot or class, or (recalls) on anything it was made from."""
    for flag, where in history.flags.items():
        evidence = tuple(h.hash for h in _standing(history) if flag in flags_set(h.event) and where in h.about.subjects)
        yield Finding(_FLAG_DOUBTS[flag], history.subject, evidence[-1:], {"where": where})


def alive(history: History) -> Iterator[Finding]:
    """Its life has not ended."""
    if history.phase is not None and (doubt := _PHASE_DOUBTS.get(history.phase)) is not None:
        last = [h.hash for h in _accepted(history) if history.subject in h.about.subjects]
        yield Finding(doubt, history.subject, tuple(last[-1:]))


def sensors_quiet(history: History) -> Iterator[Finding]:
    """No sensor on it or on a unit around it raised an alarm."""
    for happening in _standing(history):
        for sensor in happening.event.sensors:
            for report in sensor.reports:
                if report.exception == "ALARM_CONDITION":
                    details = {
                        "type": str(report.type or ""),
                        "value": str(report.value or ""),
                        "uom": report.uom or "",
                    }
                    yield Finding(Doubt.SENSOR_ALARM, happening.subject, (happening.hash,), details)


def yields_declared(history: History) -> Iterator[Finding]:
    """Every transformation behind it says how much it could make."""
    made = [happening for happening in _standing(history) if happening.step is Step.TRANSFORM]
    for happening in made:
        one = happening.about.transformation
        others = [h.about for h in made if one is not None and h.about.transformation == one]
        if units := unbalanced_units(happening.event, happening.about, others):
            names = ", ".join(unit or "pieces" for unit in units)
            yield Finding(Doubt.YIELD_NOT_DECLARED, happening.subject, (happening.hash,), {"units": names})


def keys_trusted(history: History) -> Iterator[Finding]:
    """No statement stands after the moment from which its key counts as compromised, unless its party reaffirmed it.

    Who had seen the log as it was after that moment signed after it. Who had not may have signed before, and may have
    chosen an older checkpoint to look so: that is disputed, and no more can be known from here.
    """
    for happening in history.happenings:
        for signer in happening.signers:
            record = history.registry.keys.get(signer.key)
            since = record.compromised_since if record else None
            if since is None or happening.index < since or _is_reaffirmed(history, happening, signer):
                continue
            doubt = Doubt.KEY_COMPROMISED if happening.seen >= since else Doubt.KEY_DISPUTED
            details = {"key": signer.key, "since": str(since), "seen": str(happening.seen)}
            yield Finding(doubt, happening.subject, (happening.hash,), details)


def _is_reaffirmed(history: History, happening: Happening, signer: Signer) -> bool:
    return signer.party in history.registry.reaffirmed.get(happening.hash, ())


CHECKS: tuple[Callable[[History], Iterator[Finding]], ...] = (
    issued,
    rules_kept,
    flagged,
    alive,
    sensors_quiet,
    yields_declared,
    keys_trusted,
)


def _accepted(history: History) -> list[Happening]:
    """The happenings that keep the rules."""
    return [happening for happening in history.happenings if happening.refusal is None]


def _standing(history: History) -> list[Happening]:
    """The happenings that count: neither refused nor taken back, nor what takes one back by repeating it."""
    return [h for h in _accepted(history) if not h.is_voided and h.step is not Step.CORRECT]

"""By which right a party may touch a thing: one function per right, each returning why not.

Rules (DESIGN: rules of custody):

* only the licensee of the company prefix, or its delegate, may bring a thing into the world;
* only the holder may move, pack, change or end it; inside a unit that is whoever holds the outermost unit;
* only the receiver named by an open hand-over may take it over, or hand it back;
* only the licensee itself says where the readers of its codes may go: no delegate, nobody beside it;
* looking is for those involved: holder, named receiver, owner, licensee, inspectors; sensors through a
  delegation ``observe`` from one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from provenance.codes import Code
from provenance.custody.parties import Registry
from provenance.custody.registry_entries import Permission
from provenance.custody.roles import Role
from provenance.custody.standing import Flag, Standing, Standings
from provenance.custody.statements import VerifiedStatement
from provenance.custody.steps import RULES, Actor, Step, flags_set, flags_unset
from provenance.custody.subjects import Touched, class_key, lot_of
from provenance.epcis.events import Event
from provenance.errors import Refusal
from provenance.ids import PartyId, StatementHash, Subject


@dataclass(slots=True)
class Case:
    """One event before the rules: who says it, about what, at which state of the world."""

    hash: StatementHash
    event: Event
    step: Step
    touched: Touched
    roles: Mapping[PartyId, Role]
    registry: Registry
    standings: Standings
    _licensees: dict[str, PartyId | None] = field(default_factory=dict)
    _lots: dict[str, Subject | None] = field(default_factory=dict)

    def licensee(self, subject: Subject) -> PartyId | None:
        """The party whose company prefix is in the subject's key."""
        trade_class = class_key(subject)
        if trade_class not in self._licensees:
            self._licensees[trade_class] = self.registry.licensee(subject)
        return self._licensees[trade_class]

    def issuer(self, subject: Subject) -> PartyId | None:
        """Which signer may bring the subject into the world: the licensee, or a delegate of its."""
        licensee = self.licensee(subject)
        if licensee is None or licensee in self.roles:
            return licensee
        return next(
            (p for p in self.roles if self.registry.may(p, Permission.COMMISSION, on=subject, of=licensee)), None
        )

    def lot(self, item: Subject) -> Subject | None:
        """The lot this event says the item was made in."""
        if not self.event.ilmd:
            return None
        trade_class = class_key(item)
        if trade_class not in self._lots:
            self._lots[trade_class] = lot_of(item, self.event)
        return self._lots[trade_class]

    def holder(self, standing: Standing) -> PartyId | None:
        """The signer that has the thing, if one of them does."""
        holder = self.standings.holder(standing)
        return holder if holder in self.roles else None

    def receiver(self, standing: Standing) -> PartyId | None:
        """The signer to whom the thing is on its way, if one of them is."""
        offer = self.standings.outermost(standing).offer
        return offer.to if offer is not None and offer.to in self.roles else None


def may_touch(case: Case, actor: Actor, standing: Standing) -> Refusal | None:
    """Why none of the signers may take the step on this thing, or ``None``."""
    return _RIGHTS[actor](case, standing)


def flags_after(case: Case, standing: Standing) -> frozenset[Flag] | Refusal:
    """The flags on a thing after this event, or why none of the signers may change them.

    Anyone who ships recalled goods back may say that they are recalled; only who may mark them makes them so.
    """
    on, off = flags_set(case.event), flags_unset(case.event)
    if case.step is not Step.MARK and on <= case.standings.flags(standing).keys() and not off & standing.flags:
        return standing.flags
    return _marker(case, standing) or (standing.flags | on) - off


def blocked(case: Case, standing: Standing) -> Refusal | None:
    """The flag on a thing that forbids the step, or ``None``."""
    if blocking := RULES[case.step].blocked_by:
        for flag, where in case.standings.flags(standing).items():
            if flag in blocking:
                evidence = {"subject": standing.subject, "head": standing.head, "flag": flag}
                return Refusal(Code.BLOCKED, f"{standing.subject} is {flag}, as {where} is", evidence=evidence)
    return None


def may_report(case: Case, party: PartyId, *, on: Subject, of: Iterable[PartyId | None]) -> bool:
    """Whether any of these has delegated to a party to observe this subject."""
    return any(g is not None and case.registry.may(party, Permission.OBSERVE, on=on, of=g) for g in of)


def may_issue(case: Case, subject: Subject) -> Refusal | None:
    """Why none of the signers may bring this subject into the world, or ``None``."""
    if case.issuer(subject) is not None:
        return None
    licensee = case.licensee(subject)
    whose = f"its prefix belongs to {licensee}" if licensee else "no party here holds its prefix"
    return Refusal(Code.NOT_LICENSED, f"{_names(case)} may not issue {subject}: {whose}", evidence={"subject": subject})


def may_steer(registry: Registry, parties: Iterable[PartyId], about: Subject) -> Refusal | None:
    """Why these may not say where the readers of a key's code go, or ``None``."""
    licensee = registry.licensee(about)
    if licensee is not None and set(parties) == {licensee}:
        return None
    whose = f"its prefix belongs to {licensee}" if licensee else "no party here holds its prefix"
    names = " and ".join(sorted(parties))
    return Refusal(Code.NOT_LICENSED, f"{names} may not say where {about} leads: {whose}", evidence={"subject": about})


def _holder(case: Case, standing: Standing) -> Refusal | None:
    if case.holder(standing) is not None:
        return None
    holder = case.standings.holder(standing)
    return Refusal(
        Code.NOT_HOLDER,
        f"{_names(case)} does not hold {standing.subject}; {holder or 'nobody known here'} does",
        evidence={"subject": standing.subject, "head": standing.head},
    )


def _receiver(case: Case, standing: Standing) -> Refusal | None:
    if case.holder(standing) is not None or case.receiver(standing) is not None:
        return None
    offer = case.standings.outermost(standing).offer
    named = f"{offer.to} was named" if offer else "no hand-over is open"
    return Refusal(
        Code.NOT_NAMED,
        f"nobody named {_names(case)} to receive {standing.subject}; {named}",
        evidence={"subject": standing.subject, "head": standing.head},
    )


def _bystander(case: Case, standing: Standing) -> Refusal | None:
    if _involved(case, standing) or Role.INSPECTOR in case.roles.values():
        return None
    return _holder(case, standing)


def _reporter(case: Case, standing: Standing) -> Refusal | None:
    if _bystander(case, standing) is None:
        return None
    grantors = {case.standings.holder(standing), case.standings.owner(standing), case.licensee(standing.subject)}
    if any(may_report(case, party, on=standing.subject, of=grantors) for party in case.roles):
        return None
    return Refusal(
        Code.NOT_DELEGATED,
        f"{_names(case)} has no delegation to observe {standing.subject} from its holder, owner or licensee",
        evidence={"subject": standing.subject},
    )


def _marker(case: Case, standing: Standing) -> Refusal | None:
    """A recall is the licensee's word, a theft or loss the owner's or holder's; an inspector may do all."""
    if Role.INSPECTOR in case.roles.values():
        return None
    flags = flags_set(case.event) | flags_unset(case.event)
    if Flag.RECALLED in flags and case.issuer(standing.subject) is None:
        return Refusal(
            Code.NOT_LICENSED,
            f"only the licensee or an inspector recalls {standing.subject}",
            evidence={"subject": standing.subject},
        )
    if flags - {Flag.RECALLED} and case.standings.owner(standing) not in case.roles:
        return _holder(case, standing)
    return None


def _signer(case: Case, standing: Standing) -> Refusal | None:
    return None  # the correction itself is checked against the event it corrects


def _involved(case: Case, standing: Standing) -> bool:
    return (
        case.holder(standing) is not None
        or case.receiver(standing) is not None
        or case.standings.owner(standing) in case.roles
        or case.licensee(standing.subject) in case.roles
        or standing.sold_by in case.roles  # who sold it may repair it
    )


def _licensee(case: Case, standing: Standing) -> Refusal | None:
    return may_issue(case, standing.subject)


_RIGHTS: Mapping[Actor, Callable[[Case, Standing], Refusal | None]] = {
    Actor.LICENSEE: _licensee,
    Actor.HOLDER: _holder,
    Actor.RECEIVER: _receiver,
    Actor.BYSTANDER: _bystander,
    Actor.REPORTER: _reporter,
    Actor.MARKER: _marker,
    Actor.SIGNER: _signer,
}


def roles_of(statement: VerifiedStatement) -> Mapping[PartyId, Role]:
    """Each party that speaks in a statement, and in which role."""
    return {signer.party: signer.role for signer in statement.header.signers}


def _names(case: Case) -> str:
    return " and ".join(sorted(case.roles))

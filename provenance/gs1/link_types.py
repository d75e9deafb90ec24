"""What kind of page a web link leads to: the link types that GS1 has ratified.

Rules:

* a link type is one word of the GS1 Web Vocabulary; people write it ``gs1:pip``, a linkset spells it as a URI;
* both namespaces are read, the one in force (``ref.gs1.org``) is printed; words of nobody's vocabulary are refused;
* which link is the default is not for a link type to say, so ``gs1:defaultLink`` is a word of its own here.

GS1-Conformant resolver standard 1.2, section 2.14; https://ref.gs1.org/voc/?show=linktypes
"""

from __future__ import annotations

from typing import NewType

from provenance.codes import Code
from provenance.errors import MalformedError
from provenance.gs1.elements import shown

LinkType = NewType("LinkType", str)
"""A ratified link type as people write it: ``gs1:pip``."""

DEFAULT = "gs1:defaultLink"
NAMESPACE = "https://ref.gs1.org/voc/"

_PREFIX = "gs1:"
_NAMESPACES = (NAMESPACE, "https://gs1.org/voc/", _PREFIX)
_WORDS = """
activityIdeas allergenInfo brandHomepageClinical brandHomepagePatient careersInfo certificationInfo
consumerHandlingStorageInfo disassemblyInfo epcis epil eventsInfo faqs handlingEndOfLife hasRetailers homepage
ingredientsInfo instructions jws leaveReview locationInfo logisticsInfo masterData menuInfo nutritionalInfo
openingHoursInfo paymentLink pip productPassport promotion purchaseSuppliesOrAccessories quickStartGuide recallStatus
recipeInfo recyclingInfo registerProduct registryEntry relatedVideo repairInfo reuseInfo review safetyInfo
scheduleTime serviceInfo smartLabel smpc socialMedia sorting statisticInfo support sustainabilityInfo traceability
tutorial userAgreement verificationService whatsInTheBox
""".split()

LINK_TYPES = frozenset(LinkType(_PREFIX + word) for word in _WORDS)

EPCIS = LinkType("gs1:epcis")
RECALL_STATUS = LinkType("gs1:recallStatus")
REGISTRY_ENTRY = LinkType("gs1:registryEntry")
TRACEABILITY = LinkType("gs1:traceability")
VERIFICATION_SERVICE = LinkType("gs1:verificationService")


def parse_link_type(text: str) -> LinkType:
    """The link type that a text names; refuses a word that GS1 has not ratified.

    >>> parse_link_type("https://gs1.org/voc/pip")
    'gs1:pip'
    """
    word = link_type_name(text)
    if word not in LINK_TYPES:
        raise MalformedError(Code.WRONG_VALUE, f"{shown(text)} is no ratified link type such as gs1:pip")
    return LinkType(word)


def link_type_name(text: str) -> str:
    """A text with its namespace as people write it, whether or not GS1 has ratified the word.

    >>> link_type_name("https://ref.gs1.org/voc/defaultLink"), link_type_name("linkset")
    ('gs1:defaultLink', 'linkset')
    """
    for namespace in _NAMESPACES:
        if text.startswith(namespace):
            return _PREFIX + text.removeprefix(namespace)
    return text


def link_type_uri(name: str) -> str:
    """The link type as a linkset spells it.

    >>> link_type_uri("gs1:pip")
    'https://ref.gs1.org/voc/pip'
    """
    return NAMESPACE + name.removeprefix(_PREFIX)

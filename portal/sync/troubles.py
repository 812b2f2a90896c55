"""What stopped the directory, in plain words with its cure. What the server or the line said stays beside it."""

import re

from portal.words import N_

_TROUBLES = (
    (
        "self-signed certificate|unable to get (local )?issuer",
        N_(
            "This machine does not know who signed the directory's certificate. Put the certificate of that authority into a "
            "file and name it in LDAP_CA_FILE."
        ),
    ),
    (
        "(Hostname|IP address) mismatch",
        N_("The directory's certificate is for another name. Write the name that stands in it into LDAP_URL."),
    ),
    (
        "certificate has expired|certificate is not yet valid",
        N_("The directory's certificate is no longer valid, or not yet. Renew it, or set the clock of this machine right."),
    ),
    (
        "UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|PROTOCOL_VERSION|NO_PROTOCOLS",
        N_("The directory and the portal have no version of TLS in common. The directory must speak TLS 1.2 or newer."),
    ),
    (
        "WRONG_VERSION_NUMBER|UNEXPECTED_EOF|EOF occurred|RECORD_LAYER|startTLS",
        N_(
            "Whatever answers there does not speak TLS in this way. ldaps:// usually goes with port 636, ldap:// and "
            "LDAP_START_TLS with port 389."
        ),
    ),
    (
        "Connection refused",
        N_("Nothing listens at this address. Look at name and port in LDAP_URL, and whether the directory is running."),
    ),
    (
        "not known|not resolved|name resolution|No address associated",
        N_("The name of this host is not known here. Look at LDAP_URL, and at this machine's name server."),
    ),
    (
        "No route to host|unreachable",
        N_("No way leads to this host. Look at its address, at the network and at firewalls in between."),
    ),
    (
        "terminated by server|Connection reset|Broken pipe",
        N_("The directory hung up. Perhaps this port wants TLS: then LDAP_URL begins with ldaps://; perhaps it is restarting."),
    ),
    (
        "timed out|in time|no answer",
        N_("No answer in time: a firewall in between, the wrong port, or a directory that is overloaded."),
    ),
    (
        "confidentialityRequired|strongerAuthRequired|strongAuthRequired",
        N_("The directory takes passwords over an encrypted line only. Use ldaps:// in LDAP_URL, or LDAP_START_TLS=1."),
    ),
    (
        "invalidCredentials.* data (532|773),",
        N_("The password of the service account has expired or has to be changed. Set one that does not expire."),
    ),
    (
        "invalidCredentials.* data (533|701),",
        N_("The service account is switched off or has expired. The directory's administrator can switch it on again."),
    ),
    (
        "invalidCredentials.* data 775,",
        N_("The directory has locked the service account after too many wrong passwords. Its administrator can unlock it."),
    ),
    (
        "invalidCredentials.* data 53[01],",
        N_(
            "The service account may sign in at certain hours or on certain computers only. The directory's administrator can "
            "lift that."
        ),
    ),
    (
        "invalidCredentials",
        N_("LDAP_BIND_DN or its password is wrong, or the directory has locked this account after too many attempts."),
    ),
    (
        "insufficientAccessRights|may the service account read",
        N_(
            "The service account may not read everything the portal needs, or LDAP_KEY names an attribute that entries do not "
            "have: OpenLDAP has entryUUID, Active Directory objectGUID."
        ),
    ),
    (
        "invalidDNSyntax",
        N_(
            "A name is not written as directories write names. LDAP_BIND_DN and LDAP_BASE look like "
            "cn=portal,ou=services,dc=company,dc=example."
        ),
    ),
    (
        "noSuchObject",
        N_("The directory has no place called as LDAP_BASE says, or the service account may not see it."),
    ),
    (
        "invalid filter|filterError",
        N_("LDAP_PERSON_FILTER is not a filter: perhaps a bracket is missing."),
    ),
    (
        "referral",
        N_("The directory sends the portal to another server: LDAP_BASE belongs to a part that this one does not hold."),
    ),
    (
        "sizeLimitExceeded|adminLimitExceeded|timeLimitExceeded",
        N_(
            "The directory stopped before the end. Its administrator has to lift the limit of searches for the service "
            "account, or LDAP_PAGE_SIZE has to be smaller."
        ),
    ),
    (
        "without the paging control|members end after",
        N_(
            "The directory does not hand out everything page by page, so nobody knows whether all came. Its administrator has "
            "to allow that to the service account."
        ),
    ),
    (
        "nothing matches",
        N_("There is nobody whom the portal would take in. Look at LDAP_BASE and LDAP_PERSON_FILTER."),
    ),
    (
        "there is no group below",
        N_("There is no group where LDAP_DEPARTMENT_GROUPS says, so nobody would have a department."),
    ),
    ("another run, begun later", N_("Another run that began later was faster. Nothing is missing.")),
)
_LOOKED_FOR = tuple((re.compile(pattern, re.IGNORECASE), sentence) for pattern, sentence in _TROUBLES)


def plain(said: str) -> str:
    """The sentence for what a step of the test or a failed run says; empty when there is none and it speaks for itself."""
    return next((sentence for pattern, sentence in _LOOKED_FOR if pattern.search(said)), "")

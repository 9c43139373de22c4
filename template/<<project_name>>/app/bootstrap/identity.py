"""Identity, wired to WeChat, the database, the tokens and what the other modules know of users."""

from ..adapters.caching.policy import REVOCABLE, Policy
from ..adapters.persistence.identity import SqlIdentityWork, SqlSessionWork, SqlSpentCodes
from ..adapters.tokens import open_tokens
from ..identity.application import Accounts, Profiles, Sessions, SignIn
from ..identity.domain import Profile, Standing
from .house import House
from .wiring import Wiring


def wire(house: House, wiring: Wiring) -> None:
    works = house.sealed_works(SqlIdentityWork)
    session_works = house.works(SqlSessionWork)
    standings = house.cache("standings", Standing, REVOCABLE)
    profiles = house.cache("profiles", Profile, Policy())
    tokens = open_tokens(house.settings.tokens, session_works, standings, house.clock)
    wiring.offer(
        SignIn(SqlSpentCodes(house.database, house.clock), works, house.wechat, tokens),
        Sessions(session_works, tokens),
        Profiles(works, house.wechat, profiles),
        Accounts(works, tokens, profiles, wiring.user_data),
    )

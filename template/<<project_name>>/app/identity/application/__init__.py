"""What users and operators do with identities; one file per group of verbs."""

from .accounts import Accounts as Accounts
from .profiles import Profiles as Profiles
from .sessions import Sessions as Sessions
from .sign_in import SignedIn as SignedIn
from .sign_in import SignIn as SignIn

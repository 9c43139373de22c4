"""A pretended api.weixin.qq.com for laptops and tests; never part of the production image."""

from .server import Sandbox as Sandbox
from .state import APPID as APPID

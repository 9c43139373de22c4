"""WeChat as this backend meets it: codes, phones, and what a client's session_key proves."""

from .gateway import HttpWeChat as HttpWeChat
from .gateway import open_wechat as open_wechat
from .settings import WeChatSettings as WeChatSettings

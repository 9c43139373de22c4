"""Reasons, in English."""

LANGUAGE = "en"

REASONS = {
    "body": "A JSON body is needed here.",
    "cursor": "This is no cursor that a page gave.",
    "duplicate": "The body names the same member twice.",
    "integer": "This must be an integer.",
    "invalid": "This is not acceptable.",
    "json": "The body is not valid JSON.",
    "list": "This must be a list.",
    "missing": "This is needed.",
    "nesting": "The body is nested deeper than {limit} levels.",
    "number": "Numbers must be finite, and integers within ±{limit}.",
    "object": "This must be an object.",
    "one_of": "This must be one of {limit}.",
    "text": "This must be text.",
    "text_characters": "Text must not hold U+0000 or a lone surrogate.",
    "too_few": "There must be at least {limit} of these.",
    "too_large": "This must be at most {limit}.",
    "too_long": "This must be at most {limit} characters long.",
    "too_many": "There must be at most {limit} of these.",
    "too_short": "This must be at least {limit} characters long.",
    "too_small": "This must be at least {limit}.",
    "unknown": "Nothing of this name is known here.",
    "url": "This must be an https address.",
    "utf8": "The body is not valid UTF-8.",
    "wechat_data": "Send encrypted_data with iv, raw_data with signature, or both pairs.",
}

"""原因说明，中文。"""

LANGUAGE = "zh"

REASONS = {
    "body": "此处需要 JSON 请求体。",
    "cursor": "该游标无效。",
    "duplicate": "请求体中存在重复的字段。",
    "integer": "必须为整数。",
    "invalid": "该值不符合要求。",
    "json": "请求体不是合法的 JSON。",
    "list": "必须为数组。",
    "missing": "此项为必填。",
    "nesting": "请求体嵌套不能超过 {limit} 层。",
    "number": "数字必须有限，整数须在 ±{limit} 之内。",
    "object": "必须为对象。",
    "one_of": "必须为以下之一：{limit}。",
    "text": "必须为文本。",
    "text_characters": "文本不能包含 U+0000 或孤立的代理字符。",
    "too_few": "至少需要 {limit} 项。",
    "too_large": "不能大于 {limit}。",
    "too_long": "长度不能超过 {limit} 个字符。",
    "too_many": "最多允许 {limit} 项。",
    "too_short": "长度不能少于 {limit} 个字符。",
    "too_small": "不能小于 {limit}。",
    "unknown": "此处没有这个字段。",
    "url": "必须为 https 地址。",
    "utf8": "请求体不是合法的 UTF-8。",
    "wechat_data": "请提供 encrypted_data 与 iv，或 raw_data 与 signature，或两者。",
}

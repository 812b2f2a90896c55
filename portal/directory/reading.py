"""How a name is read: the pinyin that lists of people are sorted and found by."""

from functools import lru_cache

SURNAMES = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "查": "zha", "朴": "piao", "区": "ou", "盖": "ge", "任": "ren",
    "华": "hua", "尉迟": "yu chi", "万俟": "mo qi", "澹台": "tan tai", "长孙": "zhang sun", "令狐": "ling hu", "覃": "qin",
    "翟": "zhai", "乐": "yue", "员": "yun", "缪": "miao", "宓": "mi", "冼": "xian", "逄": "pang", "曲": "qu", "卜": "bu",
    "召": "shao", "祭": "zhai", "谌": "chen", "种": "chong", "秘": "bi", "折": "she", "黑": "he", "洗": "xian", "尹": "yin",
    "宿": "su", "隗": "wei", "佴": "nai", "车": "che", "褚": "chu", "盛": "sheng", "重": "chong", "葛": "ge", "哈": "ha",
    "燕": "yan", "纪": "ji", "呙": "guo", "过": "guo", "郇": "xun", "芮": "rui", "郗": "chi", "殷": "yin", "句": "gou",
    "夏侯": "xia hou", "鲜于": "xian yu", "尉": "wei", "都": "du", "那": "na", "教": "jiao", "么": "yao", "臧": "zang",
}  # fmt: skip
"""Surnames that are read differently from the everyday word."""


def reading(name: str) -> str:
    """A name in lower case pinyin without tones, syllables apart; what is not Chinese stays, in lower case."""
    for length in (2, 1):
        if len(name) > length and (surname := SURNAMES.get(name[:length])):
            return " ".join([surname, *_syllables(name[length:])])
    return " ".join(_syllables(name))


@lru_cache(maxsize=20_000)  # given names repeat; a look-up costs 40 microseconds
def _syllables(text: str) -> list[str]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its dictionary costs 0.3 s and 30 MB, and most processes never ask

    return " ".join(lazy_pinyin(text)).lower().split()

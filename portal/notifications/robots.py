"""The robots of groups in WeCom 企业微信, DingTalk 钉钉 and Feishu 飞书: their documented formats, and what they say.

A group has many readers: a robot tells how many check-ins are due in a department, and nothing of anybody.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from portal.notifications import outside
from portal.notifications.models import RobotKind
from portal.words import N_

KINDS = {RobotKind.WECOM: N_("WeCom"), RobotKind.DINGTALK: N_("DingTalk"), RobotKind.FEISHU: N_("Feishu")}
DONE = {"errcode": 0, "code": 0, "StatusCode": 0}
"""What says that it was taken, by vendor: one of these stands in the answer."""


def written(kind: RobotKind, url: str, secret: str, text: str, now: datetime) -> tuple[str, bytes]:
    """The address and the body of a message, signed where the vendor knows signing."""
    if kind is RobotKind.FEISHU:
        seconds = int(now.timestamp())
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if secret:  # the text to sign is the key, the message is empty: so it is documented
            body = {"timestamp": str(seconds), "sign": _signed(f"{seconds}\n{secret}", ""), **body}
        return url, _json(body)
    body = {"msgtype": "text", "text": {"content": text}}
    if kind is RobotKind.DINGTALK and secret:
        millis = int(now.timestamp() * 1000)
        sign = quote_plus(_signed(secret, f"{millis}\n{secret}"))
        url = f"{url}{'&' if '?' in url else '?'}timestamp={millis}&sign={sign}"
    return url, _json(body)


def send(kind: RobotKind, url: str, secret: str, text: str, now: datetime) -> None:
    """Post a text to a group. Raises outside.NotReached."""
    answer = outside.post(*written(kind, url, secret, text, now))
    try:
        said: Mapping[str, Any] = json.loads(answer)
        taken = any(said.get(name) == good for name, good in DONE.items())
    except (ValueError, AttributeError, RecursionError):
        taken = False
    if not taken:
        raise outside.NotReached(N_("The robot refuses the message: look at its address, its secret and its keywords."))


def _signed(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()

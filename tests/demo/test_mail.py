"""The demo's post office keeps what it is given."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from smtplib import SMTP

from portal.demo import mail


def test_every_message_becomes_a_file(tmp_path):
    port = mail.catch(tmp_path)
    sent = EmailMessage()
    sent["From"], sent["To"], sent["Subject"] = "portal@hengyu.example", "zhou.xiaolan@hengyu.example", "评估已发布"
    sent.set_content("请查看")
    with SMTP("127.0.0.1", port) as client:
        client.send_message(sent)
        client.send_message(sent)
    kept = sorted(tmp_path.iterdir())
    assert [path.suffix for path in kept] == [".eml", ".eml"]
    read = message_from_bytes(kept[0].read_bytes(), policy=default)
    assert (read["Subject"], read.get_content().strip()) == ("评估已发布", "请查看")

"""An answer inside the HTTP response: the shape is ours too, the way is not taken, for nothing could be sent again."""

import json

from adapters.dingtalk import DingTalkAdapter
from adapters.dingtalk.render import render
from bot.contracts import Card
from bot.testing import RecordingHost, outbound
from bot.testing.dingtalk_bodies import problem
from tests.adapters.dingtalk.samples import request, sample

RECORDED = sample("http_robot_direct_reply")


def test_the_recorded_answer_is_a_body_the_platform_takes_and_the_one_we_make_of_its_sentence() -> None:
    recorded = RECORDED["body"]
    assert problem(recorded) is None
    card = Card(language="zh-Hans", text=(recorded["text"]["content"],))
    assert json.loads(render(outbound(card), 18_000)) == recorded


async def test_a_callback_is_answered_with_status_and_header_as_recorded_and_no_message_inside(
    robot: DingTalkAdapter, host: RecordingHost
) -> None:
    response = await robot.handle_webhook(request(sample("robot_text_group")))
    assert response.status == RECORDED["status"]
    assert response.content_type == RECORDED["headers"]["Content-Type"]
    assert json.loads(response.body) == sample("reply_empty")
    assert len(host.received) == 1

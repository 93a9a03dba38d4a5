import math

import pytest
from munbot_common.messaging import Heard
from munbot_whatsapp.deliveries.lanes import LOOK_AGAIN_SECONDS, Grace


@pytest.mark.parametrize(
    ("heard", "sending_for", "left"),
    [
        (Heard(since=100.0, lag=0.0), 14.0, LOOK_AGAIN_SECONDS),
        (Heard(since=100.0, lag=0.0), 15.0, 0.0),
        (Heard(since=100.0, lag=0.0), 5.0, 10.0),
        (Heard(since=100.0, lag=5.0), 15.0, 5.0),
        (Heard(since=3.0, lag=0.0), 3600.0, 12.0),
        (Heard(since=3600.0, lag=600.0), 610.0, 5.0),
        (Heard(since=3600.0, lag=600.0), 616.0, 0.0),
        (Heard(since=3600.0, lag=math.inf), 3600.0, 15.0),
        (None, 3600.0, LOOK_AGAIN_SECONDS),
    ],
)
def test_statuses_must_have_been_heard_for_the_whole_grace(heard, sending_for, left):
    assert Grace(15.0, heard).left(sending_for) == pytest.approx(left)

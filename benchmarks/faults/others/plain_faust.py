"""For comparison: a plain Faust agent with `processing_guarantee="exactly_once"` that passes records on.

Configured as Faust's documentation says, and started by its own worker. It takes the variables of a copydesk worker.

Usage: python -m benchmarks.faults.others.plain_faust worker --without-web -l error
"""

from __future__ import annotations

import os
from typing import Any

import faust
from tests.support.counting import ORIGIN

SOURCE = os.environ["COPYDESK_TOPICS__RAW__NAME"]
TARGET = os.environ["COPYDESK_TOPICS__PARSED__NAME"]

app = faust.App(
    os.environ["COPYDESK_APP_ID"],
    broker=f"kafka://{os.environ['COPYDESK_BOOTSTRAP_SERVERS']}",
    processing_guarantee="exactly_once",
    consumer_auto_offset_reset="earliest",
    topic_partitions=6,
    topic_allow_declare=False,
    topic_disable_leader=True,
    datadir=os.environ["COPYDESK_STATE_DIR"],
    web_enabled=False,
    broker_session_timeout=6.0,
    broker_heartbeat_interval=1.0,
)
source = app.topic(SOURCE, value_type=bytes, key_type=bytes, value_serializer="raw", key_serializer="raw")
target = app.topic(TARGET, value_type=bytes, key_type=bytes, value_serializer="raw", key_serializer="raw")


@app.agent(source)
async def pass_on(stream: Any) -> None:
    """Send every record on, with the coordinates that it came from."""
    async for event in stream.events():
        message = event.message
        origin = f"{message.partition}-{message.offset}".encode()
        await target.send(key=event.key, value=event.value, headers={ORIGIN: origin}, partition=0)


if __name__ == "__main__":
    app.main()

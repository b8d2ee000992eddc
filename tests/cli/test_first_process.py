import json
import shutil
import subprocess
import sys

import pytest

# The worker has process number 1 in a container, which once made its pool processes believe that it was dead.
NEW_PIDS = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
STORY = {
    "media_type": "text/plain",
    "content": "Harbour bridge reopens after two years\n\nThe harbour bridge in Lisbon reopened on Monday after two "
    "years of repairs, the mayor said. Traffic had been sent through the old town since inspectors found cracks in it.",
}


def test_articles_are_processed_by_the_first_process_of_a_container() -> None:
    tried = shutil.which("unshare") and subprocess.run([*NEW_PIDS, "true"], capture_output=True, check=False)
    if not tried or tried.returncode != 0:
        pytest.skip("no namespace of process numbers can be made here")
    done = subprocess.run(
        [*NEW_PIDS, sys.executable, "-m", "copydesk", "process"],
        input=json.dumps(STORY),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[0])["title"] == "Harbour bridge reopens after two years"

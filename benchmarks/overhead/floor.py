"""The least client: one connection, one tool, one bash that is kept open. What others take beyond it is theirs.

python floor.py URL TASK
"""

import http.client
import json
import subprocess
import sys
from urllib.parse import urlsplit

BASH = {
    "type": "function",
    "function": {
        "name": "bash",
        "description": "Run a shell command.",
        "parameters": {
            "type": "object",
            "properties": {"command": {"type": "string"}},
            "required": ["command"],
        },
    },
}
END = "floor-end-of-output"


def main(url: str, task: str) -> None:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    messages = [{"role": "system", "content": "You repair software."}, {"role": "user", "content": task}]
    with subprocess.Popen(
        ["bash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as bash:
        while True:
            request = json.dumps({"model": "scripted-1", "messages": messages, "tools": [BASH]})
            connection.request(
                "POST", "/v1/chat/completions", request.encode(), {"Content-Type": "application/json"}
            )
            message = json.load(connection.getresponse())["choices"][0]["message"]
            messages.append(message)
            if not message.get("tool_calls"):
                return
            for call in message["tool_calls"]:
                output = run(bash, json.loads(call["function"]["arguments"])["command"])
                messages.append({"role": "tool", "tool_call_id": call["id"], "content": output})


def run(bash: subprocess.Popen[str], command: str) -> str:
    assert bash.stdin and bash.stdout
    bash.stdin.write(f"{command} </dev/null\necho; echo {END}\n")
    bash.stdin.flush()
    return "".join(iter(bash.stdout.readline, END + "\n"))


if __name__ == "__main__":
    main(*sys.argv[1:])

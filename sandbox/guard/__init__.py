"""The process that lives inside a sandbox and does what it is told over stdin and stdout.

It is run by whatever Python the sandbox has (3.8 or newer), so it imports nothing but the standard library, and as
little of that as it can: it starts with every sandbox. A message is one line of JSON, followed by as many bytes as
its `size` says. The host sends one request at a time, except `kill`, which may come while a command runs. When
stdin ends, the host is gone: everything is killed and the guard leaves, which ends the sandbox.
"""

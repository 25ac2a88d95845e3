"""Where commands run: the sandboxes, and the workspace inside one."""

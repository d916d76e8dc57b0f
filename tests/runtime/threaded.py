"""Starts a thread when it is imported: a fork server that imports it must not fork."""

import threading

threading.Thread(target=threading.Event().wait, daemon=True).start()

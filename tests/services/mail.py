"""A real SMTP server in a thread, which dies, hangs and refuses when it is told to."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


class MailServer:
    """``messages`` are those that it has taken, in order; its port stays the same when it is started again.

    ``answer`` decides what it says to a message's recipient (``RCPT``) and text (``DATA``): given the stage and the
    address, an SMTP answer, or "" to say yes; ``answer_sender`` what it says to the sender before (``MAIL``).
    ``is_hanging``: it takes a text and says nothing more.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer: Callable[[str, str], str] = lambda stage, address: ""
        self.answer_sender: Callable[[], str] = lambda: ""
        self.is_hanging = False
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        """Closes the door; who is connected meets a closed connection."""
        if self._controller is not None:
            self._controller.stop(no_assert=True)
            self._controller = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        """The ``Message-ID`` of each message taken."""
        return [message["Message-ID"] for message in self.messages]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        refusal = self.answer_sender()
        if refusal:
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        refusal = self.answer("RCPT", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.is_hanging:
            await asyncio.sleep(3600)
        refusal = self.answer("DATA", envelope.rcpt_tos[0])
        if refusal:
            return refusal
        self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        self.recipients.extend(envelope.rcpt_tos)
        return "250 Taken"

"""asyncua's own server in a thread, with nodes a test writes: none of the machinery of the simulators."""

import asyncio
import datetime as dt
import threading
from contextlib import suppress

from asyncua import Server, ua
from asyncua.crypto.permission_rules import User, UserRole

URI = "urn:maker:plc"
OTHER = "urn:maker:other"


class Users:
    """Ada may come in by password, and whoever has one of the certificates."""

    def __init__(self, certificates=()) -> None:
        self._certificates = set(certificates)

    def get_user(self, iserver, username=None, password=None, certificate=None):
        known = (username, password) == ("ada", "secret") or certificate in self._certificates
        return User(role=UserRole.User) if known else None


class Plc:
    """A server on `port`; names: browse paths below Objects with first values. namespaces: registered in this order."""

    def __init__(self, port: int, names: dict, namespaces=(URI,), secured=None, users=None, prepare=None) -> None:
        self.url = f"opc.tcp://127.0.0.1:{port}/plc"
        self._names, self._namespaces, self._secured, self._users = names, namespaces, secured, users
        self._prepare = prepare
        self._loop = None

    def __enter__(self) -> "Plc":
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.do(self._start())
        return self

    def __exit__(self, *_) -> None:
        if self._loop is None:
            return
        with suppress(TimeoutError):
            self.do(self.server.stop())
        self.do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._loop = None

    def do(self, what):
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    def write(self, name: str, value, t: int | None = None, status: int = 0) -> None:
        at = None if t is None else dt.datetime.fromtimestamp(t / 1000, dt.UTC)
        said = ua.DataValue(self._variant(name, value), ua.StatusCode(status), SourceTimestamp=at)
        self.do(self.server.write_attribute_value(self.nodes[name].nodeid, said))

    def add(self, name: str, value) -> None:
        self._names[name] = value
        self.do(self._add(name, value))

    def _variant(self, name: str, value):
        return ua.Variant(value, self._kinds[name])

    async def _start(self) -> None:
        self.server = server = Server(user_manager=self._users)
        await server.init()
        server.set_endpoint(self.url)
        if self._secured is None:
            server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        else:
            server.set_security_policy(
                [ua.SecurityPolicyType.Basic256Sha256_Sign, ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt]
            )
            await server.load_certificate(self._secured.certificate)
            await server.load_private_key(self._secured.key)
        for uri in self._namespaces:
            await server.register_namespace(uri)
        self._own = await server.get_namespace_index(URI)
        self.nodes, self._kinds, self._folders = {}, {}, {(): server.nodes.objects}
        for name, value in self._names.items():
            await self._add(name, value)
        if self._prepare is not None:
            await self._prepare(self)
        await server.start()

    async def _add(self, name: str, value) -> None:
        *folders, last = name.split("/")
        at = ()
        for folder in folders:
            if (*at, folder) not in self._folders:
                self._folders[*at, folder] = await self._folders[at].add_object(self._own, folder)
            at = (*at, folder)
        if name.startswith("s="):
            node, last = ua.NodeId.from_string(f"ns={self._own};{name}"), ua.QualifiedName(name[2:], self._own)
            self.nodes[name] = await self.server.nodes.objects.add_variable(node, last, value)
        else:
            self.nodes[name] = await self._folders[at].add_variable(self._own, last, value)
        self._kinds[name] = (await self.nodes[name].read_data_value()).Value.VariantType

    async def _end(self) -> None:
        left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

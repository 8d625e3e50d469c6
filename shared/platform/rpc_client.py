from __future__ import annotations
import json, time, uuid, threading
from kombu import Connection, Exchange, Producer, Queue, Consumer
from shared.platform.errors import Unavailable, from_wire
class RpcClient:
    def __init__(self, amqp_uri, **kw):
        self.uri = amqp_uri
    def call(self, service, method, payload, headers=None, timeout=10, safe=False):
        with Connection(self.uri) as c:
            ch = c.channel()
            q = Queue(f"reply-{uuid.uuid4()}", exclusive=True, auto_delete=True, durable=False)(ch); q.declare()
            out = []
            with Consumer(ch, [q], callbacks=[lambda b, m: out.append(b)], no_ack=True):
                Producer(ch, auto_declare=False).publish(json.dumps(payload), exchange="dextra.rpc", routing_key=f"{service}.{method}", reply_to=q.name, correlation_id="1", headers={**(headers or {})}, content_type="application/json", content_encoding="utf-8")
                end = time.time()+timeout
                while not out:
                    if time.time() > end: raise Unavailable("no answer")
                    try: c.drain_events(timeout=1)
                    except TimeoutError: pass
            a = out[0]; a = json.loads(a) if isinstance(a, str) else a
            if "error" in a: raise from_wire(a["error"])
            return a["result"]
    def close(self): pass

"""What an application does with the official Python client: prints one line per step, and fails at the first that is wrong."""
import sys
import threading

from kubernetes import client, config, dynamic, watch
from kubernetes.client import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock

namespace = sys.argv[2]
config.load_kube_config(sys.argv[1])
core = client.CoreV1Api()
PAGES = 7


def step(name):
    print(f"ok {name}", flush=True)


def labelled(name, **labels):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data={"a": "1"})


for number in range(PAGES):
    core.create_namespaced_config_map(namespace, labelled(f"python-{number}", of="python"))
step("create")

patched = core.patch_namespaced_config_map("python-0", namespace, {"data": {"b": "2"}})
assert patched.data == {"a": "1", "b": "2"}, patched.data
step("patch")

maps = dynamic.DynamicClient(client.ApiClient()).resources.get(api_version="v1", kind="ConfigMap")
body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "python-applied"}, "data": {"x": "y"}}
applied = maps.server_side_apply(body=body, name="python-applied", namespace=namespace, field_manager="python")
assert applied.metadata.managedFields[0].operation == "Apply"
try:
    body["data"]["x"] = "z"
    maps.server_side_apply(body=body, name="python-applied", namespace=namespace, field_manager="other")
    raise AssertionError("no conflict")
except dynamic.exceptions.ConflictError:
    pass
step("apply")

seen, token = [], None
while True:
    page = core.list_namespaced_config_map(namespace, label_selector="of=python", limit=3, _continue=token)
    seen += [item.metadata.name for item in page.items]
    token = page.metadata._continue
    if not token:
        break
assert seen == [f"python-{number}" for number in range(PAGES)], seen
step("pages")

listed = core.list_namespaced_config_map(namespace, label_selector="of=python")
core.delete_namespaced_config_map("python-1", namespace)
core.create_namespaced_config_map(namespace, labelled("python-new", of="python"))
events = watch.Watch().stream(
    core.list_namespaced_config_map,
    namespace,
    label_selector="of=python",
    resource_version=listed.metadata.resource_version,
    timeout_seconds=20,
)
first, second = next(events), next(events)
assert (first["type"], first["object"].metadata.name) == ("DELETED", "python-1"), first
assert (second["type"], second["object"].metadata.name) == ("ADDED", "python-new"), second
step("watch")

led = threading.Event()


def lead():
    led.set()
    raise SystemExit  # the library ends the election with its leader


lock = LeaseLock("python-leader", namespace, "me")
election = electionconfig.Config(lock, lease_duration=5, renew_deadline=4, retry_period=1, onstarted_leading=lead, onstopped_leading=None)
threading.Thread(target=leaderelection.LeaderElection(election).run, daemon=True).start()
assert led.wait(20)
held = client.CoordinationV1Api().read_namespaced_lease("python-leader", namespace)
assert held.spec.holder_identity == "me"
step("leader")

try:
    core.create_namespaced_config_map(namespace, labelled("Not_A_Name"))
    raise AssertionError("no error")
except ApiException as error:
    assert error.status == 422 and '"field":"metadata.name"' in error.body, error
step("error")

core.delete_collection_namespaced_config_map(namespace, label_selector="of=python")
assert core.list_namespaced_config_map(namespace, label_selector="of=python").items == []
step("delete")

"""An operator in another language: gives every Website a Deployment, by nothing but HTTPS and JSON."""
import json
import os
import ssl
import urllib.request

url, token_file = os.environ["KUBE_URL"], os.environ["KUBE_TOKEN_FILE"]
trust = ssl.create_default_context(cafile=os.environ["KUBE_CA_FILE"])


def call(method, path, body=None):
    with open(token_file, encoding="utf-8") as file:
        headers = {"Authorization": "Bearer " + file.read().strip()}
    if body is not None:
        headers["Content-Type"] = "application/apply-patch+yaml"
        body = json.dumps(body).encode()
    request = urllib.request.Request(url + path, data=body, method=method, headers=headers)
    return urllib.request.urlopen(request, context=trust)


def deployment(site):
    name, labels = site["metadata"]["name"], {"site": site["metadata"]["name"]}
    owner = {"apiVersion": site["apiVersion"], "kind": site["kind"], "name": name, "uid": site["metadata"]["uid"]}
    container = {"name": "web", "image": site["spec"]["image"]}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "ownerReferences": [owner]},
        "spec": {
            "replicas": site["spec"].get("replicas", 1),
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [container]}},
        },
    }


for line in call("GET", "/apis/example.com/v1/websites?watch=true"):
    event = json.loads(line)
    if event["type"] in ("ADDED", "MODIFIED"):
        site = event["object"]
        place = "/apis/apps/v1/namespaces/%s/deployments/%s" % (site["metadata"]["namespace"], site["metadata"]["name"])
        call("PATCH", place + "?fieldManager=websites&force=true", deployment(site)).read()
        print("deployed", site["metadata"]["name"], flush=True)

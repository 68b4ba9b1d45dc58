import io.kubernetes.client.custom.V1Patch;
import io.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.kubernetes.client.extended.leaderelection.LeaderElector;
import io.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.kubernetes.client.informer.ResourceEventHandler;
import io.kubernetes.client.informer.SharedInformerFactory;
import io.kubernetes.client.openapi.ApiClient;
import io.kubernetes.client.openapi.ApiException;
import io.kubernetes.client.openapi.apis.CoreV1Api;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1ConfigMapList;
import io.kubernetes.client.openapi.models.V1ObjectMeta;
import io.kubernetes.client.util.CallGeneratorParams;
import io.kubernetes.client.util.Config;
import io.kubernetes.client.util.PatchUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What an application does with the official Java client: prints one line per step, and fails at the first that is wrong. */
public class Scenario {
  private static final int COUNT = 7;
  private static final String SELECTOR = "of=java";

  public static void main(String[] args) throws Exception {
    ApiClient client = Config.fromConfig(args[0]);
    client.setReadTimeout(0);
    String namespace = args[1];
    CoreV1Api core = new CoreV1Api(client);

    for (int i = 0; i < COUNT; i++) core.createNamespacedConfigMap(namespace, configMap("java-" + i)).execute();
    step("create");

    V1ConfigMap patched = patch(client, core, namespace, "java-0", V1Patch.PATCH_FORMAT_STRATEGIC_MERGE_PATCH, "{\"data\":{\"b\":\"2\"}}", null);
    expect(patched.getData().equals(Map.of("a", "1", "b", "2")), patched);
    step("patch");

    String applied = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"java-applied\"},\"data\":{\"x\":\"%s\"}}";
    patch(client, core, namespace, "java-applied", V1Patch.PATCH_FORMAT_APPLY_YAML, applied.formatted("y"), "java");
    try {
      patch(client, core, namespace, "java-applied", V1Patch.PATCH_FORMAT_APPLY_YAML, applied.formatted("z"), "other");
      expect(false, "no conflict");
    } catch (ApiException error) {
      expect(error.getCode() == 409, error);
    }
    step("apply");

    List<String> seen = new ArrayList<>();
    String token = null;
    do {
      V1ConfigMapList page = core.listNamespacedConfigMap(namespace).labelSelector(SELECTOR).limit(3)._continue(token).execute();
      page.getItems().forEach(item -> seen.add(item.getMetadata().getName()));
      token = page.getMetadata().getContinue();
    } while (token != null);
    expect(seen.size() == COUNT && seen.get(0).equals("java-0"), seen);
    step("pages");

    CountDownLatch all = new CountDownLatch(COUNT + 2);
    SharedInformerFactory factory = new SharedInformerFactory(client);
    factory
        .sharedIndexInformerFor(
            (CallGeneratorParams given) ->
                core.listNamespacedConfigMap(namespace).labelSelector(SELECTOR).resourceVersion(given.resourceVersion)
                    .timeoutSeconds(given.timeoutSeconds).watch(given.watch).buildCall(null),
            V1ConfigMap.class,
            V1ConfigMapList.class)
        .addEventHandler(
            new ResourceEventHandler<V1ConfigMap>() {
              @Override
              public void onAdd(V1ConfigMap object) {
                all.countDown();
              }

              @Override
              public void onUpdate(V1ConfigMap before, V1ConfigMap after) {}

              @Override
              public void onDelete(V1ConfigMap object, boolean unknown) {
                all.countDown();
              }
            });
    factory.startAllRegisteredInformers();
    Thread.sleep(1000);
    core.deleteNamespacedConfigMap("java-1", namespace).execute();
    core.createNamespacedConfigMap(namespace, configMap("java-new")).execute();
    expect(all.await(30, TimeUnit.SECONDS), all.getCount() + " events missing");
    factory.stopAllRegisteredInformers();
    step("informer");

    CountDownLatch led = new CountDownLatch(1);
    LeaseLock lock = new LeaseLock(namespace, "java-leader", "me", client);
    LeaderElectionConfig election = new LeaderElectionConfig(lock, Duration.ofSeconds(5), Duration.ofSeconds(4), Duration.ofSeconds(1));
    Thread leader = new Thread(() -> new LeaderElector(election).run(led::countDown, () -> {}));
    leader.setDaemon(true);
    leader.start();
    expect(led.await(20, TimeUnit.SECONDS), "not elected");
    step("leader");

    try {
      core.createNamespacedConfigMap(namespace, configMap("Not_A_Name")).execute();
      expect(false, "no error");
    } catch (ApiException error) {
      expect(error.getCode() == 422 && error.getResponseBody().contains("metadata.name"), error);
    }
    step("error");

    core.deleteCollectionNamespacedConfigMap(namespace).labelSelector(SELECTOR).execute();
    expect(core.listNamespacedConfigMap(namespace).labelSelector(SELECTOR).execute().getItems().isEmpty(), "some are left");
    step("delete");
    System.exit(0);
  }

  private static V1ConfigMap patch(ApiClient client, CoreV1Api core, String namespace, String name, String format, String body, String manager) throws ApiException {
    return PatchUtils.patch(
        V1ConfigMap.class,
        () -> core.patchNamespacedConfigMap(name, namespace, new V1Patch(body)).fieldManager(manager).buildCall(null),
        format,
        client);
  }

  private static V1ConfigMap configMap(String name) {
    return new V1ConfigMap().metadata(new V1ObjectMeta().name(name).labels(Map.of("of", "java"))).data(Map.of("a", "1"));
  }

  private static void expect(boolean is, Object what) {
    if (is) return;
    System.out.println("failed: " + what);
    System.exit(1);
  }

  private static void step(String name) {
    System.out.println("ok " + name);
  }
}
